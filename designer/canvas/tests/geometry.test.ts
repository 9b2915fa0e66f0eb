import { describe, expect, it } from 'vitest';
import { curve, curvePoint, edgeNear, edgePoints, END_HEIGHT, END_WIDTH, endNear, endTags, freeSpot, HEAD, NODE_WIDTH, NOTE, outletPoint, PAD, ROW, roomOf, shift, sizeOf } from '../src/graph/geometry';
import type { Graph } from '../src/graph/types';
import { catalogue, dice, draw, kind, node, welcome } from './cast';

const twenty = Array.from({ length: 20 }, (_, at) => ({ id: `p-${at}`, label: `Path ${at}` }));

describe('sizes and places', () => {
  it('grow with the ports', () => {
    const graph = draw([node('wait-1'), node('condition-1', { paths: twenty })]);

    expect(sizeOf(catalogue, graph, graph.nodes[0])).toEqual({ width: NODE_WIDTH, height: HEAD });
    expect(sizeOf(catalogue, graph, graph.nodes[1]).height).toBe(HEAD + 21 * ROW + 2 * PAD);
  });

  it('grow with the notes, which move no port', () => {
    const noted = new Map(catalogue).set('wait', { ...kind('wait'), notes: [{ text: 'For {duration}', when: '' }] });
    const graph = draw([node('wait-1'), node('wait-2', { duration: '' })]);

    expect(sizeOf(noted, graph, graph.nodes[0]).height).toBe(HEAD + NOTE + PAD);
    expect(sizeOf(noted, graph, graph.nodes[1]).height).toBe(HEAD);
    expect(outletPoint(noted, graph, graph.nodes[0], 'next').y).toBe(outletPoint(catalogue, graph, graph.nodes[0], 'next').y);
  });

  it('put each port in its row, and a single nameless one in the middle of the head', () => {
    const graph = draw([node('wait-1'), node('condition-1', { paths: twenty })]);
    const y = (port: string): number => outletPoint(catalogue, graph, graph.nodes[1], port).y;

    expect(outletPoint(catalogue, graph, graph.nodes[0], 'next')).toEqual({ x: NODE_WIDTH, y: HEAD / 2 });
    expect(y('p-1') - y('p-0')).toBe(ROW);
    expect(y('other')).toBeGreaterThan(y('p-19'));
  });

  it('take the wanted spot when it is free, else the nearest above or below', () => {
    const graph = draw([node('wait-1'), node('wait-2', {}, { position: { x: 900, y: 900 } })]);

    expect(freeSpot(catalogue, graph, graph.nodes[1], { x: 400, y: 0 })).toEqual({ x: 400, y: 0 });
    const spot = freeSpot(catalogue, graph, graph.nodes[1], { x: 50, y: 10 });
    expect(spot.x).toBe(50);
    expect(Math.abs(spot.y)).toBeGreaterThanOrEqual(roomOf(catalogue, graph, graph.nodes[0]).height);
  });

  it.each([
    ['inside', 10, 20, 0, 100, 0],
    ['too far right', 90, 120, 0, 100, -20],
    ['too far left', -30, 10, 0, 100, 30],
    ['larger than the window: its beginning counts', 10, 300, 0, 100, -10],
  ])('shift what is out of sight by the least: %s', (_, from, to, low, high, wanted) => {
    expect(shift(from, to, low, high)).toBe(wanted);
  });
});

describe('End tags', () => {
  it('stand at every open port', () => {
    expect(endTags(catalogue, welcome()).map((tag) => tag.id)).toEqual(['end:condition-1.other', 'end:wait-1.next']);
  });

  it('cover neither steps, with the room for their numbers, nor each other', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const { below } = dice(seed);
      const graph: Graph = draw(Array.from({ length: 8 }, (_, at) => node(`condition-${at + 1}`, { paths: twenty.slice(0, 1 + below(6)) }, { position: { x: below(6) * 280, y: below(8) * 120 } })));

      const tags = endTags(catalogue, graph).map((tag) => ({ ...tag.position, width: END_WIDTH, height: END_HEIGHT }));

      tags.forEach((tag, at) => tags.slice(at + 1).forEach((other) => expect(covers(tag, other)).toBe(false)));
      const rooms = graph.nodes.map((one) => roomOf(catalogue, graph, one));
      for (const tag of tags) for (const room of rooms) expect(covers(tag, room)).toBe(false);
    }
  });

  it('are found by a point near them', () => {
    const tags = endTags(catalogue, welcome());
    const { position } = tags[1];

    expect(endNear(tags, { x: position.x + 5, y: position.y + 5 }, 0)?.id).toBe('end:wait-1.next');
    expect(endNear(tags, { x: position.x - 200, y: position.y }, 10)).toBeUndefined();
  });
});

describe('lines', () => {
  it('leave and arrive level, and end where they should', () => {
    for (const [from, to] of [[{ x: 0, y: 0 }, { x: 300, y: 90 }], [{ x: 300, y: 0 }, { x: 0, y: 50 }], [{ x: 0, y: 0 }, { x: 8, y: 0 }]]) {
      const { a, b } = curve(from, to);

      expect([a.y, b.y]).toEqual([from.y, to.y]);
      expect(a.x).toBeGreaterThanOrEqual(from.x);
      expect(b.x).toBeLessThanOrEqual(to.x);
      expect(curvePoint(from, to, 0)).toEqual(from);
      expect(curvePoint(from, to, 1)).toEqual(to);
    }
  });

  it('are met by a point near them, the nearest first, and not by the step that is dragged', () => {
    const graph = draw([node('event-1'), node('wait-1', {}, { position: { x: 600, y: 0 } }), node('email-1', {}, { position: { x: 600, y: 400 } })], 'event-1 > wait-1', 'event-1 > email-1');
    const { from, to } = edgePoints(catalogue, graph, graph.edges[0])!;
    const middle = curvePoint(from, to, 0.5);

    expect(edgeNear(catalogue, graph, { x: middle.x, y: middle.y + 6 }, 20)).toBe(graph.edges[0]);
    expect(edgeNear(catalogue, graph, { x: middle.x, y: middle.y - 60 }, 20)).toBeUndefined();
    expect(edgeNear(catalogue, graph, middle, 20, 'wait-1')).not.toBe(graph.edges[0]);
  });
});

interface Box { x: number; y: number; width: number; height: number }
const covers = (a: Box, b: Box): boolean => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
