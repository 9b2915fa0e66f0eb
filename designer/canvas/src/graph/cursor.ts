/** Where in an expression the cursor stands: in a path, behind a loop variable, in which argument of which call. */
import { branchAt, segment, type Branch, type Forest, type SourceSign } from './words';

/** What is being written at the cursor; `from`: where it begins, `typed`: as far as it is there. */
export type Spot =
  | { kind: 'path'; sign: SourceSign; names: readonly string[]; single: boolean; braces: boolean; from: number; typed: string }
  | { kind: 'source'; from: number; typed: string }
  | { kind: 'word'; from: number; typed: string; loops: readonly string[] }
  | { kind: 'option'; from: number; typed: string }
  | { kind: 'text' };

/** The innermost call around the cursor, and which of its arguments the cursor is in. */
export interface Call {
  name: string;
  argument: number;
  /** A method of a path, not a function. */
  method: boolean;
  from: number;
}

export interface Cursor {
  spot: Spot;
  call: Call | null;
}

interface Path {
  sign: SourceSign;
  names: string[];
  /** About one element of the list above: behind a loop variable, or behind `first()`, `last()`, `at(0)`. */
  single: boolean;
  /** Waits for a name: it begins, or a dot was just read. */
  open: boolean;
  from: number;
}

type Frame =
  | { kind: 'call'; name: string; argument: number; from: number }
  | { kind: 'method'; name: string; argument: number; from: number; path: Path }
  | { kind: 'braces'; path: Path; part: 'path' | 'option' | 'value' }
  | { kind: 'other' };

export const loopVariables: Record<string, SourceSign> = {
  currentEventField: '@event',
  currentDataPackField: '#',
  currentActionField: '@action',
  currentDatasetLookupField: '@datasetLookup',
};
const keywords = new Set(['and', 'or', 'not', 'is', 'has', 'if', 'then', 'else']);
const sources: Record<string, SourceSign> = { '@': '@event', '@event': '@event', '@action': '@action', '@datasetLookup': '@datasetLookup', '@datasetlookup': '@datasetLookup', '@decision': '@decision', '#': '#', $: '$' };

