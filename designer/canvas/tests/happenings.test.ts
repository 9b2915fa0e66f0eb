/** Rows about events: what belongs to an occurrence stays with it, and what is not complete is said. */
import { describe, expect, it } from 'vitest';
import { amountsOf, eventsIn, fieldsOf, happened, sizeOf, withEvent, withHappening, wrongAbout, wrongWithin } from '../src/graph/happenings';
import { emptyGroup, emptyRow, insert, mayStandIn, nudge, tidied, type Group, type Happening } from '../src/graph/rows';
import type { FieldWord } from '../src/graph/words';
import { written } from '../src/graph/writing';

const word = (path: string[], type: string, list?: string[]): FieldWord => ({ insert: `#{Profile.events.${path.join('.')}}`, label: path.join('.'), type: list ? `list<${type}>` : type, element: list ? type : undefined, list, source: 'profile', root: ['Profile', 'events'], path });
const words = [
  word(['Order'], 'list<object>'), word(['Order', 'timestamp'], 'dateTime', ['Order']), word(['Order', 'the total'], 'decimal', ['Order']),
  word(['Order', 'items', 'sku'], 'string', ['Order', 'items']), word(['Visit'], 'list<object>'),
  { ...word(['city'], 'string'), root: ['Profile', 'attributes'] },
];
const about = (group: Group): Happening => group.about as Happening;

describe('the words', () => {
  it('knows the events, and the fields of each occurrence', () => {
    expect(eventsIn(words)).toEqual(['Order', 'Visit']);
    expect(fieldsOf(words, 'Order').map((one) => [one.insert, one.type])).toEqual([['currentDataPackField.timestamp', 'dateTime'], ['currentDataPackField."the total"', 'decimal']]);
    expect(amountsOf(words, 'Order')).toEqual(['"the total"']);
  });
});

describe('changing', () => {
  it('forgets the conditions about another event', () => {
    const group = { ...happened('Order'), items: [emptyRow()] };

    expect(withEvent(group, 'Order')).toBe(group);
    expect(withEvent(group, 'Visit')).toMatchObject({ items: [], about: { event: 'Visit' } });
  });

  it('keeps what an operator has a use for', () => {
    const summed = { ...about(happened('Order')), operator: 'sum_more', of: 'total', amount: '5' };

    expect(withHappening(summed, 'times_least')).toMatchObject({ amount: '5', of: '' });
    expect(withHappening(summed, 'never')).toMatchObject({ amount: '', of: '' });
    expect(withHappening(summed, 'nonsense')).toBe(summed);
  });
});

describe('what is wrong', () => {
  const asked = (patch: Partial<Happening>): string => wrongAbout({ ...about(happened('Order')), ...patch });
  it.each([
    [{}, ''], [{ event: '' }, 'missing'], [{ operator: 'times_is' }, 'missing'], [{ operator: 'times_is', amount: '1.5' }, 'whole'], [{ operator: 'times_is', amount: 'x' }, 'number'],
    [{ operator: 'sum_is', amount: '1.5' }, 'missing'], [{ operator: 'sum_is', amount: '1.5', of: 'total' }, ''], [{ window: ['', 'days'] }, 'missing'], [{ window: ['1.5', 'days'] }, 'whole'], [{ window: ['7', 'days'] }, ''],
  ])('%o: %s', (patch, wrong) => expect(asked(patch)).toBe(wrong));

  it('is found within, as it reads', () => {
    const row = emptyRow();
    const order = { ...happened(), items: [row] };

    expect(wrongWithin({ ...emptyGroup(), items: [order] })).toEqual([order.id, row.id]);
    expect(sizeOf({ ...emptyGroup(), items: [order] })).toBe(2);
  });
});

describe('moving', () => {
  it('leaves conditions with the event that they speak of', () => {
    const [outer, inner] = [emptyRow(), emptyRow()];
    const order = { ...happened('Order'), items: [inner] };
    const root = { ...emptyGroup(), items: [outer, order] };

    expect(mayStandIn(root, inner, root.id)).toBe(false);
    expect(mayStandIn(root, outer, order.id)).toBe(false);
    expect(mayStandIn(root, order, root.id)).toBe(true);
    expect(nudge(root, inner.id, -1)).toBe(root);
    expect(nudge(root, outer.id, 1).items.map((item) => item.id)).toEqual([order.id, outer.id]);
  });

  it('keeps an event without conditions, and says where it stands', () => {
    const order = happened('Order');
    const root = insert(emptyGroup(), 0, 0, order);
    const both = { ...emptyGroup(), items: [{ ...emptyRow(), field: 'a' }, order] };

    expect(root.items).toEqual([]);
    expect(tidied({ ...emptyGroup(), items: [order] }).items).toEqual([order]);
    const { text, places } = written(both);
    expect(text.slice(...(places.get(order.id) as [number, number]))).toBe('count(#{Profile.events.Order.all()}) > 0');
  });
});
