/** What may be asked of a field, by its type. The server has the same table: designer/rules/operators.py. */

export type Kind = 'text' | 'number' | 'boolean' | 'time' | 'local' | 'day' | 'texts' | 'numbers' | 'list' | 'other' | 'audience';

const presence = ['set', 'not_set'];
const order = ['more', 'least', 'less', 'most', 'between'];
const size = ['has', 'size_is', 'size_least', 'size_most'];

export const offered: Record<Kind, readonly string[]> = {
  text: ['is', 'is_not', 'contains', 'starts', 'ends', 'is_i', 'is_not_i', 'contains_i', 'starts_i', 'ends_i', 'one_of', 'empty', 'not_empty', ...presence],
  number: ['is', 'is_not', ...order, 'one_of', ...presence],
  boolean: ['true', 'false', ...presence],
  time: [...order, 'last', 'next', ...presence],
  local: [...order, ...presence],
  day: ['is', 'is_not', ...order, ...presence],
  texts: ['includes', 'includes_any', ...size, ...presence],
  numbers: ['includes', 'includes_any', ...size, ...presence],
  list: [...size, ...presence],
  other: presence,
  audience: ['in_audience'],
};

const signs = { least: '>=', more: '>', is: '==', less: '<', most: '<=' };
const named = (what: string): Record<string, string> => Object.fromEntries(Object.entries(signs).map(([word, sign]) => [`${what}_${word}`, sign]));
/** What may be said of an event that happened; "happened" and "never" stand for more than none, and none. */
export const times = named('times');
export const sums = named('sum');
export const happenings: readonly string[] = ['happened', 'never', ...Object.keys(times), ...Object.keys(sums)];

const kinds: Record<string, Kind> = {
  string: 'text',
  integer: 'number',
  decimal: 'number',
  number: 'number',
  boolean: 'boolean',
  dateTime: 'time',
  dateTimeOnly: 'local',
  dateOnly: 'day',
  'list<string>': 'texts',
  'list<integer>': 'numbers',
  'list<decimal>': 'numbers',
  'list<number>': 'numbers',
  audience: 'audience',
};

export const kindOf = (type: string): Kind => kinds[type] ?? (type.startsWith('list<') ? 'list' : 'other');

/** Operators that have an opposite of their own are not negated besides. */
const opposites = new Set(['is', 'is_not', 'is_i', 'is_not_i', 'set', 'not_set', 'not_empty']);
export const mayBeNegated = (operator: string): boolean => !opposites.has(operator);

export type Shape = 'none' | 'one' | 'two' | 'many' | 'window';

/** What stands behind an operator: nothing, a value, two, a list of them, or an amount of time. */
export function shapeOf(operator: string): Shape {
  if (['set', 'not_set', 'true', 'false', 'empty', 'not_empty', 'has'].includes(operator)) return 'none';
  if (operator === 'between') return 'two';
  if (operator === 'one_of' || operator === 'includes_any') return 'many';
  if (operator === 'last' || operator === 'next') return 'window';
  return 'one';
}

export type ValueKind = 'text' | 'number' | 'time' | 'local' | 'day';

/** The kind of the values that stand behind an operator. */
export function comparedAs(kind: Kind, operator: string): ValueKind {
  if (operator.startsWith('size_') || operator === 'last' || operator === 'next') return 'number';
  if (kind === 'number' || kind === 'numbers') return 'number';
  return kind === 'time' || kind === 'local' || kind === 'day' ? kind : 'text';
}

export const units = ['hours', 'days', 'months', 'years'] as const;
export const isNumber = (text: string): boolean => /^-?[0-9]{1,18}(\.[0-9]{1,18})?$/.test(text);

/** The operator to go on with when the field is now one of another type: the same one where it fits. */
export const operatorFor = (type: string, operator: string): string => {
  const fitting = offered[kindOf(type)];
  return fitting.includes(operator) ? operator : fitting[0];
};
