import { describe, expect, it } from 'vitest';
import { declaredPorts, openPorts, portLabel, portsOf } from '../src/graph/ports';
import { catalogue, draw, kind, node, welcome } from './cast';

const names = (ports: { name: string }[]): string[] => ports.map((port) => port.name);

describe('the ways out of a step', () => {
  it('are one for each item of a list, in its order, then those that a setting switches on', () => {
    const settings = { paths: [{ id: 'b', label: 'Second' }, { id: 'a', label: '' }], other_cases: true };

    const ports = declaredPorts(kind('condition'), settings, true);

    expect(names(ports)).toEqual(['b', 'a', 'other']);
    expect(ports.map((port) => port.label)).toEqual(['Second', 'Condition 2', 'Other cases']);
  });

  it('leave out what has no sense at the beginning of a journey', () => {
    expect(names(declaredPorts(kind('event'), { timeout_path: true }, false))).toEqual(['next']);
    expect(names(declaredPorts(kind('event'), { timeout_path: true }, true))).toEqual(['next', 'timeout']);
  });

  it('say which way is the alternative', () => {
    expect(declaredPorts(kind('email'), { error_path: true }, true).map((port) => port.alternative)).toEqual([false, true]);
  });

  it.each([[undefined], [null], ['text'], [[1, null, {}, { id: 7 }]]])('bear settings that are not as they should be: %j', (paths) => {
    expect(names(declaredPorts(kind('condition'), { paths: paths as never, other_cases: true }, true))).toEqual(['other']);
  });

  it('show a way that only a line still knows, as missing and last', () => {
    const graph = draw([node('event-1'), node('wait-1'), node('email-1')], 'event-1 > wait-1', 'wait-1.gone > email-1');

    const ports = portsOf(catalogue, graph, graph.nodes[1]);

    expect(ports.map((port) => [port.name, port.missing])).toEqual([['next', false], ['gone', true]]);
    expect(portLabel(catalogue, graph, graph.nodes[1], 'gone')).toBe('gone');
  });

  it('of a step the server does not know are those its lines leave by', () => {
    const graph = draw([node('teleport-1'), node('wait-1')], 'teleport-1.left > wait-1');

    expect(names(portsOf(catalogue, graph, graph.nodes[0]))).toEqual(['left']);
  });

  it('are open where no line leaves', () => {
    const graph = welcome();

    expect(graph.nodes.flatMap((one) => openPorts(catalogue, graph, one))).toEqual([
      { node: 'condition-1', port: 'other' },
      { node: 'wait-1', port: 'next' },
    ]);
  });
});
