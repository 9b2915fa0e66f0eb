/** Conditions in rows and groups, and what can be done with them. Nothing here is changed in place. */
import { comparedAs, isNumber, kindOf, mayBeNegated, operatorFor, shapeOf, units, type ValueKind } from './operators';

export type Join = 'and' | 'or';

/** As the server reads and the fixtures show them. */
export interface PlainRow {
  field: string;
  type: string;
  operator: string;
  negated: boolean;
  values: readonly string[];
}
export interface PlainGroup {
  join: Join;
  negated: boolean;
  items: readonly (PlainRow | PlainGroup)[];
  /** It speaks of an event, and its items are the conditions that each occurrence must meet to count. */
  about?: Happening;
}

/** That an event happened to the person: whether, how often, or what a field of it came to. */
export interface Happening {
  event: string;
  operator: string;
  /** What the number, or the sum, is compared with. */
  amount: string;
  /** Of a sum, the path of the field. */
  of: string;
  /** An amount of time back from now, and its unit; nothing: for ever. */
  window: readonly string[];
}

/** The same with a number each, by which a row is known while it moves. */
export interface Row extends PlainRow {
  id: number;
}
export interface Group {
  id: number;
  join: Join;
  negated: boolean;
  items: readonly Item[];
  about?: Happening;
}
export type Item = Row | Group;

export const isGroup = (item: Item): item is Group => 'items' in item;
export const AUDIENCE = 'audience';
/** How many groups stand within each other, below the outermost, and how many rows there are: what the server reads as rows. */
export const DEEPEST = 8;
export const MOST = 100;

let last = 0;
const next = (): number => (last += 1);

export function numbered(group: PlainGroup): Group {
  const number = (item: PlainRow | PlainGroup): Item => ('items' in item ? numbered(item) : { ...item, id: next() });
  return { ...group, id: next(), items: group.items.map(number) };
}

export function plain(group: Group): PlainGroup {
  const strip = (item: Item): PlainRow | PlainGroup =>
    isGroup(item) ? plain(item) : { field: item.field, type: item.type, operator: item.operator, negated: item.negated, values: item.values };
  const shown = { join: group.join, negated: group.negated, items: group.items.map(strip) };
  return group.about ? { ...shown, about: group.about } : shown;
}

export const emptyGroup = (join: Join = 'and'): Group => ({ id: next(), join, negated: false, items: [] });
export const emptyRow = (): Row => ({ id: next(), field: '', type: 'string', operator: 'is', negated: false, values: [''] });
export const rowFor = (field: string, type: string): Row => withField(emptyRow(), field, type);
export const audienceRow = (): Row => ({ id: next(), field: '', type: AUDIENCE, operator: 'in_audience', negated: false, values: [''] });

/** The row about another field: what was asked and compared with stays, where it still makes sense. */
export function withField(row: Row, field: string, type: string): Row {
  const known = type === 'unknown' || type === 'any' || type === '' ? 'string' : type;
  return withOperator({ ...row, field, type: known }, operatorFor(known, row.operator), row.negated);
}

export function withOperator(row: Row, operator: string, negated: boolean): Row {
  const shape = shapeOf(operator);
  const kept = shapeOf(row.operator) === 'window' ? row.values.slice(0, 1) : row.values;
  const values =
    shape === 'none' ? [] : shape === 'one' ? [kept[0] ?? ''] : shape === 'two' ? [kept[0] ?? '', kept[1] ?? ''] : shape === 'window' ? [kept[0] ?? '', row.values[1] && isUnit(row.values[1]) ? row.values[1] : 'days'] : kept.filter(Boolean);
  return { ...row, operator, negated: negated && mayBeNegated(operator), values };
}

const isUnit = (text: string): boolean => (units as readonly string[]).includes(text);

/** What is wrong with what was typed: '' for nothing, else the reason, by its name in the messages. */
export type Wrong = '' | 'missing' | 'number' | 'whole' | 'time' | 'local' | 'day';

export function wrongIn(row: Row): Wrong {
  if (!row.field && row.type !== AUDIENCE) return 'missing';
  const kind = kindOf(row.type);
  const shape = shapeOf(row.operator);
  const compared = comparedAs(kind, row.operator);
  const values = shape === 'window' ? row.values.slice(0, 1) : row.values;
  if (shape !== 'none' && values.length === 0) return 'missing';
  // A text may be compared with nothing at all; a membership may not.
  if (compared === 'text' && kind !== 'audience') return '';
  const whole = shape === 'window' || row.operator.startsWith('size_') || row.type === 'integer' || row.type === 'list<integer>';
  for (const value of values) {
    if (value === '') return 'missing';
    const wrong = wrongValue(value, compared, whole);
    if (wrong) return wrong;
  }
  return '';
}

