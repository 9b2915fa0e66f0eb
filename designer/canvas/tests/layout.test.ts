import { describe, expect, it } from 'vitest';
import { outletPoint, roomOf } from '../src/graph/geometry';
import { layout } from '../src/graph/layout';
import { edgesInto, nodeById } from '../src/graph/lookup';
import { portsOf } from '../src/graph/ports';
import { edgesAt } from '../src/graph/lookup';
import type { Graph } from '../src/graph/types';
import { catalogue, dice, draw, node } from './cast';

const y = (graph: Graph, id: string): number => nodeById(graph, id)!.position.y;
const x = (graph: Graph, id: string): number => nodeById(graph, id)!.position.x;

describe('tidying up', () => {
  it('leaves an empty canvas alone', () => {
    expect(layout(catalogue, draw([]))).toEqual(draw([]));
  });

  it('keeps the first step where it is', () => {
    const graph = layout(catalogue, draw([node('event-1', {}, { position: { x: 333, y: -77 } }), node('wait-1')], 'event-1 > wait-1'));

    expect(nodeById(graph, 'event-1')?.position).toEqual({ x: 333, y: -77 });
  });

  it('draws a run of single steps level', () => {
    const graph = layout(catalogue, draw([node('event-1'), node('wait-1'), node('email-1'), node('wait-2')], 'event-1 > wait-1', 'wait-1 > email-1', 'email-1 > wait-2'));

    expect(new Set(graph.nodes.map((one) => one.position.y)).size).toBe(1);
  });

  it('puts branches in the order of their ports, whatever order they were drawn in', () => {
    const paths = ['a', 'b', 'c', 'd'].map((id) => ({ id, label: id }));
    const steps = ['wait-1', 'email-1', 'wait-2', 'email-2'];
    for (const order of [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]]) {
      const graph = layout(catalogue, draw(
        [node('event-1'), node('condition-1', { paths, other_cases: false }), ...order.map((at) => node(steps[at]))],
        'event-1 > condition-1', ...order.map((at) => `condition-1.${paths[at].id} > ${steps[at]}`),
      ));

      const tops = steps.map((id) => y(graph, id));
      expect(tops).toEqual([...tops].sort((one, other) => one - other));
    }
  });

  it('does the same twice', () => {
    const once = layout(catalogue, draw([node('event-1'), node('condition-1'), node('wait-1'), node('email-1')], 'event-1 > condition-1', 'condition-1.path-1 > wait-1', 'condition-1.other > email-1'));

    expect(layout(catalogue, once)).toEqual(once);
  });

  it('covers nothing and only goes forward, for any journey', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const graph = layout(catalogue, anyJourney(seed, 25));

      for (const edge of graph.edges) expect(x(graph, edge.to)).toBeGreaterThan(outletPoint(catalogue, graph, nodeById(graph, edge.from.node)!, edge.from.port).x);
      const rooms = graph.nodes.map((one) => roomOf(catalogue, graph, one));
      rooms.forEach((a, at) => rooms.slice(at + 1).forEach((b) => {
        expect(a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height, `seed ${seed}`).toBe(false);
      }));
    }
  });
});

/** A tree of steps with some joins. */
function anyJourney(seed: number, size: number): Graph {
  const { below, pick } = dice(seed);
  let graph = draw([node('event-1')]);
  const open = (): { node: string; port: string }[] =>
    graph.nodes.flatMap((one) => portsOf(catalogue, graph, one).map((port) => ({ node: one.id, port: port.name }))).filter((outlet) => edgesAt(graph, outlet).length === 0);
  while (graph.nodes.length < size) {
    const outlets = open();
    if (outlets.length === 0) break;
    const from = pick(outlets);
    const joins = graph.nodes.filter((one) => edgesInto(graph, one.id).length > 0 && Number(one.id.split('-')[1]) > Number(from.node.split('-')[1]));
    if (below(6) === 0 && joins.length) graph = { ...graph, edges: [...graph.edges, { from, to: pick(joins).id }] };
    else {
      const made = node(`${pick(['wait', 'email', 'condition'])}-${graph.nodes.length + 1}`);
      graph = { ...graph, nodes: [...graph.nodes, made], edges: [...graph.edges, { from, to: made.id }] };
    }
  }
  return graph;
}
