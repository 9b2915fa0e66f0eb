import { describe, expect, it } from 'vitest';
import { setLabel, setSettings } from '../src/graph/edit';
import { outletPoint } from '../src/graph/geometry';
import { nodeById } from '../src/graph/lookup';
import type { Problem } from '../src/graph/types';
import { createDrawer, type Sight, type StepNode } from '../src/nodes/flow';
import { catalogue, draw, node, welcome } from './cast';

const none: ReadonlySet<string> = new Set();
const sight = (more: Partial<Sight> = {}): Sight => ({ graph: welcome(), catalogue, problems: [], chosen: none, chosenEdges: none, port: null, dropEdge: null, dropEnd: null, editable: true, ...more });
const problem = (id: string, severity: Problem['severity']): Problem => ({ code: 'X', severity, message: 'Mend it.', hint: '', node: id, field: null, line: null, column: null });

describe('drawing', () => {
  it('draws a step again only when something about it changed', () => {
    const drawer = createDrawer();
    const graph = welcome();
    const before = drawer(sight({ graph }));

    const after = drawer(sight({ graph: setLabel(graph, 'email-1', 'Hello') }));

    const changed = after.nodes.filter((one) => !before.nodes.includes(one)).map((one) => one.id);
    expect(changed).toEqual(['email-1']);
    expect(after.edges).toEqual(before.edges);
    expect(after.edges.every((edge) => before.edges.includes(edge))).toBe(true);
  });

  it('keeps everything when nothing changed', () => {
    const drawer = createDrawer();
    const graph = welcome();
    const before = drawer(sight({ graph }));
    const after = drawer(sight({ graph: { ...graph } }));

    expect(after.nodes.every((one, at) => one === before.nodes[at])).toBe(true);
  });

  it('draws a condition again when a path is added', () => {
    const drawer = createDrawer();
    const graph = welcome();
    drawer(sight({ graph }));
    const paths = [{ id: 'path-1', label: 'A' }, { id: 'path-2', label: 'B' }];

    const { nodes } = drawer(sight({ graph: setSettings(catalogue, graph, 'condition-1', { paths, other_cases: true }) }));

    expect((nodes.find((one) => one.id === 'condition-1') as StepNode).data.ports.map((port) => port.label)).toEqual(['A', 'B', 'Other cases']);
    expect(nodes.some((one) => one.id === 'end:condition-1.path-2')).toBe(true);
  });

  it('says to a screen reader what a step is, what is wrong with it and where it comes', () => {
    const { nodes } = createDrawer()(sight({ graph: setLabel(welcome(), 'email-1', 'Hello'), problems: [problem('condition-1', 'error'), problem('condition-1', 'warning')] }));
    const aria = (id: string): string | undefined => nodes.find((one) => one.id === id)?.ariaLabel;

    expect(aria('condition-1')).toBe('Condition, 2 problems, step 2');
    expect(aria('email-1')).toBe('Hello, Email, step 3');
  });

  it('gives steps in reading order, so that Tab goes through them as a person reads', () => {
    const { nodes } = createDrawer()(sight({ graph: draw([node('wait-1'), node('event-1')], 'event-1 > wait-1') }));

    expect(nodes.filter((one) => one.type === 'step').map((one) => one.id)).toEqual(['event-1', 'wait-1']);
  });

  it('puts handles where lines are computed to leave', () => {
    const graph = welcome();
    const { nodes } = createDrawer()(sight({ graph }));
    const condition = nodes.find((one) => one.id === 'condition-1') as StepNode;

    for (const handle of condition.handles!.filter((one) => one.type === 'source')) {
      const { x, y } = outletPoint(catalogue, graph, nodeById(graph, 'condition-1')!, handle.id!);
      expect([condition.position.x + handle.x + handle.width! / 2, condition.position.y + handle.y + handle.height! / 2]).toEqual([x, y]);
    }
  });

  it('shows what the server does not know as broken, and keeps its ways out', () => {
    const { nodes, edges } = createDrawer()(sight({ graph: draw([node('event-1'), node('teleport-1'), node('wait-1')], 'event-1 > teleport-1', 'teleport-1.gate > wait-1') }));

    expect((nodes.find((one) => one.id === 'teleport-1') as StepNode).data.activity).toBeUndefined();
    expect(edges.map((edge) => edge.id)).toContain('teleport-1.gate>wait-1');
  });
});
