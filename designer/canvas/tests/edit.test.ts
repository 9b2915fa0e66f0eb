import { describe, expect, it } from 'vitest';
import * as edit from '../src/graph/edit';
import { COLUMN, roomOf } from '../src/graph/geometry';
import { edgesAt, edgesInto, nodeById, reaches } from '../src/graph/lookup';
import { openPorts, portsOf } from '../src/graph/ports';
import { edgeId, outletKey, type Graph } from '../src/graph/types';
import { activities, catalogue, dice, draw, idsOf, kind, lines, node, welcome } from './cast';

const at = (graph: Graph, id: string) => nodeById(graph, id)?.position as { x: number; y: number };

describe('placing steps', () => {
  it('gives ids that say the type and count on', () => {
    const graph = draw([node('wait-1'), node('wait-3')]);

    expect(edit.newId(idsOf(graph), 'wait')).toBe('wait-2');
    expect(edit.newId([], 'Custom Action!')).toBe('custom-action-1');
    expect(edit.newId([], '123')).toBe('step-1');
  });

  it('starts a step with defaults that are its own', () => {
    const { graph, id } = edit.place(draw([]), kind('condition'), { x: 3.4, y: 5.6 });
    const placed = nodeById(graph, id);

    expect(placed?.settings).toEqual(kind('condition').defaults);
    expect(placed?.settings.paths).not.toBe(kind('condition').defaults.paths);
    expect(placed?.position).toEqual({ x: 3, y: 6 });
  });

  it('puts what a step brings behind it', () => {
    const { graph, id } = edit.place(draw([]), kind('happening'), { x: 0, y: 0 });

    const both = edit.withBrought(catalogue, graph, id);

    expect(lines(both)).toEqual(['happening-1.next>audience-1']);
    expect(at(both, 'audience-1').x).toBe(COLUMN);
    expect(edit.withBrought(catalogue, welcome(), 'wait-1')).toEqual(welcome());
  });

  it('stands a step behind a port, one column on, level with it, and takes the End label away', () => {
    const before: Graph = { ...welcome(), ends: [{ from: { node: 'condition-1', port: 'other' }, label: 'Not now' }] };

    const { graph, id } = edit.placeAt(catalogue, before, kind('wait'), { node: 'condition-1', port: 'other' });

    expect(lines(graph)).toContain(`condition-1.other>${id}`);
    expect(at(graph, id).x).toBe(at(graph, 'condition-1').x + COLUMN);
    expect(graph.ends).toEqual([]);
  });

  it('never covers another step when it is stood behind a port', () => {
    let graph = welcome();
    for (let round = 0; round < 6; round += 1) {
      const id = edit.placeAt(catalogue, graph, kind('condition'), { node: 'condition-1', port: 'other' });
      graph = edit.removeEdges(id.graph, [`condition-1.other>${id.id}`]);
      expectApart(graph);
    }
  });

  it('leaves a step unconnected where a line may not go', () => {
    const { graph, id } = edit.placeAt(catalogue, welcome(), kind('email'), { node: 'event-1', port: 'next' });

    expect(edgesInto(graph, id)).toEqual([]);
  });
});

