import { describe, expect, it } from 'vitest';
import { nameOf, notesOf, summaryOf } from '../src/graph/summary';
import type { Json, Schema } from '../src/graph/types';
import { draw, kind, node } from './cast';

const say = (summary: string, settings: { [key: string]: Json }): string => summaryOf({ ...kind('wait'), summary }, node('wait-1', settings));

describe('the second line of a step', () => {
  it.each([
    ['{event}', { event: 'OrderPlaced' }, 'OrderPlaced'],
    ['{duration}', { duration: 'PT90M' }, '90 minutes'],
    ['{method} {url}', { method: 'POST', url: 'https://example.org' }, 'POST https://example.org'],
    ['{paths}', { paths: [{ id: 'a', label: 'Big' }, { id: 'b', label: '' }, { id: 'c', label: 'Small' }] }, 'Big, Small'],
    ['{splits}', { splits: [{ label: 'A', share: 60 }, { label: 'B', share: 40 }] }, 'A 60 %, B 40 %'],
    ['{fields}', { fields: [{ field: 'plan', value: '1' }] }, 'plan'],
    ['{at.place}', { at: { place: 'home' } }, 'home'],
    ['Ends here', {}, 'Ends here'],
    ['{event}', { event: '' }, ''],
    ['{missing.deep}', { missing: null }, ''],
    ['On {flag}', { flag: true }, 'On true'],
  ] as [string, { [key: string]: Json }, string][])('%s with %j is %s', (template, settings, said) => {
    expect(say(template, settings)).toBe(said);
  });

  it('leaves out what is set but does not count', () => {
    const schema: Schema = {
      properties: {
        mode: { type: 'string', default: 'duration' },
        duration: { type: 'string', 'x-when': 'mode=duration' },
        until: { type: 'string', 'x-when': 'mode=custom' },
      },
    };
    const wait = { ...kind('wait'), summary: '{duration}{until}', settings_schema: schema };
    const both = { duration: 'P2D', until: 'date("2026-12-24T09:00")' };

    expect(summaryOf(wait, node('wait-1', both))).toBe('2 days');
    expect(summaryOf(wait, node('wait-1', { ...both, mode: 'custom' }))).toBe('date("2026-12-24T09:00")');
  });

  it('is empty rather than half a sentence when nothing is set', () => {
    expect(say('{method} to {url}', {})).toBe('');
  });
});

it('calls a step by its label, else by its activity, else by its type', () => {
  expect(nameOf(kind('wait'), node('wait-1', {}, { label: 'Two days' }))).toBe('Two days');
  expect(nameOf(kind('wait'), node('wait-1'))).toBe('Wait');
  expect(nameOf(undefined, node('teleport-1'))).toBe('teleport');
});

describe('the further lines of a step', () => {
  const schema: Schema = {
    properties: {
      schedule: { type: 'string', default: 'once' },
      waves: { type: 'string', default: 'none', 'x-when': 'schedule=once' },
      count: { type: 'integer', default: 4, 'x-when': 'waves=equal' },
      sizes: { type: 'array', default: [], 'x-when': 'waves=percent' },
      interval: { type: 'string', default: 'PT1H' },
    },
  };
  const audience = {
    ...kind('audience'), settings_schema: schema, start_only: ['waves', 'booking'],
    notes: [
      { text: 'In {count} waves, every {interval}', when: 'waves=equal' },
      { text: 'In waves of {sizes} %, every {interval}', when: 'waves=percent' },
      { text: 'In {sizes.length} waves', when: 'waves=percent' },
      { text: 'One for each {booking}', when: '' },
    ],
  };
  const notes = (settings: { [key: string]: Json }): string[] => notesOf(audience, draw([node('audience-1')]), node('audience-1', settings));

  it.each([
    [{}, []],
    [{ waves: 'equal' }, ['In 4 waves, every 1 h']],
    [{ waves: 'equal', interval: 'P1D' }, ['In 4 waves, every 1 day']],
    [{ waves: 'percent', sizes: [{ size: 10 }, { size: 20 }, { size: 70 }], interval: 'PT90M' }, ['In waves of 10, 20, 70 %, every 90 min', 'In 3 waves']],
    [{ waves: 'percent', sizes: [{ size: 50 }, { size: 50 }] }, ['In waves of 50 %, every 1 h', 'In 2 waves']],
    [{ waves: 'percent' }, []],
    [{ waves: 'equal', schedule: 'daily' }, []],
    [{ booking: 'bookingId' }, ['One for each bookingId']],
  ] as [{ [key: string]: Json }, string[]][])('with %j are %j', (settings, said) => {
    expect(notes(settings)).toEqual(said);
  });

  it('leave out what has no sense where the step stands', () => {
    const graph = draw([node('happening-1'), node('audience-1')], 'happening-1 > audience-1');

    expect(notesOf(audience, graph, node('audience-1', { waves: 'equal', booking: 'bookingId' }))).toEqual([]);
  });
});
