/** Which activities the palette offers, and in which groups. */
import { byCategory } from './order';
import type { Activity } from './types';

export const RECENT = 5;

/** The kinds used last, the latest first, each once. */
export const usedNow = (recent: readonly string[], kind: string): string[] => [kind, ...recent.filter((one) => one !== kind)].slice(0, RECENT);

export interface Wanted {
  query: string;
  /** Whether it may be put on the canvas as that is now; asked of each when only those are wanted. */
  available?: (activity: Activity) => boolean;
  /** The kinds used last, when only those are wanted. */
  recent?: readonly string[];
}

export interface Offer {
  groups: { name: string; activities: Activity[] }[];
  /** How many would be there if those that may not be placed now were shown, too. */
  hidden: number;
}

export function offer(activities: readonly Activity[], { query, available, recent }: Wanted): Offer {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const fitting = activities.filter(
    (one) => one.placeable && (!recent || recent.includes(one.type)) && words.every((word) => `${one.label} ${one.description} ${one.category}`.toLowerCase().includes(word)),
  );
  const shown = available ? fitting.filter(available) : fitting;
  const names = [...new Set(byCategory(shown).map((one) => one.category))];
  return { groups: names.map((name) => ({ name, activities: shown.filter((one) => one.category === name) })), hidden: fitting.length - shown.length };
}
