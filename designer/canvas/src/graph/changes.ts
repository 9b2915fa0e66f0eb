/** What changed between two versions, as the server says it, and how that is marked on the steps. */

export type ChangeKind = 'added' | 'changed' | 'removed';

export interface Change {
  kind: ChangeKind;
  /** Null for what concerns the journey as a whole. */
  node: string | null;
  sentence: string;
}

/** A new step is marked as added; one that was there before has changed, whatever it got or lost. */
export function marksOf(changes: readonly Change[], newSteps: readonly string[]): ReadonlyMap<string, ChangeKind> {
  const added = new Set(newSteps);
  return new Map(changes.flatMap(({ node }): [string, ChangeKind][] => (node === null ? [] : [[node, added.has(node) ? 'added' : 'changed']])));
}

/** How many of each kind, in the order in which they are said. */
export function tally(changes: readonly Change[]): [ChangeKind, number][] {
  return (['added', 'changed', 'removed'] as const).map((kind): [ChangeKind, number] => [kind, changes.filter((one) => one.kind === kind).length]).filter(([, n]) => n > 0);
}