describe('steps in lines', () => {
  it('puts a new step into a line and moves what follows along', () => {
    const before = welcome();
    const line = before.edges.find((edge) => edge.to === 'email-1')!;

    const { graph, id } = edit.insertInto(catalogue, before, kind('wait'), line);

    expect(lines(graph)).toEqual(['condition-1.path-1>wait-2', 'email-1.next>wait-1', 'event-1.next>condition-1', 'wait-2.next>email-1']);
    expect(at(graph, id)).toEqual(at(before, 'email-1'));
    expect(at(graph, 'email-1').x).toBe(at(before, 'email-1').x + COLUMN);
    expect(at(graph, 'wait-1').x).toBe(at(before, 'wait-1').x + COLUMN);
    expect(at(graph, 'condition-1')).toEqual(at(before, 'condition-1'));
  });

  it('leaves a step that was dropped on a long line where it was dropped', () => {
    const wide = draw([node('event-1'), node('wait-1', {}, { position: { x: COLUMN * 4, y: 0 } }), node('email-1', {}, { position: { x: COLUMN * 2, y: 40 } })], 'event-1 > wait-1');

    const graph = edit.joinInto(catalogue, wide, 'email-1', wide.edges[0]);

    expect(lines(graph)).toEqual(['email-1.next>wait-1', 'event-1.next>email-1']);
    expect(at(graph, 'email-1')).toEqual({ x: COLUMN * 2, y: 40 });
    expect(at(graph, 'wait-1')).toEqual({ x: COLUMN * 4, y: 0 });
  });

  it('makes room for a step that was dropped on a short line', () => {
    const tight = draw([node('event-1'), node('wait-1', {}, { position: { x: COLUMN, y: 0 } }), node('email-1', {}, { position: { x: 150, y: 10 } })], 'event-1 > wait-1');

    const graph = edit.joinInto(catalogue, tight, 'email-1', tight.edges[0]);

    expect(at(graph, 'email-1')).toEqual({ x: COLUMN, y: 0 });
    expect(at(graph, 'wait-1')).toEqual({ x: COLUMN * 2, y: 0 });
  });

  it('links a step that was dropped on an End tag, and stands it there', () => {
    const loose: Graph = { ...draw([node('event-1'), node('email-1', {}, { position: { x: 500, y: 300 } })]) };

    const graph = edit.joinEnd(catalogue, loose, 'email-1', { node: 'event-1', port: 'next' });

    expect(lines(graph)).toEqual(['event-1.next>email-1']);
    expect(at(graph, 'email-1')).toEqual({ x: COLUMN, y: 0 });
  });

  it('leads a line elsewhere, also to where it could not go while it is there', () => {
    const graph = draw([node('event-1'), node('email-1'), node('wait-1')], 'event-1 > email-1', 'email-1 > wait-1');

    const moved = edit.reconnect(catalogue, graph, graph.edges[0], graph.edges[0].from, 'wait-1');

    expect(moved).not.toBeTypeOf('string');
    expect(lines(moved as Graph)).toEqual(['email-1.next>wait-1', 'event-1.next>wait-1']);
  });

  it('refuses what rules refuse, and changes nothing', () => {
    const graph = welcome();

    expect(edit.connect(catalogue, graph, { node: 'wait-1', port: 'next' }, 'event-1')).toBe('would-loop');
    expect(edit.reconnect(catalogue, graph, graph.edges[0], { node: 'gone-1', port: 'next' }, 'wait-1')).toBe('unknown-step');
    expect(edit.reconnect(catalogue, graph, graph.edges[0], graph.edges[0].from, graph.edges[0].to)).toBe(graph);
  });
});

describe('removing steps', () => {
  it('heals the line where the step had one way on', () => {
    const graph = edit.removeNodes(catalogue, welcome(), ['email-1']);

    expect(lines(graph)).toEqual(['condition-1.path-1>wait-1', 'event-1.next>condition-1']);
  });

  it('heals over a whole removed run', () => {
    const graph = edit.removeNodes(catalogue, draw([node('event-1'), node('wait-1'), node('wait-2'), node('email-1')], 'event-1 > wait-1', 'wait-1 > wait-2', 'wait-2 > email-1'), ['wait-1', 'wait-2']);

    expect(lines(graph)).toEqual(['event-1.next>email-1']);
  });

  it('leaves branches loose where it cannot know which one was meant', () => {
    const both = draw([node('event-1'), node('condition-1'), node('wait-1'), node('email-1')], 'event-1 > condition-1', 'condition-1.path-1 > wait-1', 'condition-1.other > email-1');

    expect(lines(edit.removeNodes(catalogue, both, ['condition-1']))).toEqual([]);
  });

  it('takes the End labels of the step along', () => {
    const graph: Graph = { ...welcome(), ends: [{ from: { node: 'wait-1', port: 'next' }, label: 'Done' }] };

    expect(edit.removeNodes(catalogue, graph, ['wait-1']).ends).toEqual([]);
  });
});

describe('settings', () => {
  it('takes the lines and labels of a port away with the port', () => {
    const graph: Graph = { ...draw([node('event-1'), node('condition-1'), node('wait-1')], 'event-1 > condition-1', 'condition-1.path-1 > wait-1'), ends: [{ from: { node: 'condition-1', port: 'other' }, label: 'Else' }] };

    const next = edit.setSettings(catalogue, graph, 'condition-1', { paths: [{ id: 'path-2', label: 'Two' }], other_cases: false });

    expect(lines(next)).toEqual(['event-1.next>condition-1']);
    expect(next.ends).toEqual([]);
  });

  it('keeps lines of ports that only moved, and lines that were broken before', () => {
    const two = { paths: [{ id: 'a', label: 'A' }, { id: 'b', label: 'B' }], other_cases: false };
    const graph = draw([node('event-1'), node('condition-1', two), node('wait-1')], 'event-1 > condition-1', 'condition-1.b > wait-1', 'condition-1.lost > wait-1');

    const next = edit.setSettings(catalogue, graph, 'condition-1', { ...two, paths: [{ id: 'b', label: 'B' }, { id: 'a', label: 'A' }] });

    expect(lines(next)).toEqual(lines(graph));
  });

  it('keeps the label of one End and drops it when it is emptied', () => {
    const outlet = { node: 'wait-1', port: 'next' };
    const named = edit.setEndLabel(edit.setEndLabel(welcome(), outlet, 'Old'), outlet, 'New');

    expect(named.ends).toEqual([{ from: outlet, label: 'New' }]);
    expect(edit.setEndLabel(named, outlet, '').ends).toEqual([]);
  });
});

