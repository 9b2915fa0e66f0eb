/** Where things are: every node has a size that follows from its ports, so lines can be drawn and met without the DOM. */
import { edgesAt, nodeById } from './lookup';
import { openPorts, portsOf } from './ports';
import { notesOf } from './summary';
import { endId, type Catalogue, type Graph, type GraphEdge, type GraphNode, type Outlet, type Position } from './types';

export const NODE_WIDTH = 208;
export const HEAD = 56;
export const ROW = 26;
export const PAD = 6;
export const FOOT = 26;
export const NOTE = 18;
export const GAP = 72;
export const COLUMN = NODE_WIDTH + GAP;
export const END_WIDTH = 116;
export const END_HEIGHT = 26;
export const GRID = 8;
/** Half the width of a handle: it stands across the edge of its step. */
export const HANDLE = 5;

export interface Size {
  width: number;
  height: number;
}

/** Ports are drawn as rows once there is more than one, or when the only one has a name. */
export const rowsOf = (catalogue: Catalogue, graph: Graph, node: GraphNode): number => {
  const ports = portsOf(catalogue, graph, node);
  return ports.length > 1 || ports.some((port) => port.label) ? ports.length : 0;
};

/** With its rows of ports, and its notes below them. */
export const heightOf = (rows: number, notes: number): number => HEAD + (rows ? rows * ROW + PAD * 2 : 0) + (notes ? notes * NOTE + PAD : 0);

/** Without the live numbers, which hang below in a strip of FOOT and move nothing. */
export function sizeOf(catalogue: Catalogue, graph: Graph, node: GraphNode): Size {
  const notes = notesOf(catalogue.get(node.type), graph, node).length;
  return { width: NODE_WIDTH, height: heightOf(rowsOf(catalogue, graph, node), notes) };
}

/** Offset of a port's handle inside a node. */
export function portOffset(rows: number, at: number): number {
  return rows ? HEAD + PAD + ROW * at + ROW / 2 : HEAD / 2;
}

export const inletOf = (node: GraphNode): Position => ({ x: node.position.x, y: node.position.y + HEAD / 2 });

export function outletPoint(catalogue: Catalogue, graph: Graph, node: GraphNode, port: string): Position {
  const at = Math.max(0, portsOf(catalogue, graph, node).findIndex((one) => one.name === port));
  return { x: node.position.x + NODE_WIDTH, y: node.position.y + portOffset(rowsOf(catalogue, graph, node), at) };
}

interface Box extends Position, Size {}

const meet = (a: Box, b: Box, gap: number): boolean =>
  a.x < b.x + b.width + gap && b.x < a.x + a.width + gap && a.y < b.y + b.height + gap && b.y < a.y + a.height + gap;

export const boxOf = (catalogue: Catalogue, graph: Graph, node: GraphNode): Box => ({ ...node.position, ...sizeOf(catalogue, graph, node) });

/** What a node needs for itself: room for its live numbers is kept while it is drawn, too, so that nothing moves when it goes live. */
export const roomOf = (catalogue: Catalogue, graph: Graph, node: GraphNode): Box => {
  const box = boxOf(catalogue, graph, node);
  return { ...box, height: box.height + FOOT };
};

/** The wanted place for a node, or the nearest below or above it that covers no other node. */
export function freeSpot(catalogue: Catalogue, graph: Graph, node: GraphNode, wanted: Position): Position {
  const size = roomOf(catalogue, graph, node);
  const boxes = graph.nodes.filter((one) => one.id !== node.id).map((one) => roomOf(catalogue, graph, one));
  const free = (y: number): boolean => !boxes.some((box) => meet({ ...size, x: wanted.x, y }, box, 16));
  for (let step = 0; step < 200; step += 1) {
    if (free(wanted.y + step * 16)) return { x: wanted.x, y: wanted.y + step * 16 };
    if (free(wanted.y - step * 16)) return { x: wanted.x, y: wanted.y - step * 16 };
  }
  return wanted;
}

export interface EndTag {
  id: string;
  outlet: Outlet;
  position: Position;
}

