import { describe, expect, it } from 'vitest';
import { offer, usedNow } from '../src/graph/offered';
import { activities } from './cast';

const names = (wanted: Parameters<typeof offer>[1]): string[] => offer(activities, wanted).groups.flatMap((group) => group.activities.map((one) => one.type));

describe('the palette', () => {
  it('offers everything that may be placed at all, in groups', () => {
    const { groups, hidden } = offer(activities, { query: '' });

    expect(groups[0].name).toBe('start');
    expect(groups.flatMap((group) => group.activities)).toHaveLength(activities.filter((one) => one.placeable).length);
    expect(hidden).toBe(0);
  });

  it('counts what it hides because it may not stand now', () => {
    const { groups, hidden } = offer(activities, { query: '', available: (one) => one.start });

    expect(groups.map((group) => group.name)).toEqual(['start']);
    expect(hidden).toBe(activities.filter((one) => one.placeable && !one.start).length);
  });

  it('knows the last five kinds, each once, the latest first', () => {
    const recent = ['a', 'b', 'c', 'd', 'e', 'b'].reduce<string[]>(usedNow, []);

    expect(recent).toEqual(['b', 'e', 'd', 'c', 'a']);
    expect(usedNow(recent, 'f')).toEqual(['f', 'b', 'e', 'd', 'c']);
  });

  it('offers the last ones only, also among what is searched', () => {
    expect(names({ query: '', recent: ['wait'] })).toEqual(['wait']);
    expect(names({ query: 'mail', recent: ['wait'] })).toEqual([]);
  });
});