describe('where the next step goes', () => {
  it('takes an open port of the chosen step, ordinary before alternative', () => {
    const graph = draw([node('event-1'), node('email-1', { error_path: true })], 'event-1 > email-1');

    expect(edit.nextFreePort(catalogue, graph, 'email-1')).toEqual({ node: 'email-1', port: 'next' });
    expect(edit.nextFreePort(catalogue, graph)).toEqual({ node: 'email-1', port: 'next' });
  });

  it('goes on downstream when the chosen step is full', () => {
    expect(edit.nextFreePort(catalogue, welcome(), 'event-1')).toEqual({ node: 'condition-1', port: 'other' });
    expect(edit.nextFreePort(catalogue, welcome(), 'email-1')).toEqual({ node: 'wait-1', port: 'next' });
    expect(edit.nextFreePort(catalogue, draw([]))).toBeUndefined();
  });
});

it('holds its promises through any row of changes', () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const { below, pick } = dice(seed);
    let graph: Graph = edit.place(draw([]), kind('event'), { x: 0, y: 0 }).graph;
    for (let step = 0; step < 40; step += 1) {
      const before = JSON.stringify(graph);
      const outlets = graph.nodes.flatMap((one) => portsOf(catalogue, graph, one).map((port) => ({ node: one.id, port: port.name })));
      const activity = pick(activities);
      const old = graph;
      switch (below(7)) {
        case 0: graph = outlets.length ? edit.placeAt(catalogue, graph, activity, pick(outlets)).graph : graph; break;
        case 1: graph = graph.edges.length ? edit.insertInto(catalogue, graph, kind('wait'), pick(graph.edges)).graph : graph; break;
        case 2: graph = edit.place(graph, pick(activities.filter((one) => one.placeable)), { x: below(2000), y: below(900) }).graph; break;
        case 3: {
          const done = outlets.length ? edit.connect(catalogue, graph, pick(outlets), pick(graph.nodes).id) : graph;
          if (typeof done !== 'string') graph = done;
          break;
        }
        case 4: {
          const done = graph.edges.length && outlets.length ? edit.reconnect(catalogue, graph, pick(graph.edges), pick(outlets), pick(graph.nodes).id) : graph;
          if (typeof done !== 'string') graph = done;
          break;
        }
        case 5: graph = graph.nodes.length > 4 ? edit.removeNodes(catalogue, graph, [pick(graph.nodes).id]) : graph; break;
        default: {
          const open = graph.nodes.flatMap((one) => openPorts(catalogue, graph, one));
          if (open.length) graph = edit.setEndLabel(graph, pick(open), `end ${step}`);
        }
      }

      expect(JSON.stringify(old)).toBe(before);
      expect(new Set(idsOf(graph)).size).toBe(graph.nodes.length);
      expect(new Set(graph.edges.map(edgeId)).size).toBe(graph.edges.length);
      for (const edge of graph.edges) {
        expect(nodeById(graph, edge.from.node)).toBeDefined();
        expect(nodeById(graph, edge.to)).toBeDefined();
        expect(reaches(graph, edge.to, edge.from.node)).toBe(false);
        const together = edgesAt(graph, edge.from);
        if (together.length > 1) for (const one of together) expect(catalogue.get(nodeById(graph, one.to)!.type)?.passive).toBe(true);
      }
      expect(new Set(graph.ends.map((end) => outletKey(end.from))).size).toBe(graph.ends.length);
      for (const end of graph.ends) {
        expect(nodeById(graph, end.from.node)).toBeDefined();
        expect(edgesAt(graph, end.from)).toEqual([]);
      }
    }
  }
});

function expectApart(graph: Graph): void {
  const rooms = graph.nodes.map((one) => roomOf(catalogue, graph, one));
  rooms.forEach((a, i) => rooms.slice(i + 1).forEach((b) => {
    const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
    expect(apart).toBe(true);
  }));
}