function wrongValue(value: string, kind: ValueKind, whole: boolean): Wrong {
  switch (kind) {
    case 'number': return !isNumber(value) ? 'number' : whole && value.includes('.') ? 'whole' : '';
    case 'time': return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/.test(value) && isDate(value) ? '' : 'time';
    case 'local': return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?$/.test(value) && isDate(`${value}Z`) ? '' : 'local';
    case 'day': return /^\d{4}-\d\d-\d\d$/.test(value) && isDate(`${value}T00:00Z`) ? '' : 'day';
    default: return '';
  }
}

const isDate = (text: string): boolean => !Number.isNaN(Date.parse(text));

// Finding and changing

export function find(group: Group, id: number): Item | undefined {
  if (group.id === id) return group;
  for (const item of group.items) {
    const found = item.id === id ? item : isGroup(item) ? find(item, id) : undefined;
    if (found) return found;
  }
  return undefined;
}

export function parentOf(group: Group, id: number): Group | undefined {
  if (group.items.some((item) => item.id === id)) return group;
  for (const item of group.items) {
    const found = isGroup(item) ? parentOf(item, id) : undefined;
    if (found) return found;
  }
  return undefined;
}

export function rowsIn(group: Group): Row[] {
  return group.items.flatMap((item) => (isGroup(item) ? rowsIn(item) : [item]));
}

/** The group with an item put in another's place; undefined takes it out. What did not change stays the same object. */
export function change(group: Group, id: number, how: (item: Item) => Item | undefined): Group {
  if (group.id === id) return (how(group) as Group | undefined) ?? group;
  let changed = false;
  const items = group.items.flatMap((item) => {
    const now = item.id === id ? how(item) : isGroup(item) ? change(item, id, how) : item;
    changed ||= now !== item;
    return now ? [now] : [];
  });
  return changed ? { ...group, items } : group;
}

export const remove = (group: Group, id: number): Group => change(group, id, () => undefined);

export function insert(group: Group, into: number, at: number, item: Item): Group {
  return change(group, into, (found) => (isGroup(found) ? { ...found, items: [...found.items.slice(0, at), item, ...found.items.slice(at)] } : found));
}

const depthOf = (group: Group, id: number): number => {
  const above = parentOf(group, id);
  return above ? 1 + depthOf(group, above.id) : 0;
};
const heightOf = (item: Item): number => (isGroup(item) ? 1 + Math.max(0, ...item.items.map(heightOf)) : 0);

/** The event whose occurrences a place speaks of; 0: it speaks of the person. */
function eventAround(group: Group, id: number): number {
  const found = find(group, id);
  if (found && isGroup(found) && found.about) return found.id;
  const above = parentOf(group, id);
  return above ? eventAround(group, above.id) : 0;
}

/** Whether a place speaks of the occurrences of an event. */
export const isInside = (group: Group, id: number): boolean => eventAround(group, id) !== 0;

/** May the item stand in this group? Not within itself, not deeper than groups nest, and not where others are spoken of. */
export function mayStandIn(group: Group, item: Item, into: number): boolean {
  if (isGroup(item) && find(item, into)) return false;
  const from = parentOf(group, item.id);
  if (from && eventAround(group, from.id) !== eventAround(group, into)) return false;
  return depthOf(group, into) + heightOf(item) <= DEEPEST;
}

/** Moves an item to a place in a group, counted before it is taken out of where it stands. */
export function move(group: Group, id: number, into: number, at: number): Group {
  const item = find(group, id);
  const from = parentOf(group, id);
  if (!item || !from || !mayStandIn(group, item, into)) return group;
  const index = from.items.indexOf(item);
  if (from.id === into && (at === index || at === index + 1)) return group;
  return insert(remove(group, id), into, from.id === into && index < at ? at - 1 : at, item);
}

/** One place up or down as it reads: past a neighbour, into a group, and out of it again. */
export function nudge(group: Group, id: number, way: -1 | 1): Group {
  const item = find(group, id);
  const from = parentOf(group, id);
  if (!item || !from) return group;
  const index = from.items.indexOf(item);
  const neighbour = from.items[index + way];
  if (neighbour && isGroup(neighbour) && mayStandIn(group, item, neighbour.id)) return move(group, id, neighbour.id, way > 0 ? 0 : neighbour.items.length);
  if (neighbour) return move(group, id, from.id, way > 0 ? index + 2 : index - 1);
  const above = parentOf(group, from.id);
  if (!above) return group;
  return move(group, id, above.id, above.items.indexOf(from) + (way > 0 ? 1 : 0));
}

/** Groups that hold nothing any more go with what was in them. */
export function tidied(group: Group): Group {
  const items = group.items.flatMap((item): Item[] => {
    if (!isGroup(item)) return [item];
    const inner = tidied(item);
    return inner.items.length || inner.about ? [inner] : [];
  });
  return { ...group, items };
}
