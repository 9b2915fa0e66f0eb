/** Rows about what happened to people: the events that there are, and what may be asked of each occurrence. */
import { happenings, isNumber, sums, times, units } from './operators';
import { emptyGroup, rowsIn, wrongIn, type Group, type Happening, type Wrong } from './rows';
import { segment, type FieldWord } from './words';

/** One occurrence of an event, in the conditions about it. */
export const ELEMENT = 'currentDataPackField';

export const attributesIn = (fields: readonly FieldWord[]): FieldWord[] => fields.filter((field) => field.root[1] !== 'events');
export const eventsIn = (fields: readonly FieldWord[]): string[] => fields.filter((field) => field.root[1] === 'events' && field.path.length === 1).map((field) => field.path[0]);

/** The fields of one occurrence of an event, as conditions about it write them; what lies within lists of its own is left out. */
export function fieldsOf(fields: readonly FieldWord[], event: string): FieldWord[] {
  const own = fields.filter((field) => field.root[1] === 'events' && field.path[0] === event && field.path.length > 1 && field.list?.length === 1);
  return own.map((field) => {
    const path = field.path.slice(1);
    return { insert: [ELEMENT, ...path.map(segment)].join('.'), label: path.join('.'), type: field.element ?? field.type, source: 'element', root: [event], path };
  });
}

const isAmount = (type: string): boolean => type === 'integer' || type === 'decimal' || type === 'number' || type === 'unknown';
/** The fields that can be added up. */
export const amountsOf = (fields: readonly FieldWord[], event: string): string[] => fieldsOf(fields, event).filter((field) => isAmount(field.type)).map((field) => field.path.map(segment).join('.'));

export const happened = (event = ''): Group => ({ ...emptyGroup(), about: { event, operator: 'happened', amount: '', of: '', window: [] } });

/** The group about another event: conditions about the occurrences of the one before say nothing of it. */
export function withEvent(group: Group, event: string): Group {
  return group.about && group.about.event !== event ? { ...group, join: 'and', negated: false, items: [], about: { ...group.about, event, of: '' } } : group;
}

export const isCounted = (operator: string): boolean => operator in times;
export const isSum = (operator: string): boolean => operator in sums;

export function withHappening(about: Happening, operator: string): Happening {
  if (!happenings.includes(operator)) return about;
  return { ...about, operator, amount: isCounted(operator) || isSum(operator) ? about.amount : '', of: isSum(operator) ? about.of : '' };
}

export const withWindow = (about: Happening, open: boolean): Happening => ({ ...about, window: open ? ['30', 'days'] : [] });
export const unitOf = (about: Happening): string => units.find((unit) => unit === about.window[1]) ?? 'days';

/** What is wrong with what it says of the event; the conditions about each occurrence say it themselves. */
export function wrongAbout(about: Happening): Wrong {
  const { operator, amount, window } = about;
  if (!about.event || (isSum(operator) && !about.of)) return 'missing';
  for (const [asked, value, whole] of [[isCounted(operator) || isSum(operator), amount, isCounted(operator)], [window.length > 0, window[0] ?? '', true]] as const) {
    if (!asked) continue;
    if (value === '') return 'missing';
    if (!isNumber(value)) return 'number';
    if (whole && value.includes('.')) return 'whole';
  }
  return '';
}

/** The ids of everything that is not complete, as it reads. */
export function wrongWithin(group: Group): number[] {
  const own = group.about && wrongAbout(group.about) ? [group.id] : [];
  return [...own, ...group.items.flatMap((item) => ('items' in item ? wrongWithin(item) : wrongIn(item) ? [item.id] : []))];
}

/** How much there is of what the server counts: rows, and events. */
export const sizeOf = (group: Group): number => rowsIn(group).length + countAbouts(group);
const countAbouts = (group: Group): number => (group.about ? 1 : 0) + group.items.reduce((sum, item) => sum + ('items' in item ? countAbouts(item) : 0), 0);
