import { describe, expect, it } from 'vitest';
import { trailOf } from '../src/live/trail';
import type { PersonPath } from '../src/store/api';
import { draw, node, welcome } from './cast';

const path = (steps: [node: string, port: string | null, status?: string][], position: PersonPath['position'], state = 'active'): PersonPath => ({
  instance: '1',
  profile_id: '1',
  identity: 'ana@example.org',
  state,
  steps: steps.map(([name, port, status = 'transitions']) => ({ node: name, port, at: '', status, error: null })),
  position,
});

describe('one person’s way', () => {
  it('has the steps and lines that were passed, and ends where the person waits', () => {
    const trail = trailOf(welcome(), path([['event-1', 'next'], ['condition-1', 'path-1'], ['email-1', 'next']], { node: 'email-1', port: 'next' }));

    expect([...trail.here]).toEqual(['wait-1']);
    expect([...trail.nodes].sort()).toEqual(['condition-1', 'email-1', 'event-1', 'wait-1']);
    expect([...trail.edges]).toEqual(expect.arrayContaining(['event-1.next>condition-1', 'condition-1.path-1>email-1', 'email-1.next>wait-1']));
  });

  it('stands at a step that acts', () => {
    const trail = trailOf(welcome(), path([['event-1', 'next'], ['condition-1', 'path-1']], { node: 'email-1', port: null }));

    expect([...trail.here]).toEqual(['email-1']);
    expect(trail.edges.has('email-1.next>wait-1')).toBe(false);
  });

  it('stands at everything that listens side by side', () => {
    const graph = draw([node('event-1'), node('event-2'), node('wait-1')], 'event-1 > event-2', 'event-1 > wait-1');

    expect([...trailOf(graph, path([['event-1', 'next']], { node: 'event-1', port: 'next' })).here].sort()).toEqual(['event-2', 'wait-1']);
  });

  it('stands nowhere once it is over, and passes by the End tag', () => {
    const trail = trailOf(welcome(), path([['event-1', 'next'], ['condition-1', 'other']], { node: 'condition-1', port: 'other' }, 'completed'));

    expect(trail.here.size).toBe(0);
    expect(trail.edges.has('end:condition-1.other')).toBe(true);
    expect(trail.edges.has('condition-1.path-1>email-1')).toBe(false);
  });

  it.each(['error', 'timedout', 'capped'])('marks where something went wrong: %s', (status) => {
    const trail = trailOf(welcome(), path([['event-1', 'next'], ['email-1', 'next', status]], null));

    expect([...trail.failed.keys()]).toEqual(['email-1']);
  });
});
