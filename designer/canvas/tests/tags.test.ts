import { describe, expect, it } from 'vitest';
import { hasTag, offeredTags, withTag } from '../src/graph/tags';

const known = ['Black Friday', 'Spring sale', 'Summer', 'vip', 'Winter sale'];

describe('tags', () => {
  it('differ by more than case', () => {
    expect(hasTag(known, 'VIP')).toBe(true);
    expect(hasTag(known, 'vi')).toBe(false);
  });

  it('are offered by a part of them, those that begin with it first, and not what the journey has', () => {
    expect(offeredTags(known, ['SUMMER'], 's')).toEqual(['Spring sale', 'Winter sale']);
    expect(offeredTags(known, [], 'sale')).toEqual(['Spring sale', 'Winter sale']);
    expect(offeredTags(known, [], '')).toEqual(known);
    expect(offeredTags(known, [], 'x')).toEqual([]);
  });

  it('stand in alphabetical order', () => {
    expect(withTag(['Summer', 'vip'], 'Upsell')).toEqual(['Summer', 'Upsell', 'vip']);
  });
});