/** An End tag stands right of its port, or as near above or below as nodes and other tags leave room. */
export function endTags(catalogue: Catalogue, graph: Graph): EndTag[] {
  const tags: EndTag[] = [];
  const columns = new Map<number, Box[]>();
  const cell = 256;
  const add = (box: Box): void => {
    for (let at = Math.floor((box.x - 16) / cell); at <= Math.floor((box.x + box.width + 16) / cell); at += 1) {
      const list = columns.get(at);
      if (list) list.push(box);
      else columns.set(at, [box]);
    }
  };
  for (const node of graph.nodes) add(roomOf(catalogue, graph, node));
  for (const node of graph.nodes) {
    const ports = portsOf(catalogue, graph, node);
    const firstTaken = ports.findIndex((port) => edgesAt(graph, { node: node.id, port: port.name }).length > 0);
    for (const outlet of openPorts(catalogue, graph, node)) {
      const from = outletPoint(catalogue, graph, node, outlet.port);
      const above = firstTaken >= 0 && ports.findIndex((port) => port.name === outlet.port) < firstTaken;
      const x = from.x + 40;
      const y = from.y - END_HEIGHT / 2;
      const near = [...(columns.get(Math.floor(x / cell)) ?? []), ...(columns.get(Math.floor((x + END_WIDTH) / cell)) ?? [])];
      const free = (at: number): boolean => !near.some((box) => meet({ x, y: at, width: END_WIDTH, height: END_HEIGHT }, box, 0));
      let spot = y;
      for (let step = 0; step < 160; step += 1) {
        const [first, second] = above ? [y - step * 6, y + step * 6] : [y + step * 6, y - step * 6];
        if (free(first)) { spot = first; break; }
        if (free(second)) { spot = second; break; }
      }
      add({ x, y: spot, width: END_WIDTH, height: END_HEIGHT });
      tags.push({ id: endId(outlet), outlet, position: { x, y: spot } });
    }
  }
  return tags;
}

/** How far to move a stretch so that it lies inside a window; its beginning wins when it does not fit. */
export function shift(from: number, to: number, low: number, high: number): number {
  const back = to > high ? high - to : 0;
  return from + back < low ? low - from : back;
}

/** Points along a line as it is drawn: a curve with level ends. */
export function curve(from: Position, to: Position): { from: Position; a: Position; b: Position; to: Position } {
  const ahead = to.x - from.x;
  const reach = ahead >= 0 ? Math.max(ahead * 0.5, Math.min(24, ahead)) : Math.min(160, 40 + Math.sqrt(-ahead) * 6);
  return { from, a: { x: from.x + reach, y: from.y }, b: { x: to.x - reach, y: to.y }, to };
}

export function curvePoint(from: Position, to: Position, t: number): Position {
  const { a, b } = curve(from, to);
  const u = 1 - t;
  const mix = (p: number, q: number, r: number, s: number): number => u * u * u * p + 3 * u * u * t * q + 3 * u * t * t * r + t * t * t * s;
  return { x: mix(from.x, a.x, b.x, to.x), y: mix(from.y, a.y, b.y, to.y) };
}

export function curvePath(from: Position, to: Position): string {
  const { a, b } = curve(from, to);
  return `M${from.x},${from.y} C${a.x},${a.y} ${b.x},${b.y} ${to.x},${to.y}`;
}

export function edgePoints(catalogue: Catalogue, graph: Graph, edge: GraphEdge): { from: Position; to: Position } | undefined {
  const source = nodeById(graph, edge.from.node);
  const target = nodeById(graph, edge.to);
  if (!source || !target) return undefined;
  return { from: outletPoint(catalogue, graph, source, edge.from.port), to: inletOf(target) };
}

/** The line nearest to a point, if one is within reach. */
export function edgeNear(catalogue: Catalogue, graph: Graph, point: Position, reach: number, except?: string): GraphEdge | undefined {
  let best: GraphEdge | undefined;
  let least = reach * reach;
  for (const edge of graph.edges) {
    if (edge.from.node === except || edge.to === except) continue;
    const ends = edgePoints(catalogue, graph, edge);
    if (!ends) continue;
    const left = Math.min(ends.from.x, ends.to.x) - 160 - reach;
    const right = Math.max(ends.from.x, ends.to.x) + 160 + reach;
    const top = Math.min(ends.from.y, ends.to.y) - reach;
    const bottom = Math.max(ends.from.y, ends.to.y) + reach;
    if (point.x < left || point.x > right || point.y < top || point.y > bottom) continue;
    for (let t = 0.04; t < 0.97; t += 0.04) {
      const at = curvePoint(ends.from, ends.to, t);
      const distance = (at.x - point.x) ** 2 + (at.y - point.y) ** 2;
      if (distance < least) {
        least = distance;
        best = edge;
      }
    }
  }
  return best;
}

/** The End tag under a point, with some reach around it. */
export const endNear = (tags: readonly EndTag[], point: Position, reach: number): EndTag | undefined =>
  tags.find((tag) =>
    point.x > tag.position.x - 40 - reach && point.x < tag.position.x + END_WIDTH + reach &&
    point.y > tag.position.y - reach && point.y < tag.position.y + END_HEIGHT + reach);
