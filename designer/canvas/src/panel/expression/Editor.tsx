/** An expression field: one line that grows, with colours, suggestions and the server's judgement underlined. Loaded on first use. */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, startCompletion, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState } from '@codemirror/state';
import { EditorView, keymap, placeholder as placeholderOf, tooltips } from '@codemirror/view';
import { useEffect, useRef, useState } from 'react';
import { t } from '../../messages';
import { api, ApiError, type ExpressionProblem } from '../../store/api';
import { get } from '../../store/canvas';
import { vocabulary } from '../vocabulary';
import { colours, journeyLanguage } from './language';

export interface EditorProps {
  value: string;
  expect: string;
  node: string;
  label: string;
  placeholder: string;
  readOnly: boolean;
  onChange: (text: string) => void;
}

const CHECK_AFTER = 300;

function suggestions(node: string) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const reference = context.matchBefore(/[@#$][A-Za-z]*\{?[\w."'-]*/);
    const word = context.matchBefore(/[A-Za-z_][\w.-]*/);
    const from = reference ?? word;
    if (!from && !context.explicit) return null;
    const known = await vocabulary(node);
    const typed = from?.text ?? '';
    const fields: Completion[] = known.fields.map((field) => ({
      label: reference ? field.insert : field.label,
      displayLabel: field.label,
      detail: field.type,
      apply: (view, _, start, end) => {
        // The braces the editor closed by itself are part of the reference.
        const after = view.state.sliceDoc(end, end + 1) === '}' ? end + 1 : end;
        view.dispatch({ changes: { from: start, to: after, insert: field.insert }, selection: { anchor: start + field.insert.length } });
      },
      type: 'variable',
      section: field.source,
      boost: 1,
    }));
    const functions: Completion[] = reference
      ? []
      : known.functions.map((one) => ({
          label: one.name,
          detail: one.signatures[0],
          type: 'function',
          apply: (view, _, start, end) => view.dispatch({ changes: { from: start, to: end, insert: `${one.name}()` }, selection: { anchor: start + one.name.length + 1 } }),
          info: () => describe(one),
          section: 'functions',
        }));
    return { from: from ? from.from : context.pos, options: [...fields, ...functions], filter: typed !== '' && !/^[@#$]\w*\{?$/.test(typed), validFor: undefined };
  };
}

function describe(one: { name: string; signatures: string[]; doc: string; example?: string }): HTMLElement {
  const box = document.createElement('div');
  box.className = 'function-help';
  const add = (tag: string, text: string): void => {
    const element = document.createElement(tag);
    element.textContent = text;
    box.append(element);
  };
  for (const signature of one.signatures) add('code', `${one.name}${signature}`);
  add('p', one.doc);
  if (one.example) add('pre', one.example);
  return box;
}

export default function ExpressionEditor({ value, expect, node, label, placeholder, readOnly, onChange }: EditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const changed = useRef(onChange);
  changed.current = onChange;
  const [verdict, setVerdict] = useState<{ type: string | null; problems: ExpressionProblem[] } | null>(null);
  const lock = useRef(new Compartment());

  useEffect(() => {
    if (!host.current) return;
    const made = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          history(),
          journeyLanguage,
          colours,
          bracketMatching(),
          closeBrackets(),
          autocompletion({ override: [suggestions(node)], icons: false, maxRenderedOptions: 60 }),
          keymap.of([...closeBracketsKeymap, ...completionKeymap, { key: 'Ctrl-Space', run: startCompletion }, ...historyKeymap, ...defaultKeymap.filter((one) => one.key !== 'Mod-Enter' && one.key !== 'Escape')]),
          EditorView.lineWrapping,
          placeholderOf(placeholder || t.expressionHint),
          tooltips({ position: 'fixed', parent: document.getElementById('canvas-root') ?? document.body }),
          EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocorrect: 'off', autocapitalize: 'off' }),
          lock.current.of([EditorState.readOnly.of(readOnly), EditorView.editable.of(!readOnly)]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((one) => one.isUserEvent('outside'))) changed.current(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
    // One editor per place; what changes from outside is sent to it below.
  }, [node]);

  useEffect(() => {
    const editor = view.current;
    if (editor && value !== editor.state.doc.toString()) editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value }, userEvent: 'outside' });
  }, [value]);

  useEffect(() => {
    view.current?.dispatch({ effects: lock.current.reconfigure([EditorState.readOnly.of(readOnly), EditorView.editable.of(!readOnly)]) });
  }, [readOnly]);

  useEffect(() => {
    if (!value.trim()) {
      setVerdict(null);
      if (view.current) view.current.dispatch(setDiagnostics(view.current.state, []));
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      api.checkExpression(value, expect, node, get().graph, stop.signal).then(
        (answer) => {
          const editor = view.current;
          if (stop.signal.aborted || !editor || editor.state.doc.toString() !== value) return;
          setVerdict(answer);
          const end = editor.state.doc.length;
          editor.dispatch(
            setDiagnostics(
              editor.state,
              answer.problems.map((one) => {
                const from = Math.min(Math.max(0, one.from ?? 0), Math.max(0, end - 1));
                return { from, to: Math.min(end, Math.max(from + 1, one.to ?? from + 1)), severity: 'error' as const, message: [one.message, one.hint].filter(Boolean).join(' ') };
              }),
            ),
          );
        },
        (error: unknown) => {
          if (error instanceof ApiError) setVerdict(null);
        },
      );
    }, CHECK_AFTER);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [value, expect, node]);

  const bad = (verdict?.problems.length ?? 0) > 0;
  return (
    <div className={`expression ${bad ? 'is-bad' : ''} ${readOnly ? 'is-locked' : ''}`}>
      <div ref={host} />
      <div className="verdict" aria-live="polite">
        {verdict?.problems.map((one, at) => <p key={at} className="is-error">{one.message}{one.hint ? <span> {one.hint}</span> : null}</p>)}
        {verdict && !bad && verdict.type && expect !== verdict.type && <p className="is-fine">{t.yields(verdict.type)}</p>}
      </div>
    </div>
  );
}
