/** The clipboard of the system, with a place of our own behind it: some pages and browsers may not read the first. */
import { fromText, type Clip } from '../graph/clipboard';
import { t } from '../messages';
import { toast } from './canvas';

const KEY = 'journeyopt.clip';

export function keepClip(text: string): void {
  try {
    localStorage.setItem(KEY, text);
  } catch {
    // Too large or forbidden: the system clipboard still has it.
  }
  void navigator.clipboard?.writeText(text).catch(() => undefined);
}

/** A text for elsewhere; says when it is there. */
export const copyText = (text: string): void => void navigator.clipboard?.writeText(text).then(() => toast(t.copied), () => undefined);

export async function readClip(pasted?: string): Promise<Clip | undefined> {
  const given = pasted ? fromText(pasted) : undefined;
  if (given) return given;
  if (pasted === undefined) {
    const text = await navigator.clipboard?.readText?.().catch(() => '');
    const clip = text ? fromText(text) : undefined;
    if (clip) return clip;
  }
  try {
    return fromText(localStorage.getItem(KEY) ?? '');
  } catch {
    return undefined;
  }
}
