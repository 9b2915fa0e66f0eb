/** Rows -> text, also while the network is away. The server writes the same: designer/rules/writing.py. */
import { comparedAs, isNumber, kindOf, sums, times, units, type ValueKind } from './operators';
import { AUDIENCE, isGroup, type Group, type Happening, type Item, type PlainGroup, type PlainRow, type Row } from './rows';
import { segment } from './words';

const compared: Record<string, string> = { is: '==', is_not: '!=', more: '>', least: '>=', less: '<', most: '<=' };
const sizes: Record<string, string> = { size_is: '==', size_least: '>=', size_most: '<=' };
const called: Record<string, string> = {
  contains: 'contain', contains_i: 'containIgnoreCase', starts: 'startWith', starts_i: 'startWithIgnoreCase',
  ends: 'endWith', ends_i: 'endWithIgnoreCase', is_i: 'equalIgnoreCase', is_not_i: 'notEqualIgnoreCase',
};
const asked: Record<string, string> = { empty: 'isEmpty', not_empty: 'isNotEmpty' };
const converted: Partial<Record<ValueKind, string>> = { time: 'toDateTime', local: 'toDateTimeOnly', day: 'toDateOnly' };
/** What these write is one call, or stands in parentheses already. */
const closed = new Set([...Object.keys(called), ...Object.keys(asked), 'one_of', 'includes', 'last', 'next', 'between', 'in_audience']);

export type Span = readonly [from: number, to: number];

export interface Written {
  text: string;
  /** Where each row and group stands in the text, by its id: what the server says about a part of it belongs there. */
  places: ReadonlyMap<number, Span>;
}

/** The group as an expression. Rows without a field are left out; '' when nothing is left. */
export function written(root: Group | PlainGroup): Written {
  const places = new Map<number, Span>();
  let text = '';
  const put = (group: Group | PlainGroup, inner: boolean): void => {
    const start = text.length;
    if (group.about) {
      const [before, after] = around(group.about);
      text += before;
      if (about(group).length && group.about.window.length) text += ' and ';
      // Beside the window, alternatives stand in parentheses.
      list(group, group.about.window.length > 0 && group.join === 'or');
      text += after;
    } else list(group, inner);
    if (text.length > start && 'id' in group) places.set(group.id, [start, text.length]);
  };
  const list = (group: Group | PlainGroup, inner: boolean): void => {
    const items = about(group);
    if (items.length === 0) return;
    const open = group.negated ? 'not (' : inner && items.length > 1 ? '(' : '';
    text += open;
    items.forEach((item, at) => {
      if (at) text += ` ${group.join} `;
      if (isGroup(item)) put(item, true);
      else {
        const from = text.length;
        text += row(item);
        places.set(item.id, [from, text.length]);
      }
    });
    if (open) text += ')';
  };
  put(root, false);
  return { text, places };
}

const says = (item: Item): boolean => (isGroup(item) ? (item.about ? Boolean(item.about.event) : item.items.some(says)) : Boolean(item.field) || item.type === AUDIENCE);
const about = (group: Group | PlainGroup): Item[] => (group.items as readonly Item[]).filter(says);

/** What stands before and behind the conditions about the occurrences of an event. */
function around({ event, operator, amount, of, window }: Happening): [before: string, after: string] {
  const unit = units.find((one) => one === window[1]) ?? 'days';
  const back = window.length ? `inLast${capital(unit)}(currentDataPackField.timestamp, ${number(window[0] ?? '')})` : '';
  const all = `#{Profile.events.${segment(event)}.all(${back}`;
  if (operator in sums) return [`sum(${all}`, `).${of}}) ${sums[operator]} ${number(amount)}`];
  if (operator === 'happened' || operator === 'never') return [`count(${all}`, `)}) ${operator === 'happened' ? '>' : '=='} 0`];
  return [`count(${all}`, `)}) ${times[operator] ?? '>='} ${number(amount)}`];
}

function row(item: Row | PlainRow): string {
  const text = condition(item);
  if (!item.negated) return text;
  return closed.has(item.operator) ? `not ${text}` : `not (${text})`;
}

function condition(item: PlainRow): string {
  const { field, operator, values } = item;
  const first = values[0] ?? '';
  switch (operator) {
    case 'set': return `${field} is not null`;
    case 'not_set': return `${field} is null`;
    case 'true':
    case 'false': return `${field} == ${operator}`;
    case 'in_audience': return `inAudience(${quoted(first)})`;
    case 'empty':
    case 'not_empty': return `${asked[operator]}(${field})`;
    case 'one_of': return `in(${field}, ${list(item)})`;
    case 'includes': return `in(${element(first, item)}, ${field})`;
    case 'includes_any': return `listSize(intersect(${field}, ${list(item)})) > 0`;
    case 'has': return `listSize(${field}) > 0`;
    case 'last':
    case 'next': {
      const unit = units.find((one) => one === values[1]) ?? 'days';
      return `in${capital(operator)}${capital(unit)}(${field}, ${number(first)})`;
    }
    case 'between': return `(${ordered(item)} >= ${constant(first, item)} and ${ordered(item)} <= ${constant(values[1] ?? '', item)})`;
  }
  if (operator in sizes) return `listSize(${field}) ${sizes[operator]} ${constant(first, item)}`;
  if (operator in called) return `${called[operator]}(${field}, ${constant(first, item)})`;
  const sign = compared[operator] ?? '==';
  return `${sign === '==' || sign === '!=' ? field : ordered(item)} ${sign} ${constant(first, item)}`;
}

/** The field where it is compared by order: dates have one only as the midnights they begin with. */
const ordered = (item: PlainRow): string => (kindOf(item.type) === 'day' ? `toDateTimeOnly(${item.field})` : item.field);

/** What is no number, or no time, stays text: the row says that it does not fit. */
function constant(value: string, item: PlainRow): string {
  let kind = comparedAs(kindOf(item.type), item.operator);
  if (kind === 'number') return number(value);
  if (kind === 'day' && item.operator !== 'is' && item.operator !== 'is_not') kind = 'local';
  const name = converted[kind];
  return name ? `${name}(${quoted(value)})` : quoted(value);
}

const number = (value: string): string => (isNumber(value) ? value : quoted(value));
const isDecimal = (item: PlainRow): boolean => item.type === 'decimal' || item.type === 'list<decimal>';
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** The values as a list. All of one type: numbers have a fraction when one of them has, or the field may. */
function list(item: PlainRow): string {
  if (comparedAs(kindOf(item.type), item.operator) !== 'number') return `[${item.values.map(quoted).join(', ')}]`;
  const decimal = isDecimal(item) || item.values.some((value) => isNumber(value) && value.includes('.'));
  return `[${item.values.map((value) => inList(value, decimal)).join(', ')}]`;
}

const element = (value: string, item: PlainRow): string => (comparedAs(kindOf(item.type), item.operator) === 'number' ? inList(value, isDecimal(item)) : quoted(value));
const inList = (value: string, decimal: boolean): string => (decimal && isNumber(value) && !value.includes('.') ? `${value}.0` : number(value));

/** A text of the language. Control characters stand in it in their written form only. */
export const quoted = (text: string): string => JSON.stringify(text).replace(/[\x7f-\x9f]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
