/** Help while writing: what a function does, and which of its arguments is meant. */
import { StateEffect, StateField, type Extension } from '@codemirror/state';
import { EditorView, hoverTooltip, keymap, showTooltip, type Tooltip } from '@codemirror/view';
import { cursorIn, type Call } from '../../graph/cursor';
import type { FunctionWord, Vocabulary } from '../../graph/words';
import { t } from '../../messages';

type Words = { current: Vocabulary };
const MOST = 3;

function element(tag: string, text: string, className = ''): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

export function describeFunction(one: FunctionWord): HTMLElement {
  const box = element('div', '', 'function-help');
  for (const signature of one.signatures) box.append(element('code', `${one.name}${signature}`));
  box.append(element('p', one.doc));
  if (one.example) box.append(element('pre', one.example));
  return box;
}

/** Hover over a function: its documentation. */
export function hoverHelp(words: Words): Extension {
  return hoverTooltip((view, at): Tooltip | null => {
    const line = view.state.doc.lineAt(at);
    for (const found of line.text.matchAll(/[A-Za-z_]\w*(?=\s*\()/g)) {
      const from = line.from + found.index;
      const to = from + found[0].length;
      if (at < from || at > to) continue;
      const one = words.current.functions.find((known) => known.name === found[0]);
      if (one) return { pos: from, end: to, above: true, create: () => ({ dom: describeFunction(one) }) };
    }
    return null;
  });
}

/** `contain(string, string) -> boolean`, the parameter at the cursor marked. */
function signatureHelp(call: Call, one: FunctionWord): HTMLElement {
  const box = element('div', '', 'signature-help');
  const split = one.signatures.map((signature) => {
    const end = signature.indexOf(')');
    return { parameters: signature.slice(1, end).split(', ').filter(Boolean), rest: signature.slice(end) };
  });
  const fitting = split.filter((signature) => signature.parameters.length > call.argument);
  for (const { parameters, rest } of (fitting.length ? fitting : split).slice(0, MOST)) {
    const row = element('code', `${one.name}(`);
    parameters.forEach((parameter, at) => {
      if (at) row.append(', ');
      row.append(at === call.argument ? element('b', parameter) : parameter);
    });
    row.append(rest);
    box.append(row);
  }
  const left = (fitting.length || split.length) - MOST;
  if (left > 0) box.append(element('small', t.moreSignatures(left)));
  box.append(element('p', one.doc));
  return box;
}

function methodHelp(name: string): HTMLElement {
  const box = element('div', '', 'signature-help');
  const row = element('code', `${name}(`);
  row.append(element('b', t.methodTakes[name] ?? ''), ')');
  box.append(row, element('p', t.methods[name]));
  return box;
}

const hide = StateEffect.define<boolean>();

export function signatures(words: Words): Extension {
  const tooltipAt = (state: EditorView['state']): Tooltip | null => {
    const { main } = state.selection;
    if (!main.empty || state.readOnly) return null;
    const { call } = cursorIn(state.doc.toString(), main.head);
    if (call?.method && t.methods[call.name]) return { pos: call.from, above: true, create: () => ({ dom: methodHelp(call.name) }) };
    const one = call ? words.current.functions.find((known) => known.name === call.name) : undefined;
    return call && one ? { pos: call.from, above: true, strictSide: false, create: () => ({ dom: signatureHelp(call, one) }) } : null;
  };
  const field = StateField.define<Tooltip | null>({
    create: () => null,
    update(shown, transaction) {
      if (transaction.effects.some((effect) => effect.is(hide))) return null;
      if (transaction.docChanged || transaction.selection) return tooltipAt(transaction.state);
      return shown;
    },
    provide: (from) => showTooltip.from(from),
  });
  return [
    field,
    keymap.of([{ key: 'Escape', run: (view) => Boolean(view.state.field(field)) && (view.dispatch({ effects: hide.of(true) }), true) }]),
    EditorView.domEventHandlers({ blur: (_, view) => void (view.state.field(field) && view.dispatch({ effects: hide.of(true) })) }),
  ];
}
