/** Rows as text: the same pairs as the server's tests, and what moving them does. */
import { describe, expect, it } from 'vitest';
import happeningPairs from '../../../tests/designer/happenings.json';
import pairs from '../../../tests/designer/rows.json';
import { kindOf, mayBeNegated, offered, shapeOf, type Kind } from '../src/graph/operators';
import { DEEPEST, emptyGroup, emptyRow, find, insert, isGroup, mayStandIn, move, nudge, numbered, plain, remove, rowFor, rowsIn, tidied, withField, withOperator, wrongIn, type Group, type Item, type PlainGroup, type PlainRow } from '../src/graph/rows';
import { quoted, written } from '../src/graph/writing';

const said = pairs as unknown as { says: string; rows: PlainGroup; text: string }[];

describe('writing', () => {
  it.each(said)('writes $says as the server does', ({ rows, text }) => {
    expect(written(rows).text).toBe(text);
    expect(written(numbered(rows)).text).toBe(text);
    expect(plain(numbered(rows))).toEqual(rows);
  });

  it.each(happeningPairs as unknown as typeof said)('writes $says as the server does', ({ rows, text }) => {
    expect(written(rows).text).toBe(text);
    expect(written(numbered(rows)).text).toBe(text);
    expect(plain(numbered(rows))).toEqual(rows);
  });

  it('knows every operator of every kind that the pairs show', () => {
    const shown = new Set<string>();
    const see = (item: PlainRow | PlainGroup): void => ('items' in item ? item.items.forEach(see) : void shown.add(`${kindOf(item.type)} ${item.operator}`));
    said.forEach((pair) => see(pair.rows));

    const known = (Object.keys(offered) as Kind[]).flatMap((kind) => offered[kind].map((operator) => `${kind} ${operator}`));
    expect([...shown].sort()).toEqual(known.sort());
  });

  it('says where each row stands', () => {
    const group = numbered({ join: 'and', negated: false, items: [{ ...row('a'), values: ['x'] }, { join: 'or', negated: true, items: [row('b'), row('c')] }] });
    const { text, places } = written(group);
    const at = (item: Item): string => text.slice(...(places.get(item.id) as [number, number]));

    expect(text).toBe('a == "x" and not (b == "" or c == "")');
    expect(rowsIn(group).map(at)).toEqual(['a == "x"', 'b == ""', 'c == ""']);
    expect(at(group.items[1])).toBe('not (b == "" or c == "")');
  });

  it('leaves out rows without a field, and groups of nothing else', () => {
    const group = numbered({ join: 'and', negated: false, items: [row(''), { join: 'or', negated: true, items: [row('')] }, row('a')] });

    expect(written(group).text).toBe('a == ""');
    expect(written(emptyGroup()).text).toBe('');
  });

  it('quotes what the language cannot read bare', () => {
    expect(quoted('a"b\\\n\u0085')).toBe('"a\\"b\\\\\\n\\u0085"');
  });
});

const row = (field: string): PlainRow => ({ field, type: 'string', operator: 'is', negated: false, values: [''] });

/** a, (b, (c)), d: rows by their fields. */
function drawn(): { group: Group; id: (name: string) => number } {
  const group = numbered({ join: 'and', negated: false, items: [row('a'), { join: 'or', negated: false, items: [row('b'), { join: 'and', negated: false, items: [row('c')] }] }, row('d')] });
  return { group, id: (name) => rowsIn(group).find((one) => one.field === name)?.id ?? 0 };
}
const shape = (item: Item): string => (isGroup(item) ? `(${item.items.map(shape).join(' ')})` : item.field);

