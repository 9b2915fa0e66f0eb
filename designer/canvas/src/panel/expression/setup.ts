/** What the field in the panel and the large editor have in common. */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, startCompletion } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { setDiagnostics } from '@codemirror/lint';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, placeholder as placeholderOf, tooltips } from '@codemirror/view';
import { useEffect, useState } from 'react';
import type { Vocabulary } from '../../graph/words';
import { t } from '../../messages';
import { api, ApiError, type ExpressionProblem } from '../../store/api';
import { get } from '../../store/canvas';
import { hoverHelp, signatures } from './help';
import { colours, journeyLanguage } from './language';
import { suggestions } from './suggestions';

const CHECK_AFTER = 300;

/** `host`: what is above everything else on the page here, a dialog or the page itself. */
export function setup({ node, label, placeholder, words, host }: { node: string; label: string; placeholder: string; words: { current: Vocabulary }; host: HTMLElement }): Extension[] {
  return [
    history(),
    journeyLanguage,
    colours,
    bracketMatching(),
    closeBrackets(),
    autocompletion({ override: [suggestions(node)], icons: false, maxRenderedOptions: 60 }),
    keymap.of([...closeBracketsKeymap, ...completionKeymap, { key: 'Ctrl-Space', run: startCompletion }]),
    signatures(words),
    hoverHelp(words),
    keymap.of([...historyKeymap, ...defaultKeymap.filter((one) => one.key !== 'Mod-Enter' && one.key !== 'Escape')]),
    EditorView.lineWrapping,
    placeholderOf(placeholder || t.expressionHint),
    tooltips({ position: 'fixed', parent: host.closest('dialog') ?? document.getElementById('canvas-root') ?? document.body }),
    EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocorrect: 'off', autocapitalize: 'off' }),
  ];
}

export const locked = (readOnly: boolean): Extension => [EditorState.readOnly.of(readOnly), EditorView.editable.of(!readOnly)];

/** Text from outside, put into the editor without being heard as typed. */
export function replaceAll(view: EditorView, text: string): void {
  if (text !== view.state.doc.toString()) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, userEvent: 'outside' });
}

export interface Verdict {
  /** The text that it is about. */
  text: string;
  type: string | null;
  problems: ExpressionProblem[];
}

/** What the server says about a text, a moment after it was last changed; the last word until then. */
export function useVerdict(text: string, expect: string, node: string): Verdict | null {
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  useEffect(() => {
    if (!text.trim()) {
      setVerdict(null);
      return undefined;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      api.checkExpression(text, expect, node, get().graph, stop.signal).then(
        (answer) => !stop.signal.aborted && setVerdict({ ...answer, text }),
        (error: unknown) => error instanceof ApiError && setVerdict(null),
      );
    }, CHECK_AFTER);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text, expect, node]);
  return verdict;
}

/** Underlines the problems, when they are about what stands there. */
export function underline(view: EditorView, verdict: Verdict | null): void {
  const { doc } = view.state;
  if (verdict && verdict.text !== doc.toString()) return;
  const end = doc.length;
  const marks = (verdict?.problems ?? []).map((one) => {
    const from = Math.min(Math.max(0, one.from ?? 0), Math.max(0, end - 1));
    return { from, to: Math.min(end, Math.max(from + 1, one.to ?? from + 1)), severity: 'error' as const, message: [one.message, one.hint].filter(Boolean).join(' ') };
  });
  view.dispatch(setDiagnostics(view.state, marks));
}
