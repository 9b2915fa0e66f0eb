/** The order in which a person reads a journey: from its start, along the ports, each step once. */
import { edgesAt, edgesInto, nodeById } from './lookup';
import { portsOf, type Port } from './ports';
import type { Activity, Catalogue, Graph, GraphNode } from './types';

/** Every node once: what comes before is listed before (a join after all its branches), ports in their order. */
export function readingOrder(catalogue: Catalogue, graph: Graph): GraphNode[] {
  const done = new Set<string>();
  const backwards: GraphNode[] = [];
  const visit = (node: GraphNode): void => {
    if (done.has(node.id)) return;
    done.add(node.id);
    const targets = portsOf(catalogue, graph, node).flatMap((port) => edgesAt(graph, { node: node.id, port: port.name }));
    for (const edge of [...targets].reverse()) {
      const next = nodeById(graph, edge.to);
      if (next) visit(next);
    }
    backwards.push(node);
  };
  for (const root of rootsOf(catalogue, graph).reverse()) visit(root);
  for (const node of graph.nodes) visit(node);
  return backwards.reverse();
}

/** Nodes nothing leads to: the journey's start first, then what is not connected, from top to bottom. */
export function rootsOf(catalogue: Catalogue, graph: Graph): GraphNode[] {
  const startsFirst = (node: GraphNode): number => (catalogue.get(node.type)?.start ? 0 : 1);
  return graph.nodes
    .filter((node) => edgesInto(graph, node.id).length === 0)
    .sort((a, b) => startsFirst(a) - startsFirst(b) || a.position.y - b.position.y || a.position.x - b.position.x);
}

export type OutlineRow =
  | { kind: 'node'; depth: number; node: GraphNode; step: number }
  | { kind: 'port'; depth: number; node: GraphNode; port: Port; open: boolean }
  | { kind: 'jump'; depth: number; node: GraphNode; from: { node: string; port: string }; step: number };

/** The journey as a list to read: a straight run stays at one depth, every branch goes one deeper, a join is shown once. */
export function outline(catalogue: Catalogue, graph: Graph): OutlineRow[] {
  const rows: OutlineRow[] = [];
  const step = new Map(readingOrder(catalogue, graph).map((node, at) => [node.id, at + 1]));
  const shown = new Set<string>();
  const walk = (node: GraphNode, depth: number): void => {
    shown.add(node.id);
    rows.push({ kind: 'node', depth, node, step: step.get(node.id) ?? 0 });
    const ports = portsOf(catalogue, graph, node);
    const branches = ports.length > 1 || ports.some((port) => edgesAt(graph, { node: node.id, port: port.name }).length > 1);
    for (const port of ports) {
      const outlet = { node: node.id, port: port.name };
      const edges = edgesAt(graph, outlet);
      if (branches || edges.length === 0) rows.push({ kind: 'port', depth: depth + 1, node, port, open: edges.length === 0 });
      for (const edge of edges) {
        const next = nodeById(graph, edge.to);
        if (!next) continue;
        const inner = branches ? depth + 2 : depth;
        if (shown.has(next.id)) rows.push({ kind: 'jump', depth: inner, node: next, from: outlet, step: step.get(next.id) ?? 0 });
        else walk(next, inner);
      }
    }
  };
  for (const root of rootsOf(catalogue, graph)) walk(root, 0);
  for (const node of graph.nodes) if (!shown.has(node.id)) walk(node, 0);
  return rows;
}

const categories = ['start', 'message', 'condition', 'wait', 'experiment', 'action', 'exit'];

/** Activities as they are listed everywhere: category by category; one that is not known here comes last. */
export function byCategory(activities: readonly Activity[]): Activity[] {
  const rank = (one: Activity): number => (categories.includes(one.category) ? categories.indexOf(one.category) : categories.length);
  return [...activities].sort((a, b) => rank(a) - rank(b) || a.category.localeCompare(b.category));
}
