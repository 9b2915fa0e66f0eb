/** Fast questions to a graph. Graphs are never changed in place, so one index per graph is made once and kept with it. */
import { outletKey, type Graph, type GraphEdge, type GraphNode, type Outlet } from './types';

interface Index {
  byId: Map<string, GraphNode>;
  out: Map<string, GraphEdge[]>;
  from: Map<string, GraphEdge[]>;
  into: Map<string, GraphEdge[]>;
  ends: Map<string, string>;
}

const indexes = new WeakMap<Graph, Index>();

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function indexOf(graph: Graph): Index {
  let index = indexes.get(graph);
  if (!index) {
    index = { byId: new Map(), out: new Map(), from: new Map(), into: new Map(), ends: new Map() };
    for (const node of graph.nodes) index.byId.set(node.id, node);
    for (const edge of graph.edges) {
      push(index.out, outletKey(edge.from), edge);
      push(index.from, edge.from.node, edge);
      push(index.into, edge.to, edge);
    }
    for (const end of graph.ends) index.ends.set(outletKey(end.from), end.label);
    indexes.set(graph, index);
  }
  return index;
}

const none: readonly GraphEdge[] = [];

export const nodeById = (graph: Graph, id: string): GraphNode | undefined => indexOf(graph).byId.get(id);
export const edgesAt = (graph: Graph, outlet: Outlet): readonly GraphEdge[] => indexOf(graph).out.get(outletKey(outlet)) ?? none;
export const edgesFrom = (graph: Graph, node: string): readonly GraphEdge[] => indexOf(graph).from.get(node) ?? none;
export const edgesInto = (graph: Graph, node: string): readonly GraphEdge[] => indexOf(graph).into.get(node) ?? none;
export const endLabel = (graph: Graph, outlet: Outlet): string => indexOf(graph).ends.get(outletKey(outlet)) ?? '';

/** Can a person who stands at `start` ever come to `goal`? */
export function reaches(graph: Graph, start: string, goal: string): boolean {
  const seen = new Set<string>();
  const open = [start];
  while (open.length) {
    const id = open.pop() as string;
    if (id === goal) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    for (const edge of edgesFrom(graph, id)) open.push(edge.to);
  }
  return false;
}
