import { describe, expect, it } from 'vitest';
import { byCategory, outline, readingOrder, rootsOf } from '../src/graph/order';
import { activities, catalogue, draw, kind, node, welcome } from './cast';

const order = (graph: Parameters<typeof readingOrder>[1]): string[] => readingOrder(catalogue, graph).map((one) => one.id);
const joined = (): ReturnType<typeof draw> =>
  draw([node('wait-9'), node('email-1'), node('wait-1'), node('condition-1'), node('event-1')], 'event-1 > condition-1', 'condition-1.path-1 > email-1', 'condition-1.other > wait-1', 'email-1 > wait-9', 'wait-1 > wait-9');

describe('reading order', () => {
  it('goes along the ports in their order, a join after all its branches', () => {
    expect(order(joined())).toEqual(['event-1', 'condition-1', 'email-1', 'wait-1', 'wait-9']);
  });

  it('has every step once, loose ones last, from top to bottom', () => {
    const graph = draw([node('wait-1', {}, { position: { x: 0, y: 50 } }), node('wait-2', {}, { position: { x: 0, y: 10 } }), node('event-1', {}, { position: { x: 0, y: 900 } })]);

    expect(order(graph)).toEqual(['event-1', 'wait-2', 'wait-1']);
    expect(rootsOf(catalogue, graph)[0].id).toBe('event-1');
  });

  it('survives a circle, which only a broken graph has', () => {
    const circle = draw([node('wait-1'), node('wait-2')], 'wait-1 > wait-2', 'wait-2 > wait-1');

    expect(order(circle).sort()).toEqual(['wait-1', 'wait-2']);
    expect(outline(catalogue, circle).filter((row) => row.kind === 'node')).toHaveLength(2);
  });
});

describe('the outline', () => {
  it('keeps a straight run at one depth and goes deeper with each branch', () => {
    const rows = outline(catalogue, welcome()).map((row) => [row.kind, row.kind === 'port' ? row.port.name : row.node.id, row.depth]);

    expect(rows).toEqual([
      ['node', 'event-1', 0],
      ['node', 'condition-1', 0],
      ['port', 'path-1', 1],
      ['node', 'email-1', 2],
      ['node', 'wait-1', 2],
      ['port', 'next', 3],
      ['port', 'other', 1],
    ]);
  });

  it('shows a join once and refers to it after that', () => {
    const rows = outline(catalogue, joined());

    expect(rows.filter((row) => row.kind === 'node' && row.node.id === 'wait-9')).toHaveLength(1);
    expect(rows.filter((row) => row.kind === 'jump').map((row) => [row.node.id, row.kind === 'jump' && row.step])).toEqual([['wait-9', 5]]);
  });

  it('numbers steps as the canvas does', () => {
    const rows = outline(catalogue, joined()).flatMap((row) => (row.kind === 'node' ? [[row.node.id, row.step]] : []));

    expect(Object.fromEntries(rows)).toEqual({ 'event-1': 1, 'condition-1': 2, 'email-1': 3, 'wait-1': 4, 'wait-9': 5 });
  });
});

it('lists activities category by category, unknown ones last', () => {
  const strange = { ...kind('wait'), type: 'odd', category: 'oddities' };

  expect(byCategory([strange, ...[...activities].reverse()]).map((one) => one.category)).toEqual(['start', 'start', 'start', 'message', 'condition', 'wait', 'exit', 'oddities']);
});
