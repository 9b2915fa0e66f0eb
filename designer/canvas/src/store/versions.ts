/** One version beside another: what changed, and the next one. */
import { marksOf } from '../graph/changes';
import { api } from './api';
import { versionUrl } from './boot';
import { get, set, toast } from './canvas';
import { saver } from './session';

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What this version does otherwise than an earlier one; what is not saved yet is saved first. */
export async function compare(since: { id: string; number: string }): Promise<void> {
  await saver.flush();
  try {
    const { changes, new_steps: fresh } = await api.changes(since.id);
    set({ comparison: { since, changes, marks: marksOf(changes, fresh) }, problemsOpen: false });
  } catch (error) {
    toast(sentence(error), 'bad');
  }
}

export const endComparison = (): void => set({ comparison: null });

/** The next version, from the latest; the page goes there. */
export async function makeVersion(): Promise<void> {
  try {
    const made = await api.newVersion();
    window.location.href = made.url || versionUrl(made);
  } catch (error) {
    toast(sentence(error), 'bad');
  }
}

/** While the comparison is open it follows what is saved. */
export async function compareAgain(): Promise<void> {
  const { comparison } = get();
  if (!comparison) return;
  const answer = await api.changes(comparison.since.id).catch(() => null);
  if (answer && get().comparison?.since.id === comparison.since.id) set({ comparison: { ...comparison, changes: answer.changes, marks: marksOf(answer.changes, answer.new_steps) } });
}

