/** Automatic layout: left to right, children in the order of the ports they hang on. */
import dagre from '@dagrejs/dagre';
import { END_HEIGHT, END_WIDTH, GAP, HEAD, NODE_WIDTH, roomOf } from './geometry';
import { edgesAt, edgesFrom, edgesInto, nodeById } from './lookup';
import { portsOf } from './ports';
import { readingOrder } from './order';
import { downstream, moveTo } from './edit';
import { endId, type Catalogue, type Graph, type GraphNode, type Position } from './types';

const BETWEEN = 24;

/** New positions for all nodes; the first step stays where it is. */
export function layout(catalogue: Catalogue, graph: Graph): Graph {
  if (graph.nodes.length === 0) return graph;
  const drawing = new dagre.graphlib.Graph({ multigraph: true });
  drawing.setGraph({ rankdir: 'LR', nodesep: BETWEEN, ranksep: GAP, marginx: 0, marginy: 0 });
  drawing.setDefaultEdgeLabel(() => ({}));
  const order = readingOrder(catalogue, graph);
  for (const node of order) {
    const { width, height } = roomOf(catalogue, graph, node);
    drawing.setNode(node.id, { width, height });
  }
  for (const node of order) {
    for (const port of portsOf(catalogue, graph, node)) {
      const outlet = { node: node.id, port: port.name };
      const edges = edgesAt(graph, outlet);
      if (edges.length === 0) {
        drawing.setNode(endId(outlet), { width: END_WIDTH, height: END_HEIGHT });
        drawing.setEdge(node.id, endId(outlet), { weight: 1 });
      }
      edges.forEach((edge) => drawing.setEdge(node.id, edge.to, { weight: port.alternative ? 1 : 3 }, `${port.name}`));
    }
  }
  dagre.layout(drawing);

  const positions = new Map<string, Position>();
  for (const node of order) {
    const at = drawing.node(node.id) as { x: number; y: number; width: number; height: number };
    positions.set(node.id, { x: at.x - at.width / 2, y: at.y - at.height / 2 });
  }
  sortChildren(catalogue, graph, positions);
  straighten(catalogue, graph, positions);

  const first = positions.get(order[0].id) as Position;
  const anchor = order[0].position;
  const dx = anchor.x - first.x;
  const dy = anchor.y - first.y;
  return moveTo(graph, new Map([...positions].map(([id, at]) => [id, { x: at.x + dx, y: at.y + dy }])));
}

/** Dagre does not know ports. Where the branches of a node stand apart from all else, put them in port order. */
function sortChildren(catalogue: Catalogue, graph: Graph, positions: Map<string, Position>): void {
  for (const node of readingOrder(catalogue, graph)) {
    const children = portsOf(catalogue, graph, node)
      .flatMap((port) => edgesAt(graph, { node: node.id, port: port.name }))
      .map((edge) => edge.to)
      .filter((id, at, all) => all.indexOf(id) === at && edgesInto(graph, id).length === 1);
    if (children.length < 2) continue;
    const branches = children.map((id) => ({ id, nodes: ownBranch(graph, id) }));
    const extent = (branch: { nodes: string[] }): { top: number; bottom: number } => {
      let top = Infinity;
      let bottom = -Infinity;
      for (const id of branch.nodes) {
        const one = nodeById(graph, id);
        const at = positions.get(id);
        if (!one || !at) continue;
        top = Math.min(top, at.y);
        bottom = Math.max(bottom, at.y + roomOf(catalogue, graph, one).height);
      }
      return { top, bottom };
    };
    const spans = branches.map(extent);
    const sorted = spans.every((span, at) => at === 0 || spans[at - 1].top <= span.top);
    if (sorted) continue;
    let y = Math.min(...spans.map((span) => span.top));
    const moved = new Map<string, Position>();
    branches.forEach((branch, at) => {
      const shift = y - spans[at].top;
      for (const id of branch.nodes) {
        const old = positions.get(id) as Position;
        moved.set(id, { x: old.x, y: old.y + shift });
      }
      y += spans[at].bottom - spans[at].top + BETWEEN;
    });
    if (isFree(catalogue, graph, positions, moved)) for (const [id, at] of moved) positions.set(id, at);
  }
}

/** Would these nodes, moved there, cover none of the others? */
function isFree(catalogue: Catalogue, graph: Graph, positions: ReadonlyMap<string, Position>, moved: ReadonlyMap<string, Position>): boolean {
  const height = (id: string): number => roomOf(catalogue, graph, nodeById(graph, id) as GraphNode).height;
  for (const [id, at] of moved) {
    for (const other of graph.nodes) {
      const there = positions.get(other.id);
      if (moved.has(other.id) || !there || Math.abs(there.x - at.x) >= NODE_WIDTH) continue;
      if (at.y < there.y + height(other.id) && there.y < at.y + height(id)) return false;
    }
  }
  return true;
}

/** The nodes that only this branch leads to. */
function ownBranch(graph: Graph, root: string): string[] {
  const all = downstream(graph, root);
  let own = new Set(all);
  for (let before = -1; before !== own.size; ) {
    before = own.size;
    own = new Set([...own].filter((id) => id === root || edgesInto(graph, id).every((edge) => own.has(edge.from.node))));
  }
  return [...own];
}

/** A single child of a single-port node stands level with it, if nothing is in the way. */
function straighten(catalogue: Catalogue, graph: Graph, positions: Map<string, Position>): void {
  for (const node of readingOrder(catalogue, graph)) {
    const outgoing = edgesFrom(graph, node.id);
    const at = positions.get(node.id);
    if (!at || outgoing.length !== 1 || portsOf(catalogue, graph, node).length !== 1) continue;
    const child = nodeById(graph, outgoing[0].to);
    const old = child && positions.get(child.id);
    if (!child || !old || edgesInto(graph, child.id).length !== 1 || edgesFrom(graph, child.id).length > 1) continue;
    const level = new Map([[child.id, { x: old.x, y: at.y }]]);
    if (Math.abs(old.y - at.y) < HEAD * 2 && isFree(catalogue, graph, positions, level)) positions.set(child.id, { x: old.x, y: at.y });
  }
}
