/** One person's way through the journey, and who on the canvas has to know about it. */
import { edgesAt } from '../graph/lookup';
import { edgeId, type Graph } from '../graph/types';
import type { PersonPath } from '../store/api';

export interface Trail {
  nodes: ReadonlySet<string>;
  edges: ReadonlySet<string>;
  /** Node id to what went wrong there. */
  failed: ReadonlyMap<string, string>;
  /** Where the person is now: a step that acts, or those that listen side by side at one port. */
  here: ReadonlySet<string>;
}

const wrong = new Set(['error', 'timedout', 'capped']);

/** Which nodes and lines a person has passed. A line counts when its two ends were visited one after the other through its port. */
export function trailOf(graph: Graph, path: PersonPath): Trail {
  const nodes = new Set(path.steps.map((step) => step.node));
  const failed = new Map<string, string>();
  const left = new Set<string>();
  for (const step of path.steps) {
    if (step.error || wrong.has(step.status)) failed.set(step.node, step.error || step.status);
    if (step.port) left.add(`${step.node}.${step.port}`);
  }
  const here = new Set(path.state === 'active' ? standing(graph, path.position) : []);
  for (const node of here) nodes.add(node);
  const edges = new Set<string>();
  for (const edge of graph.edges) {
    if (nodes.has(edge.from.node) && nodes.has(edge.to) && left.has(`${edge.from.node}.${edge.from.port}`)) edges.add(edgeId(edge));
  }
  for (const key of left) edges.add(`end:${key}`);
  return { nodes, edges, failed, here };
}

/** The engine says after which port somebody stands; a person looks for them at the step that comes behind it. */
function standing(graph: Graph, position: PersonPath['position']): string[] {
  if (!position) return [];
  const { node, port } = position;
  const ahead = port ? edgesAt(graph, { node, port }).map((edge) => edge.to) : [];
  return ahead.length ? ahead : [node];
}
