/** What may come next where the cursor stands: fields of the path, functions, loop variables. */
import { startCompletion, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { EditorSelection } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import { cursorIn, stepsAt, type Spot, type Step } from '../../graph/cursor';
import { forestOf, type FunctionWord, type Vocabulary } from '../../graph/words';
import { t } from '../../messages';
import { vocabulary } from '../vocabulary';
import { describeFunction } from './help';

export function suggestions(node: string) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const { spot } = cursorIn(context.state.doc.toString(), context.pos);
    if (spot.kind === 'text') return null;
    if (spot.kind === 'word' && !spot.typed && !context.explicit) return null;
    return offer(spot, await vocabulary(node));
  };
}

function offer(spot: Exclude<Spot, { kind: 'text' }>, words: Vocabulary): CompletionResult {
  switch (spot.kind) {
    case 'path':
      return { from: spot.from, options: stepsAt(forestOf(words.fields), spot).map((step) => stepOption(step, spot)) };
    case 'option':
      return { from: spot.from, options: [{ label: 'defaultValue', apply: 'defaultValue: ', type: 'keyword' }, { label: 'params', apply: 'params: {}', type: 'keyword' }] };
    case 'source':
      return { from: spot.from, options: words.fields.filter((field) => field.insert.startsWith(spot.typed)).map((field) => ({ ...fieldOption(field), label: field.insert, displayLabel: field.label })), filter: false };
    case 'word':
      return {
        from: spot.from,
        options: [
          ...spot.loops.map((name) => ({ label: name, detail: t.loopElement, type: 'variable', section: t.sources.element, boost: 2 })),
          ...words.fields.map(fieldOption),
          ...words.functions.map(functionOption),
        ],
      };
  }
}

function stepOption(step: Step, spot: Extract<Spot, { kind: 'path' }>): Completion {
  return {
    label: step.insert,
    displayLabel: step.name,
    detail: step.kind === 'method' ? t.methods[step.name.replace('()', '')] : step.type,
    type: step.kind === 'method' ? 'function' : 'variable',
    boost: step.kind === 'method' ? -10 : -step.insert.split('.').length,
    apply: (view, _, from, to) => {
      // The braces the editor closed by itself are part of the reference; a field without fields completes it.
      const after = view.state.sliceDoc(to, to + 1);
      const end = /["']/.test(view.state.sliceDoc(from, from + 1)) && after === view.state.sliceDoc(from, from + 1) ? to + 1 : to;
      const closed = view.state.sliceDoc(end, end + 1) === '}';
      const missing = spot.braces && step.last && !closed ? '}' : '';
      const insert = step.insert + missing;
      const past = spot.braces && step.last && closed ? 1 : 0;
      put(view, from, end, insert, from + insert.length - step.back + past);
      if (step.name === 'all()') startCompletion(view);
    },
  };
}

const fieldOption = (field: Vocabulary['fields'][number]): Completion => ({
  label: field.label,
  detail: field.type,
  type: 'variable',
  section: t.sources[field.source] ?? field.source,
  boost: 1,
  apply: (view, _, from, to) => {
    const end = view.state.sliceDoc(to, to + 1) === '}' && view.state.sliceDoc(from, to).includes('{') ? to + 1 : to;
    put(view, from, end, field.insert, from + field.insert.length);
  },
});

const functionOption = (one: FunctionWord): Completion => ({
  label: one.name,
  detail: one.signatures[0],
  type: 'function',
  section: t.functions,
  info: () => describeFunction(one),
  apply: (view, _, from, to) => insertCall(view, one, from, to),
});

function put(view: EditorView, from: number, to: number, insert: string, cursor: number): void {
  view.dispatch({ changes: { from, to, insert }, selection: EditorSelection.cursor(Math.min(cursor, view.state.doc.length + insert.length - (to - from))), userEvent: 'input.complete', scrollIntoView: true });
}

/** A call with the cursor between its parentheses, or behind them when there is nothing to say there. */
export function insertCall(view: EditorView, one: FunctionWord, from: number, to: number): void {
  const empty = one.signatures.every((signature) => signature.startsWith('()'));
  const open = view.state.sliceDoc(to, to + 1) === '(';
  const text = open ? one.name : `${one.name}()`;
  put(view, from, to, text, from + one.name.length + (empty && !open ? 2 : 1));
  view.focus();
}
