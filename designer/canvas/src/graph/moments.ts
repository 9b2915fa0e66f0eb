/** Moments as a person types them, by the clock of their browser; in the draft they carry their offset (ISO 8601). */

const two = (n: number): string => String(n).padStart(2, '0');

/** `2026-03-01T09:30` on the clock here, as a `datetime-local` input shows it; '' for what is no moment. */
export function toLocal(iso: unknown): string {
  const at = typeof iso === 'string' ? new Date(iso) : undefined;
  if (!at || Number.isNaN(at.getTime())) return '';
  return `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Years below this are years that are still being typed. */
const EARLIEST = 1900;

/** The moment at which the clock here shows this, in UTC. Undefined while it is not one yet. */
export function fromLocal(text: string): string | undefined {
  const at = new Date(text);
  if (text === '' || Number.isNaN(at.getTime()) || at.getFullYear() < EARLIEST) return undefined;
  return at.toISOString().replace('.000Z', 'Z');
}

/** `9:30` and `0930` are 09:30; 24:00 is the end of a day. Undefined for what is no hour. */
export function readHour(text: string): string | undefined {
  const found = /^(\d{1,2}):(\d{2})$/.exec(text.trim()) ?? /^(\d{2})(\d{2})$/.exec(text.trim());
  if (!found) return undefined;
  const [hour, minute] = [Number(found[1]), Number(found[2])];
  return minute < 60 && (hour < 24 || (hour === 24 && minute === 0)) ? `${two(hour)}:${two(minute)}` : undefined;
}

/** What is offered while an hour is chosen; any other may be typed. */
export const hoursOffered = Array.from({ length: 25 }, (_, hour) => `${two(hour)}:00`);

export const zoneHere = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** `UTC+02:00`: how far the clocks of a zone are from UTC at a moment; '' for a zone nobody knows. */
export function offsetOf(zone: string, at: Date): string {
  try {
    const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(at);
    const offset = (parts.find((part) => part.type === 'timeZoneName')?.value ?? '').replace('GMT', 'UTC');
    return offset === 'UTC+00:00' ? 'UTC' : offset;
  } catch {
    return '';
  }
}

/** Browsers list some zones by a name that the IANA has replaced; people look for the present one. */
const renamed: Record<string, string> = {
  'Africa/Asmera': 'Africa/Asmara', 'America/Buenos_Aires': 'America/Argentina/Buenos_Aires', 'America/Godthab': 'America/Nuuk', 'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu', 'Asia/Rangoon': 'Asia/Yangon', 'Asia/Saigon': 'Asia/Ho_Chi_Minh', 'Atlantic/Faeroe': 'Atlantic/Faroe', 'Europe/Kiev': 'Europe/Kyiv',
};

/** Every time zone the browser knows, by its IANA name. */
export const zones = (): string[] => [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone').map((name) => renamed[name] ?? name).sort()])];
