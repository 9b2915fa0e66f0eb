/** What stands below the name of a node: its activity's templates, filled from its settings. */
import { sayDuration, sayDurationBriefly } from './duration';
import { edgesInto } from './lookup';
import { meets, shownSettings } from './schema';
import type { Activity, Graph, GraphNode, Json, Settings } from './types';

const placeholder = /\{([\w.]+)\}/g;

export function summaryOf(activity: Activity, node: GraphNode): string {
  const settings = shownSettings(activity.settings_schema, node.settings);
  let filled = false;
  const text = activity.summary.replace(placeholder, (_, path: string) => {
    const value = say(at(settings, path), sayDuration);
    if (value) filled = true;
    return value;
  });
  if (!activity.summary.includes('{')) return activity.summary;
  return filled ? text.trim() : '';
}

/** Further lines: those of which everything that they name is set, counts, and has a sense where the node stands. */
export function notesOf(activity: Activity | undefined, graph: Graph, node: GraphNode): string[] {
  if (!activity?.notes?.length) return [];
  const all = shownSettings(activity.settings_schema, node.settings);
  const idle = (edgesInto(graph, node.id).length > 0 ? activity.start_only : activity.in_flow_only) ?? [];
  const settings: Settings = Object.fromEntries(Object.entries(all).filter(([name]) => !idle.includes(name)));
  return activity.notes.flatMap(({ text, when }) => {
    let whole = meets(when, settings);
    const said = text.replace(placeholder, (_, path: string) => {
      const value = say(at(settings, path), sayDurationBriefly);
      whole &&= value !== '';
      return value;
    });
    return whole ? [said] : [];
  });
}

const at = (settings: Settings, path: string): Json | undefined => path.split('.').reduce<Json | undefined>(step, settings);

function step(value: Json | undefined, key: string): Json | undefined {
  if (Array.isArray(value)) return key === 'length' && value.length ? value.length : undefined;
  return value !== null && typeof value === 'object' ? value[key] : undefined;
}

function say(value: Json | undefined, duration: (text: string) => string): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return /^P(T?\d)/.test(value) ? duration(value) : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => sayItem(item, duration)).filter(Boolean);
    return (value.every(isSize) && new Set(items).size === 1 ? items.slice(0, 1) : items).join(', ');
  }
  return sayItem(value, duration);
}

/** A bare size, of which several alike are said once. */
const isSize = (value: Json): boolean => value !== null && typeof value === 'object' && !Array.isArray(value) && 'size' in value;

function sayItem(value: Json, duration: (text: string) => string): string {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return say(value, duration);
  const named = value.label ?? value.name ?? value.field ?? value.size;
  const share = typeof value.share === 'number' ? ` ${value.share} %` : '';
  return `${named ? String(named) : ''}${share}`.trim();
}

/** What a node is called: its own label, else what its activity is called. */
export const nameOf = (activity: Activity | undefined, node: GraphNode): string => node.label || activity?.label || node.type;
