import { describe, expect, it } from 'vitest';
import { readDuration, sayDuration, units, writeDuration } from '../src/graph/duration';

describe('durations', () => {
  it.each([
    ['P1D', 1, 'days'],
    ['PT30M', 30, 'minutes'],
    ['PT90S', 90, 'seconds'],
    ['P2W', 2, 'weeks'],
    ['PT1.5H', 1.5, 'hours'],
    ['P1DT12H', 36, 'hours'],
    ['PT1H30M', 90, 'minutes'],
    ['P7D', 7, 'days'],
    ['PT0S', 0, 'seconds'],
  ])('%s is %d %s', (text, amount, unit) => {
    expect(readDuration(text)).toEqual({ amount, unit });
  });

  it.each(['', 'P', 'PT', 'P1DT', '1D', 'P1Y', 'P-1D', 'PD', 'hello'])('%s is none', (text) => {
    expect(readDuration(text)).toBeUndefined();
    expect(sayDuration(text)).toBe(text);
  });

  it('are written as they were read, for every unit', () => {
    for (const unit of units) for (const amount of [0, 1, 2, 12, 0.5, 1.25]) expect(readDuration(writeDuration({ amount, unit }))).toEqual({ amount, unit });
  });

  it('are said as people say them', () => {
    expect(['P1D', 'P2D', 'PT1H', 'PT45M'].map(sayDuration)).toEqual(['1 day', '2 days', '1 hour', '45 minutes']);
  });
});
