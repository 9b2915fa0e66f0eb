/** One person's way through the journey, and who on the canvas has to know about it. */
import { edgeId, type Graph } from '../graph/types';
import type { PersonPath } from '../store/api';

export interface Trail {
  nodes: ReadonlySet<string>;
  edges: ReadonlySet<string>;
  /** Node id to what went wrong there. */
  failed: ReadonlyMap<string, string>;
  here: string | null;
}

/** Which nodes and lines a person has passed. A line counts when its two ends were visited one after the other through its port. */
export function trailOf(graph: Graph, path: PersonPath): Trail {
  const nodes = new Set(path.steps.map((step) => step.node));
  const failed = new Map<string, string>();
  const left = new Set<string>();
  for (const step of path.steps) {
    if (step.error || step.status === 'error' || step.status === 'failed') failed.set(step.node, step.error || step.status);
    if (step.port) left.add(`${step.node}.${step.port}`);
  }
  if (path.position) nodes.add(path.position.node);
  const edges = new Set<string>();
  for (const edge of graph.edges) {
    if (nodes.has(edge.from.node) && nodes.has(edge.to) && left.has(`${edge.from.node}.${edge.from.port}`)) edges.add(edgeId(edge));
  }
  for (const key of left) edges.add(`end:${key}`);
  return { nodes, edges, failed, here: path.position?.node ?? null };
}
