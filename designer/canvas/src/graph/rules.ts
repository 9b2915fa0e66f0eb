/** Which lines are allowed, and why not. Pure; the server stays the authority. */
import { edgesAt, edgesFrom, edgesInto, nodeById, reaches } from './lookup';
import { portsOf } from './ports';
import type { Activity, Catalogue, Graph, Outlet } from './types';

export type Refusal = 'unknown-step' | 'unknown-port' | 'same-step' | 'starts-only' | 'brings-its-own' | 'would-loop' | 'already-connected' | 'port-taken';

/** May a line go from this port to that node? Undefined when it may. */
export function refuseLine(catalogue: Catalogue, graph: Graph, from: Outlet, to: string): Refusal | undefined {
  const source = nodeById(graph, from.node);
  const target = nodeById(graph, to);
  if (!source || !target) return 'unknown-step';
  if (source === target) return 'same-step';
  const activity = catalogue.get(target.type);
  if (activity && !mayFollow(catalogue, graph, activity, from.node)) return brought(catalogue, graph, from.node) ? 'brings-its-own' : 'starts-only';
  if (catalogue.has(source.type) && !portsOf(catalogue, graph, source).some((port) => port.name === from.port)) return 'unknown-port';
  const siblings = edgesAt(graph, from);
  if (siblings.some((edge) => edge.to === to)) return 'already-connected';
  if (reaches(graph, to, from.node)) return 'would-loop';
  if (siblings.length > 0 && !(activity?.passive && siblings.every((edge) => isPassive(catalogue, graph, edge.to)))) return 'port-taken';
  return undefined;
}

/** What the step at this node brings along, if it does: nothing else may stand behind it. */
export const brought = (catalogue: Catalogue, graph: Graph, id: string): Activity | undefined =>
  catalogue.get(catalogue.get(nodeById(graph, id)?.type ?? '')?.brings ?? '');

/** May a step of this activity stand behind that node? */
function mayFollow(catalogue: Catalogue, graph: Graph, activity: Activity, source: string): boolean {
  const own = brought(catalogue, graph, source);
  return own ? own.type === activity.type : activity.in_flow;
}

/** Whether a line may lead to a step of this activity at all. */
export const mayBeEntered = (catalogue: Catalogue, activity: Activity): boolean => activity.in_flow || [...catalogue.values()].some((one) => one.brings === activity.type);

const isPassive = (catalogue: Catalogue, graph: Graph, id: string): boolean =>
  catalogue.get(nodeById(graph, id)?.type ?? '')?.passive ?? false;

/** Whether something hangs at the port beside which an event or a wait may stand. */
export function besides(catalogue: Catalogue, graph: Graph, outlet: Outlet): boolean {
  const siblings = edgesAt(graph, outlet);
  return siblings.length > 0 && siblings.every((edge) => isPassive(catalogue, graph, edge.to));
}

/** May a new node of this activity stand at the port (next to whatever already hangs there)? */
export function mayStandAt(catalogue: Catalogue, graph: Graph, activity: Activity, outlet: Outlet): boolean {
  if (!activity.placeable || !mayFollow(catalogue, graph, activity, outlet.node)) return false;
  const siblings = edgesAt(graph, outlet);
  return siblings.length === 0 || (activity.passive && siblings.every((edge) => isPassive(catalogue, graph, edge.to)));
}

export const hasStart = (catalogue: Catalogue, graph: Graph): boolean =>
  graph.nodes.some((node) => catalogue.get(node.type)?.start && edgesInto(graph, node.id).length === 0);

/** May this activity be put on the canvas at all now? The first step is a start; after it, what may stand in flow, or is missing behind another. */
export function mayPlace(catalogue: Catalogue, graph: Graph, activity: Activity): boolean {
  if (!activity.placeable) return false;
  if (!hasStart(catalogue, graph)) return activity.start;
  return activity.in_flow || graph.nodes.some((node) => brought(catalogue, graph, node.id)?.type === activity.type && edgesFrom(graph, node.id).length === 0);
}
