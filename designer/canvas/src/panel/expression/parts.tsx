/** What the parts of the simple editor share: the rows, what is held over them, and the tools of each item. */
import { ChevronDown, ChevronUp, GripVertical, Trash2 } from 'lucide-react';
import { createContext, useContext } from 'react';
import { isGroup, nudge, parentOf, remove, tidied, type Group, type Item } from '../../graph/rows';
import type { FieldWord } from '../../graph/words';
import { t } from '../../messages';
import { IconButton } from '../../shell/ui';

/** Where something held would land: between items of a group, or as the field of a row. */
export type Landing = { group: number; at: number } | { row: number } | null;

export interface Shared {
  rows: Group;
  readOnly: boolean;
  fields: readonly FieldWord[];
  /** Where rows may speak of events: those that there are, and everything that is known of them. */
  events: readonly string[];
  words: readonly FieldWord[];
  /** The audiences to choose from; undefined: their names are typed. */
  audiences?: readonly string[];
  /** Whether what is missing is to be shown. */
  tried: boolean;
  landing: Landing;
  held: number | null;
  problemsOf: (id: number) => string[];
  /** Changes, and puts the focus on a part of an item when it is drawn again. Changes with the same key that follow closely are one step. */
  put: (rows: Group, focus?: { id: number; on: string }, key?: string) => void;
  grip: (id: number) => React.HTMLAttributes<HTMLElement>;
}

export const Parts = createContext<Shared | null>(null);
export const useParts = (): Shared => useContext(Parts) as Shared;

export function Grip({ id }: { id: number }) {
  const { readOnly, grip } = useParts();
  if (readOnly) return null;
  return <span className="grip" title={t.dragCondition} {...grip(id)}><GripVertical size={14} aria-hidden /></span>;
}

export function Tools({ item, name }: { item: Item; name: string }) {
  const { rows, readOnly, put } = useParts();
  if (readOnly) return null;
  const moved = (way: -1 | 1): void => put(nudge(rows, item.id, way), { id: item.id, on: way < 0 ? 'up' : 'down' });
  const takeOut = (): void => {
    const above = parentOf(rows, item.id) ?? rows;
    const at = above.items.indexOf(item);
    const next = above.items[at + 1] ?? above.items[at - 1];
    put(tidied(remove(rows, item.id)), next ? { id: next.id, on: 'remove' } : { id: rows.id, on: 'add' });
  };
  const first = nudge(rows, item.id, -1) === rows;
  const last = nudge(rows, item.id, 1) === rows;
  return (
    <span className="row-tools">
      <IconButton data-on="up" label={`${t.moveConditionUp}: ${name}`} aria-disabled={first || undefined} onClick={() => !first && moved(-1)}><ChevronUp size={14} aria-hidden /></IconButton>
      <IconButton data-on="down" label={`${t.moveConditionDown}: ${name}`} aria-disabled={last || undefined} onClick={() => !last && moved(1)}><ChevronDown size={14} aria-hidden /></IconButton>
      <IconButton data-on="remove" label={`${isGroup(item) ? t.removeGroup : t.removeCondition}: ${name}`} onClick={takeOut}><Trash2 size={14} aria-hidden /></IconButton>
    </span>
  );
}
