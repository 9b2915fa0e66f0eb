/** Every change a person can make to a graph. Each takes a graph and returns a new one; nothing is changed in place. */
import { edgesAt, edgesFrom, edgesInto, nodeById } from './lookup';
import { COLUMN, freeSpot, GAP, inletOf, outletPoint } from './geometry';
import { declaredPorts, openPorts, portsOf } from './ports';
import { brought, mayStandAt, refuseLine, type Refusal } from './rules';
import { readingOrder } from './order';
import {
  edgeId,
  sameOutlet,
  type Activity,
  type Catalogue,
  type Graph,
  type GraphEdge,
  type GraphNode,
  type Outlet,
  type Position,
  type Settings,
} from './types';

/** `wait-3`: the type and the first free number. */
export function newId(taken: Iterable<string>, type: string): string {
  const slug = (type.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+|-+$/g, '') || 'step').slice(0, 56);
  const used = new Set(taken);
  let number = 1;
  while (used.has(`${slug}-${number}`)) number += 1;
  return `${slug}-${number}`;
}

const ids = (graph: Graph): string[] => graph.nodes.map((node) => node.id);

export function newNode(graph: Graph, activity: Activity, position: Position): GraphNode {
  return {
    id: newId(ids(graph), activity.type),
    type: activity.type,
    label: '',
    description: '',
    settings: structuredClone(activity.defaults),
    position: { x: Math.round(position.x), y: Math.round(position.y) },
  };
}

/** Put a node of this activity somewhere, unconnected. */
export function place(graph: Graph, activity: Activity, position: Position): { graph: Graph; id: string } {
  const node = newNode(graph, activity, position);
  return { graph: { ...graph, nodes: [...graph.nodes, node] }, id: node.id };
}

/** Put a node behind a port; without a position, to the right of it where there is room. */
export function placeAt(catalogue: Catalogue, graph: Graph, activity: Activity, outlet: Outlet, position?: Position): { graph: Graph; id: string } {
  const source = nodeById(graph, outlet.node);
  if (!source || !mayStandAt(catalogue, graph, activity, outlet)) return place(graph, activity, position ?? { x: 0, y: 0 });
  const node = newNode(graph, activity, position ?? { x: 0, y: 0 });
  const linked: Graph = { ...graph, nodes: [...graph.nodes, node], edges: [...graph.edges, { from: outlet, to: node.id }] };
  const spot = position ?? behind(catalogue, linked, node, outlet);
  return { graph: dropEnds(moveTo(linked, new Map([[node.id, spot]]))), id: node.id };
}

/** What a node brings along is put behind it. */
export function withBrought(catalogue: Catalogue, graph: Graph, id: string): Graph {
  const own = brought(catalogue, graph, id);
  return own ? placeAt(catalogue, graph, own, { node: id, port: 'next' }).graph : graph;
}

/** Level with a port, one column to its right, or as near to that as there is room. */
function behind(catalogue: Catalogue, graph: Graph, node: GraphNode, outlet: Outlet): Position {
  const source = nodeById(graph, outlet.node);
  if (!source) return node.position;
  const level = outletPoint(catalogue, graph, source, outlet.port).y - (inletOf(node).y - node.position.y);
  return freeSpot(catalogue, graph, node, { x: source.position.x + COLUMN, y: level });
}

/** Put a new node into a line. What comes after makes room if it must. */
export function insertInto(catalogue: Catalogue, graph: Graph, activity: Activity, edge: GraphEdge): { graph: Graph; id: string } {
  const placed = place(graph, activity, nodeById(graph, edge.from.node)?.position ?? { x: 0, y: 0 });
  return { graph: joinInto(catalogue, placed.graph, placed.id, edge), id: placed.id };
}

/** Lead a line through an unconnected node that is already on the canvas. It stays where it is if it fits there. */
export function joinInto(catalogue: Catalogue, graph: Graph, id: string, edge: GraphEdge): Graph {
  return makeRoom(catalogue, lineThrough(catalogue, graph, id, edge), id, edge);
}

/** Link an unconnected node to an open port, and stand it there. */
export function joinEnd(catalogue: Catalogue, graph: Graph, id: string, outlet: Outlet): Graph {
  const linked = connect(catalogue, graph, outlet, id);
  const node = nodeById(graph, id);
  if (typeof linked === 'string' || !node) return graph;
  return moveTo(linked, new Map([[id, behind(catalogue, linked, node, outlet)]]));
}

function lineThrough(catalogue: Catalogue, graph: Graph, id: string, edge: GraphEdge): Graph {
  const node = nodeById(graph, id);
  if (!node) return graph;
  const edges: GraphEdge[] = graph.edges.map((one) => (one === edge || edgeId(one) === edgeId(edge) ? { from: edge.from, to: id } : one));
  const through: Graph = { ...graph, edges };
  const outlet = openPorts(catalogue, through, node)[0];
  if (!outlet || refuseLine(catalogue, through, outlet, edge.to)) return through;
  return dropEnds({ ...through, edges: [...through.edges, { from: outlet, to: edge.to }] });
}

/** A node between the ends of a line needs a column of its own; what comes after moves right when there is none. */
function makeRoom(catalogue: Catalogue, graph: Graph, id: string, edge: GraphEdge): Graph {
  const source = nodeById(graph, edge.from.node);
  const target = nodeById(graph, edge.to);
  const node = nodeById(graph, id);
  if (!source || !target || !node) return graph;
  const first = source.position.x + COLUMN;
  const last = target.position.x - COLUMN;
  const fits = node.position.x >= first - GAP / 2 && node.position.x <= last + GAP / 2;
  if (fits) return graph;
  const forward = target.position.x >= first;
  const moves = new Map<string, Position>();
  if (last < first) {
    for (const later of downstream(graph, edge.to)) {
      const one = nodeById(graph, later);
      if (one) moves.set(later, { x: one.position.x + first - last, y: one.position.y });
    }
  }
  const roomy = moveTo(graph, moves);
  return moveTo(roomy, new Map([[id, freeSpot(catalogue, roomy, node, { x: first, y: forward ? target.position.y : source.position.y })]]));
}

