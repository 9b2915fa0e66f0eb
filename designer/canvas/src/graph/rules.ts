/** Which lines are allowed, and why not. Pure; the server stays the authority. */
import { edgesAt, edgesInto, nodeById, reaches } from './lookup';
import { portsOf } from './ports';
import type { Activity, Catalogue, Graph, Outlet } from './types';

export type Refusal = 'unknown-step' | 'unknown-port' | 'same-step' | 'starts-only' | 'would-loop' | 'already-connected' | 'port-taken';

/** May a line go from this port to that node? Undefined when it may. */
export function refuseLine(catalogue: Catalogue, graph: Graph, from: Outlet, to: string): Refusal | undefined {
  const source = nodeById(graph, from.node);
  const target = nodeById(graph, to);
  if (!source || !target) return 'unknown-step';
  if (source === target) return 'same-step';
  const activity = catalogue.get(target.type);
  if (activity && !activity.in_flow) return 'starts-only';
  if (catalogue.has(source.type) && !portsOf(catalogue, graph, source).some((port) => port.name === from.port)) return 'unknown-port';
  const siblings = edgesAt(graph, from);
  if (siblings.some((edge) => edge.to === to)) return 'already-connected';
  if (reaches(graph, to, from.node)) return 'would-loop';
  if (siblings.length > 0 && !(activity?.passive && siblings.every((edge) => isPassive(catalogue, graph, edge.to)))) return 'port-taken';
  return undefined;
}

const isPassive = (catalogue: Catalogue, graph: Graph, id: string): boolean =>
  catalogue.get(nodeById(graph, id)?.type ?? '')?.passive ?? false;

/** Whether something hangs at the port beside which an event or a wait may stand. */
export function besides(catalogue: Catalogue, graph: Graph, outlet: Outlet): boolean {
  const siblings = edgesAt(graph, outlet);
  return siblings.length > 0 && siblings.every((edge) => isPassive(catalogue, graph, edge.to));
}

/** May a new node of this activity stand at the port (next to whatever already hangs there)? */
export function mayStandAt(catalogue: Catalogue, graph: Graph, activity: Activity, outlet: Outlet): boolean {
  if (!activity.placeable || !activity.in_flow) return false;
  const siblings = edgesAt(graph, outlet);
  return siblings.length === 0 || (activity.passive && siblings.every((edge) => isPassive(catalogue, graph, edge.to)));
}

export const hasStart = (catalogue: Catalogue, graph: Graph): boolean =>
  graph.nodes.some((node) => catalogue.get(node.type)?.start && edgesInto(graph, node.id).length === 0);

/** May this activity be put on the canvas at all now? The first step is a start; after it, what may stand in flow. */
export function mayPlace(catalogue: Catalogue, graph: Graph, activity: Activity): boolean {
  if (!activity.placeable) return false;
  return hasStart(catalogue, graph) ? activity.in_flow : activity.start;
}
