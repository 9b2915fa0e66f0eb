/** What stands at the cursor, and what may come next there. */
import { describe, expect, it } from 'vitest';
import { cursorIn, stepsAt, type Spot } from '../src/graph/cursor';
import { branchAt, forestOf, matching, type FieldWord } from '../src/graph/words';

const order = (path: string[], type: string, more: Partial<FieldWord> = {}): FieldWord => ({ insert: `@event{Order.${path.join('.')}}`, label: `Order.${path.join('.')}`, type, source: 'event', root: ['Order'], path, ...more });
const fields: FieldWord[] = [
  order(['event'], 'string'),
  order(['properties'], 'object'),
  order(['properties', 'items'], 'list<object>'),
  order(['properties', 'items', 'price'], 'list<decimal>', { element: 'decimal', list: ['properties', 'items'] }),
  order(['properties', 'items', 'sku'], 'list<string>', { element: 'string', list: ['properties', 'items'] }),
  order(['properties', 'the name'], 'string'),
  order(['properties', 'total'], 'decimal'),
  { insert: '#{Profile.attributes.plan}', label: 'Profile.plan', type: 'string', source: 'profile', root: ['Profile', 'attributes'], path: ['plan'] },
  { insert: '${journeyVersion}', label: 'journeyVersion', type: 'string', source: 'journey', root: [], path: ['journeyVersion'] },
];
const forest = forestOf(fields);

/** The cursor stands where the bar is. */
const at = (text: string): ReturnType<typeof cursorIn> => cursorIn(text.replace('|', ''), text.indexOf('|'));
const next = (text: string): string[] => {
  const { spot } = at(text);
  return spot.kind === 'path' ? stepsAt(forest, spot).map((step) => step.insert) : [spot.kind];
};
const spotOf = (text: string): Partial<Spot> => at(text).spot;

describe('inside braces', () => {
  it('offers what stands on the path, then what lies deeper, then methods', () => {
    expect(next('@event{|').slice(0, 3)).toEqual(['Order', 'Order.event', 'Order.properties']);
    expect(next('@event{Order.|')).toContain('properties.total');
    expect(next('@event{Order.properties.|')).toEqual(['items', '"the name"', 'total', 'items.price', 'items.sku', 'entry("")', 'keys()', 'firstEntryKey()']);
    expect(next('@event{Order.properties.items.|')).toEqual(['price', 'sku', 'all()', 'first()', 'last()', 'at(0)']);
    expect(next('#{Profile.attributes.|')).toEqual(['plan']);
    expect(next('${|')).toEqual(['journeyVersion']);
    expect(next('@event{Order . properties . |')).toContain('total');
  });

  it('knows how much of a name is there already', () => {
    expect(spotOf('@event{Order.prop|')).toMatchObject({ kind: 'path', names: ['Order'], typed: 'prop', from: 13 });
    expect(spotOf('@event{Order.properties."the n|')).toMatchObject({ kind: 'path', names: ['Order', 'properties'], typed: 'the n', from: 24 });
    expect(spotOf('true and @ev|')).toMatchObject({ kind: 'source', typed: '@ev', from: 9 });
  });

  it('goes on behind a method', () => {
    expect(next('@event{Order.properties.items.first().|').slice(0, 2)).toEqual(['price', 'sku']);
    const { spot } = at('@event{Order.properties.items.first().|');
    expect(spot.kind === 'path' && stepsAt(forest, spot)[0].type).toBe('decimal');
    expect(next('@event{Order.properties.items.all(currentEventField.price > 5 and not (true)).|')).toContain('sku');
  });

  it('offers expressions in a default value, not fields', () => {
    expect(spotOf('@event{Order.properties.total, defaultValue: |')).toMatchObject({ kind: 'word' });
    expect(spotOf('@event{Order.properties.total, defaultValue: (no|')).toMatchObject({ kind: 'word', typed: 'no' });
    expect(spotOf('@event{Order.properties.total, def|')).toMatchObject({ kind: 'option', typed: 'def' });
  });
});

describe('in the condition of a list', () => {
  it('offers what an element holds, by its type there', () => {
    const { spot } = at('@event{Order.properties.items.all(currentEventField.|');

    expect(spot.kind === 'path' && stepsAt(forest, spot).map((step) => [step.insert, step.type])).toEqual([['price', 'decimal'], ['sku', 'string']]);
    expect(next('count(@event{Order.properties.items.all(currentEventField.price > 5 and currentEventField.s|')).toEqual(['price', 'sku']);
  });

  it('knows which loop variables mean something', () => {
    expect(spotOf('@event{Order.properties.items.all(curr|')).toMatchObject({ kind: 'word', typed: 'curr', loops: ['currentEventField'] });
    expect(spotOf('curr|')).toMatchObject({ kind: 'word', loops: [] });
    expect(next('currentEventField.|')).toEqual(['word']);
  });
});

describe('inside a call', () => {
  it.each([
    ['contain(|', 'contain', 0, false],
    ['contain(@event{Order.event}, |', 'contain', 1, false],
    ['contain(@event{Order.event, defaultValue: "a,b"}, "x, y|', 'contain', 1, false],
    ['in(1, [2, |', 'in', 1, false],
    ['round(max(1, 2) |', 'round', 0, false],
    ['concat("a(", lower(|', 'lower', 0, false],
    ['@event{Order.properties.items.all(|', 'all', 0, true],
    ['nowWithDelta((1 + 2), "da|', 'nowWithDelta', 1, false],
  ] as [string, string, number, boolean][])('%s knows its argument', (text, name, argument, method) => {
    expect(at(text).call).toMatchObject({ name, argument, method });
  });

  it.each(['true and |', 'lower("a")|', 'not (|', 'if (|', '[1, |'])('%s is in no call', (text) => {
    expect(at(text).call).toBeNull();
  });

  it('stays silent inside a text', () => {
    expect(at('contain("@event{Or|').spot.kind).toBe('text');
    expect(at("'it is |").spot.kind).toBe('text');
  });
});

describe('the tree', () => {
  it('is searched by all words, in a name or above it', () => {
    const found = matching(forest.get('@event') ?? [], ['items', 'dec']);

    expect(branchAt(new Map([['@event', found]]), '@event', ['Order', 'properties', 'items', 'price'])?.type).toBe('list<decimal>');
    expect(branchAt(new Map([['@event', found]]), '@event', ['Order', 'properties', 'total'])).toBeUndefined();
    expect(matching(forest.get('@event') ?? [], ['nowhere'])).toEqual([]);
  });
});
