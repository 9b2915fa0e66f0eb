/** Undo and redo: the graph before each change. Graphs are shared, not copied, so a step costs a reference. */

export interface History<T> {
  readonly past: readonly T[];
  readonly future: readonly T[];
  /** The field the last change typed into; more typing there within the pause belongs to the same step. */
  readonly key: string | null;
  readonly at: number;
}

export const LIMIT = 200;
export const PAUSE = 1500;

export const emptyHistory = <T>(): History<T> => ({ past: [], future: [], key: null, at: 0 });

/** Remember how it was before a change. With a key, changes that follow closely are one step. */
export function record<T>(history: History<T>, before: T, key: string | null, now: number): History<T> {
  if (key !== null && key === history.key && now - history.at < PAUSE && history.past.length > 0) {
    return { ...history, future: [], at: now };
  }
  return { past: [...history.past, before].slice(-LIMIT), future: [], key, at: now };
}

export function undo<T>(history: History<T>, present: T): { history: History<T>; present: T } | undefined {
  if (history.past.length === 0) return undefined;
  return {
    history: { past: history.past.slice(0, -1), future: [present, ...history.future], key: null, at: 0 },
    present: history.past[history.past.length - 1],
  };
}

export function redo<T>(history: History<T>, present: T): { history: History<T>; present: T } | undefined {
  if (history.future.length === 0) return undefined;
  return {
    history: { past: [...history.past, present], future: history.future.slice(1), key: null, at: 0 },
    present: history.future[0],
  };
}
