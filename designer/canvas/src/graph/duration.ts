/** ISO-8601 durations as people say them: an amount and a unit. */

export const units = ['seconds', 'minutes', 'hours', 'days', 'weeks'] as const;
export type Unit = (typeof units)[number];

const seconds: Record<Unit, number> = { seconds: 1, minutes: 60, hours: 3600, days: 86400, weeks: 604800 };

const pattern = /^P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

function totalSeconds(text: string): number | undefined {
  const found = pattern.exec(text);
  if (!found || text === 'P' || text.endsWith('T')) return undefined;
  const [weeks, days, hours, minutes, secs] = found.slice(1).map((part) => Number(part ?? 0));
  return weeks * seconds.weeks + days * seconds.days + hours * seconds.hours + minutes * seconds.minutes + secs;
}

export interface Duration {
  amount: number;
  unit: Unit;
}

/** The unit it was written in when there is one; else the largest unit that leaves no remainder. */
export function readDuration(text: string): Duration | undefined {
  const total = totalSeconds(text);
  if (total === undefined) return undefined;
  const single = /^P(?:T)?(\d+(?:\.\d+)?)([WDHMS])$/.exec(text);
  if (single) {
    const unit = { W: 'weeks', D: 'days', H: 'hours', M: 'minutes', S: 'seconds' }[single[2]] as Unit;
    return { amount: Number(single[1]), unit };
  }
  const unit = [...units].reverse().find((one) => total % seconds[one] === 0) ?? 'seconds';
  return { amount: total / seconds[unit], unit };
}

export function writeDuration({ amount, unit }: Duration): string {
  switch (unit) {
    case 'weeks': return `P${amount}W`;
    case 'days': return `P${amount}D`;
    case 'hours': return `PT${amount}H`;
    case 'minutes': return `PT${amount}M`;
    case 'seconds': return `PT${amount}S`;
  }
}

/** In few words, for where there is little room: `2 h`. */
export function sayDurationBriefly(text: string): string {
  const read = readDuration(text);
  const brief = read && { seconds: 's', minutes: 'min', hours: 'h', days: '', weeks: '' }[read.unit];
  return read && brief ? `${read.amount} ${brief}` : sayDuration(text);
}

export function sayDuration(text: string): string {
  const read = readDuration(text);
  if (!read) return text;
  const unit = read.amount === 1 ? read.unit.slice(0, -1) : read.unit;
  return `${read.amount} ${unit}`;
}
