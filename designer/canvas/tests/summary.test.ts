import { describe, expect, it } from 'vitest';
import { nameOf, summaryOf } from '../src/graph/summary';
import type { Json, Schema } from '../src/graph/types';
import { kind, node } from './cast';

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