export function cursorIn(text: string, at: number): Cursor {
  const before = text.slice(0, at);
  const frames: Frame[] = [];
  let path: Path | null = null; // behind a loop variable, outside of braces
  let word: { text: string; from: number } | null = null; // the last thing read, if it may become a call
  let quoted: number | null = null;
  let place = 0;
  const top = (): Frame | undefined => frames[frames.length - 1];
  const inPath = (): Path | null => {
    const frame = top();
    return frame?.kind === 'braces' ? (frame.part === 'path' ? frame.path : path) : path;
  };
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = place;
    const found = pattern.exec(before)?.[0];
    if (found !== undefined) place += found.length;
    return found;
  };

  while (place < before.length) {
    const start = place;
    if (take(/\s+/y)) continue;
    const now = inPath();
    const source = take(/(@[A-Za-z]*|#|\$)\{/y);
    if (source) {
      frames.push({ kind: 'braces', part: 'path', path: { sign: sources[source.slice(0, -1)] ?? '@event', names: [], single: false, open: true, from: place } });
      path = word = null;
      continue;
    }
    const text_ = take(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/sy);
    if (text_ !== undefined) {
      if (now?.open) Object.assign(now, { open: false, names: [...now.names, unquoted(text_)] });
      word = null;
      continue;
    }
    if (/["']/.test(before[place])) {
      quoted = place;
      break;
    }
    const name = take(/[A-Za-z_][\w-]*/y);
    if (name !== undefined) {
      if (now?.open) {
        Object.assign(now, { open: false, names: [...now.names, name], from: start });
      } else if (name in loopVariables) {
        const sign = loopVariables[name];
        const around = [...frames].reverse().find((one) => one.kind === 'method' && one.path.sign === sign);
        path = around?.kind === 'method' ? { sign, names: [...around.path.names], single: true, open: false, from: start } : null;
      } else path = null;
      word = { text: name, from: start };
      continue;
    }
    const sign = before[place];
    place += 1;
    if (sign === '.' && now) {
      Object.assign(now, { open: true, from: place });
      word = null;
      continue;
    }
    switch (sign) {
      case '(':
        if (now && word && !now.open && now.names.length > 0 && now.names[now.names.length - 1] === word.text && !(word.text in loopVariables)) {
          const holder = { ...now, names: now.names.slice(0, -1) };
          frames.push({ kind: 'method', name: word.text, argument: 0, from: word.from, path: holder });
        } else if (word && !keywords.has(word.text)) frames.push({ kind: 'call', name: word.text, argument: 0, from: word.from });
        else frames.push({ kind: 'other' });
        path = null;
        break;
      case '[':
      case '{':
        frames.push({ kind: 'other' });
        path = null;
        break;
      case ')':
      case ']':
      case '}': {
        const closed = frames.pop();
        path = null;
        if (closed?.kind === 'method') {
          const frame = top();
          const back: Path = { ...closed.path, open: false, single: closed.path.single || ['first', 'last', 'at'].includes(closed.name) };
          if (frame?.kind === 'braces' && frame.part === 'path') frame.path = back;
          else path = back;
        }
        break;
      }
      case ',': {
        const frame = top();
        if (frame?.kind === 'call' || frame?.kind === 'method') frame.argument += 1;
        else if (frame?.kind === 'braces') frame.part = 'option';
        path = null;
        break;
      }
      case ':': {
        const frame = top();
        if (frame?.kind === 'braces' && frame.part === 'option') frame.part = 'value';
        path = null;
        break;
      }
      default:
        path = null;
    }
    word = null;
  }

  const around = [...frames].reverse().find((one) => one.kind === 'call' || one.kind === 'method');
  const call = around && (around.kind === 'call' || around.kind === 'method') ? { name: around.name, argument: around.argument, method: around.kind === 'method', from: around.from } : null;
  return { spot: spotAt(before, frames, inPath(), quoted), call };
}

function spotAt(before: string, frames: readonly Frame[], path: Path | null, quoted: number | null): Spot {
  const frame = frames[frames.length - 1];
  const braces = frame?.kind === 'braces' && frame.part === 'path';
  if (quoted !== null) return path?.open ? { kind: 'path', ...pick(path), braces, from: quoted, typed: before.slice(quoted + 1) } : { kind: 'text' };
  if (path?.open) return { kind: 'path', ...pick(path), braces, from: before.length, typed: '' };
  const typed = /[A-Za-z_][\w-]*$/.exec(before)?.[0] ?? '';
  const from = before.length - typed.length;
  if (path && typed && path.names.length > 0 && path.names[path.names.length - 1] === typed && path.from === from) {
    return { kind: 'path', ...pick({ ...path, names: path.names.slice(0, -1) }), braces, from, typed };
  }
  const sign = /[@#$][A-Za-z]*$/.exec(before)?.[0];
  if (sign !== undefined) return { kind: 'source', from: before.length - sign.length, typed: sign };
  if (braces) return { kind: 'text' };
  if (frame?.kind === 'braces' && frame.part === 'option') return { kind: 'option', from, typed };
  const loops = Object.entries(loopVariables).filter(([, of]) => frames.some((one) => one.kind === 'method' && one.path.sign === of)).map(([name]) => name);
  return { kind: 'word', from, typed, loops };
}

const pick = ({ sign, names, single }: Path): { sign: SourceSign; names: readonly string[]; single: boolean } => ({ sign, names, single });

function unquoted(text: string): string {
  try {
    return text.startsWith("'") ? text.slice(1, -1) : (JSON.parse(text) as string);
  } catch {
    return text.slice(1, -1);
  }
}

/** What may come next on a path. */
export interface Step {
  name: string;
  /** The text to write, without what stands before it. */
  insert: string;
  type: string;
  /** Where the cursor goes inside `insert`, from its end. */
  back: number;
  kind: 'field' | 'method';
  /** Nothing comes below it: the reference is complete. */
  last: boolean;
}

const ofLists: [name: string, insert: string, back: number][] = [['all', 'all()', 1], ['first', 'first()', 0], ['last', 'last()', 0], ['at', 'at(0)', 1]];
const ofMaps: [name: string, insert: string, back: number][] = [['entry', 'entry("")', 2], ['keys', 'keys()', 0], ['firstEntryKey', 'firstEntryKey()', 0]];

/** Fields below the path, fields further down, and the methods of a list or a map. */
export function stepsAt(forest: Forest, spot: Extract<Spot, { kind: 'path' }>): Step[] {
  const here = spot.names.length ? branchAt(forest, spot.sign, spot.names) : undefined;
  const below = spot.names.length ? (here?.children ?? []) : (forest.get(spot.sign) ?? []);
  const steps: Step[] = [];
  const add = (branches: readonly Branch[], before: string, depth: number): void => {
    for (const branch of branches) {
      const insert = before + segment(branch.name);
      const type = spot.single && branch.element ? branch.element : branch.type;
      steps.push({ name: insert, insert, type, back: 0, kind: 'field', last: branch.children.length === 0 && !isHolder(type) });
      if (depth < 6) add(branch.children, `${insert}.`, depth + 1);
    }
  };
  add(below, '', 0);
  const type = here && (spot.single ? here.element : here.type);
  const methods = type?.startsWith('list') && !spot.single ? ofLists : type === 'object' || type?.startsWith('map') ? ofMaps : [];
  for (const [name, insert, back] of methods) steps.push({ name: `${name}()`, insert, type: '', back, kind: 'method', last: false });
  // What is near comes first, then what lies deeper, then methods.
  const dots = (step: Step): number => (step.kind === 'method' ? 50 : step.insert.split('.').length);
  return steps.sort((one, other) => dots(one) - dots(other));
}

const isHolder = (type: string): boolean => type.startsWith('list') || type.startsWith('map') || type === 'object' || type === '';
