/** Copy and paste, as text: so it works between journeys, tabs and browsers, and a person can read it. */
import { COLUMN, freeSpot, inletOf, outletPoint } from './geometry';
import { newId, moveTo } from './edit';
import { edgesInto, nodeById } from './lookup';
import { refuseLine } from './rules';
import { readingOrder } from './order';
import { readGraph, type Catalogue, type Graph, type Outlet, type Position } from './types';

const MARK = 'journeyopt/steps';

export interface Clip extends Graph {
  readonly kind: typeof MARK;
}

/** The chosen nodes with the lines between them, in reading order. */
export function copy(catalogue: Catalogue, graph: Graph, chosen: Iterable<string>): Clip {
  const set = new Set(chosen);
  return {
    kind: MARK,
    nodes: readingOrder(catalogue, graph).filter((node) => set.has(node.id)),
    edges: graph.edges.filter((edge) => set.has(edge.from.node) && set.has(edge.to)),
    ends: graph.ends.filter((end) => set.has(end.from.node)),
  };
}

export const toText = (clip: Clip): string => JSON.stringify(clip, null, 2);

/** A clip from clipboard text; undefined when the text is something else. */
export function fromText(text: string): Clip | undefined {
  if (!text.includes(MARK)) return undefined;
  try {
    const value = JSON.parse(text) as { kind?: unknown };
    if (value?.kind !== MARK) return undefined;
    const graph = readGraph(value);
    return graph.nodes.length ? { ...graph, kind: MARK } : undefined;
  } catch {
    return undefined;
  }
}

export interface PasteTarget {
  /** An open port: the pasted steps are linked to it. */
  outlet?: Outlet;
  /** Where the top left of the pasted steps goes, when no port is given. */
  at?: Position;
}

/** Paste with fresh ids. Links inside the clip are kept; ids that are free stay what they were. */
export function paste(catalogue: Catalogue, graph: Graph, clip: Clip, target: PasteTarget = {}): { graph: Graph; ids: string[] } {
  const taken = new Set(graph.nodes.map((node) => node.id));
  const renamed = new Map<string, string>();
  for (const node of clip.nodes) {
    const id = newId(taken, node.type);
    taken.add(id);
    renamed.set(node.id, id);
  }
  const rename = (id: string): string => renamed.get(id) ?? id;
  const known = (id: string): boolean => renamed.has(id);
  const left = Math.min(...clip.nodes.map((node) => node.position.x));
  const top = Math.min(...clip.nodes.map((node) => node.position.y));
  const base = target.at ?? { x: left + 32, y: top + 32 };
  const nodes = clip.nodes.map((node) => ({
    ...structuredClone(node),
    id: rename(node.id),
    position: { x: Math.round(base.x + node.position.x - left), y: Math.round(base.y + node.position.y - top) },
  }));
  let next: Graph = {
    nodes: [...graph.nodes, ...nodes],
    edges: [
      ...graph.edges,
      ...clip.edges
        .filter((edge) => known(edge.from.node) && known(edge.to))
        .map((edge) => ({ from: { node: rename(edge.from.node), port: edge.from.port }, to: rename(edge.to) })),
    ],
    ends: [
      ...graph.ends,
      ...clip.ends.filter((end) => known(end.from.node)).map((end) => ({ from: { node: rename(end.from.node), port: end.from.port }, label: end.label })),
    ],
  };
  const ids = nodes.map((node) => node.id);
  if (target.outlet) next = link(catalogue, next, ids, target.outlet);
  return { graph: next, ids };
}

/** Lead the port to the first pasted step that nothing leads to, and stand the steps to its right. */
function link(catalogue: Catalogue, graph: Graph, ids: readonly string[], outlet: Outlet): Graph {
  const source = nodeById(graph, outlet.node);
  const entry = ids.find((id) => edgesInto(graph, id).length === 0);
  const node = entry === undefined ? undefined : nodeById(graph, entry);
  if (!source || !node || refuseLine(catalogue, graph, outlet, node.id)) return graph;
  const others: Graph = { ...graph, nodes: graph.nodes.filter((one) => !ids.includes(one.id)) };
  const spot = freeSpot(catalogue, others, node, {
    x: source.position.x + COLUMN,
    y: outletPoint(catalogue, graph, source, outlet.port).y - (inletOf(node).y - node.position.y),
  });
  const dx = spot.x - node.position.x;
  const dy = spot.y - node.position.y;
  const moves = new Map<string, Position>();
  for (const id of ids) {
    const one = nodeById(graph, id);
    if (one) moves.set(id, { x: one.position.x + dx, y: one.position.y + dy });
  }
  const moved = moveTo(graph, moves);
  return {
    ...moved,
    edges: [...moved.edges, { from: outlet, to: node.id }],
    ends: moved.ends.filter((end) => !(end.from.node === outlet.node && end.from.port === outlet.port)),
  };
}
