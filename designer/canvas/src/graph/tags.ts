/** Tags are words that differ by more than case. */
const like = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

export const hasTag = (tags: readonly string[], name: string): boolean => tags.some((one) => like(one, name));

/** With one more, in the order in which they are shown. */
export const withTag = (tags: readonly string[], name: string): string[] => [...tags, name].sort((a, b) => a.toLowerCase().localeCompare(b.toLowerCase()));

const SHOWN = 8;

/** Those of others that fit what is typed: first those that begin with it. */
export function offeredTags(known: readonly string[], tags: readonly string[], typed: string): string[] {
  const text = typed.toLowerCase();
  const fitting = known.filter((one) => !hasTag(tags, one) && one.toLowerCase().includes(text));
  const begins = fitting.filter((one) => one.toLowerCase().startsWith(text));
  return [...begins, ...fitting.filter((one) => !begins.includes(one))].slice(0, SHOWN);
}
