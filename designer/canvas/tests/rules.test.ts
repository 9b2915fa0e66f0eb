import { describe, expect, it } from 'vitest';
import { besides, hasStart, mayBeEntered, mayPlace, mayStandAt, refuseLine } from '../src/graph/rules';
import { catalogue, draw, kind, node, welcome } from './cast';

const from = (name: string, port = 'next') => ({ node: name, port });

describe('which lines are refused', () => {
  const graph = welcome();

  it.each([
    ['unknown-step', from('gone-1'), 'wait-1'],
    ['unknown-step', from('event-1'), 'gone-1'],
    ['same-step', from('wait-1'), 'wait-1'],
    ['unknown-port', from('condition-1', 'path-9'), 'wait-1'],
    ['would-loop', from('wait-1'), 'condition-1'],
    ['would-loop', from('condition-1', 'other'), 'event-1'],
    ['already-connected', from('event-1'), 'condition-1'],
    ['port-taken', from('event-1'), 'email-1'],
  ] as const)('%s', (refusal, outlet, to) => {
    expect(refuseLine(catalogue, graph, outlet, to)).toBe(refusal);
  });

  it('starts-only: nothing leads to what can only begin a journey', () => {
    expect(refuseLine(catalogue, draw([node('event-1'), node('audience-1')]), from('event-1'), 'audience-1')).toBe('starts-only');
  });

  it('allows a join: two branches to one step', () => {
    expect(refuseLine(catalogue, graph, from('condition-1', 'other'), 'wait-1')).toBeUndefined();
  });

  it('lets events and waits stand side by side at one port, and nothing beside them', () => {
    const side = draw([node('event-1'), node('wait-1'), node('event-2'), node('email-1')], 'event-1 > wait-1');

    expect(refuseLine(catalogue, side, from('event-1'), 'event-2')).toBeUndefined();
    expect(refuseLine(catalogue, side, from('event-1'), 'email-1')).toBe('port-taken');
  });

  it('judges a line from a step the server no longer knows by everything but its ports', () => {
    const strange = draw([node('event-1'), node('teleport-1'), node('wait-1')], 'event-1 > teleport-1');

    expect(refuseLine(catalogue, strange, from('teleport-1', 'anywhere'), 'wait-1')).toBeUndefined();
    expect(refuseLine(catalogue, strange, from('teleport-1', 'anywhere'), 'event-1')).toBe('would-loop');
  });
});

describe('what may be placed', () => {
  it('begins with a start, and goes on with what may stand in the flow', () => {
    expect(mayPlace(catalogue, draw([]), kind('event'))).toBe(true);
    expect(mayPlace(catalogue, draw([]), kind('wait'))).toBe(false);
    expect(mayPlace(catalogue, welcome(), kind('wait'))).toBe(true);
    expect(mayPlace(catalogue, welcome(), kind('audience'))).toBe(false);
    expect(mayPlace(catalogue, welcome(), kind('end'))).toBe(false);
  });

  it('knows a start by nothing leading to it', () => {
    const only = draw([node('wait-1'), node('event-1')], 'wait-1 > event-1');

    expect(hasStart(catalogue, only)).toBe(false);
    expect(hasStart(catalogue, welcome())).toBe(true);
  });

  it('stands beside what waits only what waits itself', () => {
    const graph = draw([node('event-1'), node('wait-1')], 'event-1 > wait-1');

    expect(mayStandAt(catalogue, graph, kind('event'), from('event-1'))).toBe(true);
    expect(mayStandAt(catalogue, graph, kind('email'), from('event-1'))).toBe(false);
    expect(mayStandAt(catalogue, graph, kind('email'), from('wait-1'))).toBe(true);
    expect(mayStandAt(catalogue, graph, kind('audience'), from('wait-1'))).toBe(false);
  });
});

describe('behind what brings a step of its own', () => {
  const graph = draw([node('happening-1'), node('audience-1'), node('wait-1')], 'audience-1 > wait-1');

  it('that step may stand, and nothing else', () => {
    expect(refuseLine(catalogue, graph, from('happening-1'), 'audience-1')).toBeUndefined();
    expect(refuseLine(catalogue, graph, from('happening-1'), 'wait-1')).toBe('brings-its-own');
    expect(mayStandAt(catalogue, graph, kind('audience'), from('happening-1'))).toBe(true);
    expect(mayStandAt(catalogue, graph, kind('wait'), from('happening-1'))).toBe(false);
  });

  it('is offered while it is missing', () => {
    expect(mayPlace(catalogue, draw([node('happening-1')]), kind('audience'))).toBe(true);
    expect(mayPlace(catalogue, draw([node('happening-1'), node('audience-1')], 'happening-1 > audience-1'), kind('audience'))).toBe(false);
    expect(mayPlace(catalogue, welcome(), kind('happening'))).toBe(false);
  });

  it('lines may lead to what is brought, and to what stands in the flow', () => {
    expect(['audience', 'happening', 'wait'].map((type) => mayBeEntered(catalogue, kind(type)))).toEqual([true, false, true]);
  });
});

describe('beside what hangs at a port', () => {
  it('another may stand only while all of it are events and waits', () => {
    const graph = draw([node('event-1'), node('wait-1'), node('wait-2'), node('email-1')], 'event-1 > wait-1', 'event-1 > wait-2', 'wait-1 > email-1');

    expect(besides(catalogue, graph, from('event-1'))).toBe(true);
    expect(besides(catalogue, graph, from('wait-1'))).toBe(false);
    expect(besides(catalogue, graph, from('wait-2'))).toBe(false);
  });
});
