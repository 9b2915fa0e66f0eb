/** The words that an expression may use at a place, as a tree: sources, payloads, fields, fields of fields. */

export interface FieldWord {
  insert: string;
  label: string;
  type: string;
  source: string;
  /** The names before the path: the event, or the data source and its field group. */
  root: readonly string[];
  path: readonly string[];
  /** Below a list: the path of the list, and the type that one element of it has here. */
  list?: readonly string[];
  element?: string;
}

export interface FunctionWord {
  name: string;
  family: string;
  signatures: string[];
  doc: string;
  example?: string;
}

export interface Vocabulary {
  fields: FieldWord[];
  functions: FunctionWord[];
}

/** A place in the tree. What has an `insert` can be written; the others only hold what is below them. */
export interface Branch {
  key: string;
  name: string;
  type: string;
  /** As an element of the list that it stands below has it. */
  element: string;
  insert: string;
  children: Branch[];
}

export type SourceSign = '@event' | '#' | '@action' | '@datasetLookup' | '@decision' | '$';

const signs: Record<string, SourceSign> = { event: '@event', profile: '#', action: '@action', lookup: '@datasetLookup', decision: '@decision', journey: '$' };
export const signOf = (source: string): SourceSign => signs[source] ?? '@event';

/** Sign -> what stands directly in its braces. */
export type Forest = Map<SourceSign, Branch[]>;

const made = new WeakMap<readonly FieldWord[], Forest>();

export function forestOf(fields: readonly FieldWord[]): Forest {
  const known = made.get(fields);
  if (known) return known;
  const forest: Forest = new Map();
  for (const field of fields) {
    const sign = signOf(field.source);
    let level = forest.get(sign);
    if (!level) forest.set(sign, (level = []));
    const names = [...field.root, ...field.path];
    names.forEach((name, depth) => {
      const key = `${sign}${names.slice(0, depth + 1).map((one) => JSON.stringify(one)).join('.')}`;
      const branch: Branch = level?.find((one) => one.name === name) ?? { key, name, type: '', element: '', insert: '', children: [] };
      if (!level?.includes(branch)) level?.push(branch);
      if (depth === names.length - 1) Object.assign(branch, { type: field.type, element: field.element ?? field.type, insert: field.insert });
      level = branch.children;
    });
  }
  made.set(fields, forest);
  return forest;
}

/** What stands on a path, and whether a list lies above it. */
export function branchAt(forest: Forest, sign: SourceSign, names: readonly string[]): Branch | undefined {
  let level: Branch[] | undefined = forest.get(sign);
  let found: Branch | undefined;
  for (const name of names) {
    found = level?.find((one) => one.name === name);
    if (!found) return undefined;
    level = found.children;
  }
  return found;
}

/** A part of the tree that holds a word, with everything above it; all of it without words. */
export function matching(branches: readonly Branch[], words: readonly string[], above = ''): Branch[] {
  if (words.length === 0) return [...branches];
  return branches.flatMap((branch) => {
    const text = `${above} ${branch.name} ${branch.type}`.toLowerCase();
    if (branch.insert && words.every((word) => text.includes(word))) return [branch];
    const children = matching(branch.children, words, text);
    return children.length ? [{ ...branch, children }] : [];
  });
}

/** One name of a path: in quotes when the language cannot read it bare. */
export const segment = (name: string): string => (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) ? name : JSON.stringify(name));

/** The name of a field without what everybody knows: its source and the braces. */
export function shortName(field: FieldWord): string {
  return field.path.map(segment).join('.');
}
