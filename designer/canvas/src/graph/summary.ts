/** The second line of a node: its activity's template, filled from its settings. */
import { sayDuration } from './duration';
import { shownSettings } from './schema';
import type { Activity, GraphNode, Json } from './types';

export function summaryOf(activity: Activity, node: GraphNode): string {
  const settings = shownSettings(activity.settings_schema, node.settings);
  let filled = false;
  const text = activity.summary.replace(/\{([\w.]+)\}/g, (_, path: string) => {
    const value = say(path.split('.').reduce<Json | undefined>(step, settings));
    if (value) filled = true;
    return value;
  });
  if (!activity.summary.includes('{')) return activity.summary;
  return filled ? text.trim() : '';
}

const step = (value: Json | undefined, key: string): Json | undefined =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value[key] : undefined;

function say(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return /^P(T?\d)/.test(value) ? sayDuration(value) : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map(sayItem).filter(Boolean).join(', ');
  return sayItem(value);
}

function sayItem(value: Json): string {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return say(value);
  const named = value.label ?? value.name ?? value.field;
  const share = typeof value.share === 'number' ? ` ${value.share} %` : '';
  return `${named ? String(named) : ''}${share}`.trim();
}

/** What a node is called: its own label, else what its activity is called. */
export const nameOf = (activity: Activity | undefined, node: GraphNode): string => node.label || activity?.label || node.type;