describe('moving', () => {
  it('goes past a neighbour, into a group and out of it, one step at a time', () => {
    const { group, id } = drawn();
    const a = id('a');
    const seen = [shape(group)];
    let now = group;
    for (let step = 0; step < 6; step += 1) seen.push(shape((now = nudge(now, a, 1))));

    expect(seen).toEqual(['(a (b (c)) d)', '((a b (c)) d)', '((b a (c)) d)', '((b (a c)) d)', '((b (c a)) d)', '((b (c) a) d)', '((b (c)) a d)']);
    for (let step = 0; step < 6; step += 1) now = nudge(now, a, -1);
    expect(shape(now)).toBe('(a (b (c)) d)');
    expect(nudge(now, a, -1)).toBe(now);
    expect(shape(nudge(nudge(now, id('d'), 1), id('d'), 1))).toBe('(a (b (c)) d)');
  });

  it('drops between others, counted as they stand', () => {
    const { group, id } = drawn();

    expect(shape(move(group, id('a'), group.id, 3))).toBe('((b (c)) d a)');
    expect(shape(move(group, id('d'), group.id, 0))).toBe('(d a (b (c)))');
    expect(move(group, id('d'), group.id, 3)).toBe(group);
    expect(shape(move(group, group.items[1].id, group.id, 3))).toBe('(a d (b (c)))');
  });

  it('puts no group into itself, and none deeper than groups nest', () => {
    const { group } = drawn();
    const outer = group.items[1] as Group;
    expect(move(group, outer.id, outer.items[1].id, 0)).toBe(group);

    let deep = emptyGroup();
    let at = deep.id;
    for (let depth = 0; depth < DEEPEST; depth += 1) {
      const inner = emptyGroup();
      expect(mayStandIn(deep, inner, at)).toBe(depth < DEEPEST);
      deep = insert(deep, at, 0, inner);
      at = inner.id;
    }
    expect(mayStandIn(deep, emptyGroup(), at)).toBe(false);
    expect(mayStandIn(deep, emptyRow(), at)).toBe(true);
  });

  it('takes out what is removed, and the groups that are empty then', () => {
    const { group, id } = drawn();

    expect(shape(remove(group, id('b')))).toBe('(a ((c)) d)');
    expect(shape(tidied(remove(remove(group, id('b')), id('c'))))).toBe('(a d)');
    expect(find(remove(group, id('b')), id('b'))).toBeUndefined();
    expect(remove(group, -1)).toBe(group);
  });
});

describe('a row', () => {
  it('keeps what was typed when the field changes, as far as it makes sense', () => {
    const typed = { ...rowFor('a', 'integer'), operator: 'more', values: ['5'] };

    expect(withField(typed, 'b', 'decimal')).toMatchObject({ field: 'b', type: 'decimal', operator: 'more', values: ['5'] });
    expect(withField(typed, 'b', 'string')).toMatchObject({ operator: 'is', values: ['5'] });
    expect(withField(typed, 'b', 'boolean')).toMatchObject({ operator: 'true', values: [] });
    expect(withField(typed, 'b', 'unknown')).toMatchObject({ type: 'string', operator: 'is' });
    expect(withOperator(typed, 'between', false).values).toEqual(['5', '']);
    expect(withOperator(rowFor('a', 'dateTime'), 'last', true)).toMatchObject({ negated: true, values: ['', 'days'] });
    expect(withOperator({ ...typed, negated: true }, 'is', true).negated).toBe(false);
  });

  it.each([
    ['string', 'is', [''], ''],
    ['string', 'one_of', [], 'missing'],
    ['decimal', 'is', [''], 'missing'],
    ['decimal', 'more', ['lots'], 'number'],
    ['integer', 'more', ['1.5'], 'whole'],
    ['decimal', 'between', ['1.5', '2'], ''],
    ['dateTime', 'more', ['2026-03-01T09:15'], 'time'],
    ['dateTime', 'more', ['2026-03-01T09:15Z'], ''],
    ['dateTime', 'last', ['3', 'days'], ''],
    ['dateTime', 'last', ['soon', 'days'], 'number'],
    ['dateTimeOnly', 'more', ['2026-13-01T09:15'], 'local'],
    ['dateOnly', 'is', ['2026-03-01'], ''],
    ['dateOnly', 'is', ['1 March'], 'day'],
    ['list<decimal>', 'size_is', ['1.5'], 'whole'],
    ['audience', 'in_audience', [''], 'missing'],
    ['boolean', 'true', [], ''],
  ] as [string, string, string[], string][])('of a %s that %s %j says what is wrong: %s', (type, operator, values, wrong) => {
    const field = type === 'audience' ? '' : 'a';
    expect(wrongIn({ ...emptyRow(), field, type, operator, values })).toBe(wrong);
  });

  it('without a field says so', () => {
    expect(wrongIn(emptyRow())).toBe('missing');
    expect(mayBeNegated('is')).toBe(false);
    expect(shapeOf('one_of')).toBe('many');
  });
});