export function downstream(graph: Graph, id: string): Set<string> {
  const seen = new Set<string>();
  const open = [id];
  while (open.length) {
    const next = open.pop() as string;
    if (seen.has(next)) continue;
    seen.add(next);
    for (const edge of edgesFrom(graph, next)) open.push(edge.to);
  }
  return seen;
}

export function connect(catalogue: Catalogue, graph: Graph, from: Outlet, to: string): Graph | Refusal {
  const refusal = refuseLine(catalogue, graph, from, to);
  if (refusal) return refusal;
  return dropEnds({ ...graph, edges: [...graph.edges, { from, to }] });
}

/** Lead an existing line elsewhere; the line is out of the way while the new one is judged. */
export function reconnect(catalogue: Catalogue, graph: Graph, edge: GraphEdge, from: Outlet, to: string): Graph | Refusal {
  if (sameOutlet(edge.from, from) && edge.to === to) return graph;
  return connect(catalogue, removeEdges(graph, [edgeId(edge)]), from, to);
}

export function removeEdges(graph: Graph, gone: Iterable<string>): Graph {
  const set = new Set(gone);
  return { ...graph, edges: graph.edges.filter((edge) => !set.has(edgeId(edge))) };
}

/** Remove nodes with their lines. Where a removed node had one way on, what led into it now leads there. */
export function removeNodes(catalogue: Catalogue, graph: Graph, gone: Iterable<string>): Graph {
  let next = graph;
  for (const id of gone) {
    const incoming = edgesInto(next, id);
    const outgoing = edgesFrom(next, id);
    const heal = outgoing.length === 1 ? outgoing[0].to : undefined;
    next = {
      nodes: next.nodes.filter((node) => node.id !== id),
      edges: next.edges.filter((edge) => edge.to !== id && edge.from.node !== id),
      ends: next.ends.filter((end) => end.from.node !== id),
    };
    if (heal === undefined) continue;
    for (const edge of incoming) {
      const healed = connect(catalogue, next, edge.from, heal);
      if (typeof healed !== 'string') next = healed;
    }
  }
  return next;
}

export function moveTo(graph: Graph, positions: ReadonlyMap<string, Position>): Graph {
  if (positions.size === 0) return graph;
  return {
    ...graph,
    nodes: graph.nodes.map((node) => {
      const position = positions.get(node.id);
      return position ? { ...node, position: { x: Math.round(position.x), y: Math.round(position.y) } } : node;
    }),
  };
}

function change(graph: Graph, id: string, patch: Partial<GraphNode>): Graph {
  return { ...graph, nodes: graph.nodes.map((node) => (node.id === id ? { ...node, ...patch } : node)) };
}

export const setLabel = (graph: Graph, id: string, label: string): Graph => change(graph, id, { label });
export const setDescription = (graph: Graph, id: string, description: string): Graph => change(graph, id, { description });

/** New settings for a node. Lines from a port that these settings take away go with it. */
export function setSettings(catalogue: Catalogue, graph: Graph, id: string, settings: Settings): Graph {
  const node = nodeById(graph, id);
  const activity = node && catalogue.get(node.type);
  const next = change(graph, id, { settings });
  if (!node || !activity) return next;
  const names = (of: Settings): Set<string> => new Set(declaredPorts(activity, of, true).map((port) => port.name));
  const after = names(settings);
  const lost = new Set([...names(node.settings)].filter((name) => !after.has(name)));
  if (lost.size === 0) return next;
  const stays = (outlet: Outlet): boolean => outlet.node !== id || !lost.has(outlet.port);
  return { ...next, edges: next.edges.filter((edge) => stays(edge.from)), ends: next.ends.filter((end) => stays(end.from)) };
}

export function setEndLabel(graph: Graph, outlet: Outlet, label: string): Graph {
  const others = graph.ends.filter((end) => !sameOutlet(end.from, outlet));
  return { ...graph, ends: label ? [...others, { from: outlet, label }] : others };
}

/** A port with a line has no End tag, so its label goes. */
function dropEnds(graph: Graph): Graph {
  const ends = graph.ends.filter((end) => edgesAt(graph, end.from).length === 0);
  return ends.length === graph.ends.length ? graph : { ...graph, ends };
}

/** The port where a step added "next" belongs: after the selected node, else at the end of the journey's main way. */
export function nextFreePort(catalogue: Catalogue, graph: Graph, selected?: string): Outlet | undefined {
  const pick = (nodes: GraphNode[]): Outlet | undefined => {
    const open = nodes.flatMap((node) => openPorts(catalogue, graph, node));
    const ordinary = open.find((outlet) => {
      const node = nodeById(graph, outlet.node);
      return node && !portsOf(catalogue, graph, node).find((port) => port.name === outlet.port)?.alternative;
    });
    return ordinary ?? open[0];
  };
  const chosen = selected ? nodeById(graph, selected) : undefined;
  if (chosen) {
    const own = pick([chosen]);
    if (own) return own;
  }
  const within = chosen ? downstream(graph, chosen.id) : undefined;
  return pick(readingOrder(catalogue, graph).filter((node) => !within || within.has(node.id)));
}
