/** The expression as a text, with room: line numbers, problems in a list, and what is dragged out of the tree lands where it is let go. */
import { Compartment, EditorSelection, EditorState, Prec, type Extension } from '@codemirror/state';
import { dropCursor, EditorView, keymap, lineNumbers } from '@codemirror/view';
import { CircleAlert, CircleCheck } from 'lucide-react';
import { useEffect, useImperativeHandle, useRef, type Ref } from 'react';
import type { Branch, FunctionWord, Vocabulary } from '../../graph/words';
import { t } from '../../messages';
import type { DropTarget } from './drag';
import { locked, replaceAll, setup, underline, type Verdict } from './setup';
import { insertCall } from './suggestions';

export interface AdvancedHandle {
  insertField: (field: Branch) => void;
  insertFunction: (one: FunctionWord) => void;
  goTo: (from: number, to: number) => void;
}

interface Props {
  text: string;
  expect: string;
  node: string;
  label: string;
  readOnly: boolean;
  words: Vocabulary;
  verdict: Verdict | null;
  target: { current: DropTarget | null };
  handle: Ref<AdvancedHandle>;
  onChange: (text: string) => void;
  onApply: () => void;
}

const numbersFor = (state: EditorState): Extension => (state.doc.lines > 1 ? lineNumbers() : []);

export function Advanced({ text, expect, node, label, readOnly, words, verdict, target, handle, onChange, onApply }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const live = useRef({ onChange, onApply });
  live.current = { onChange, onApply };
  const known = useRef(words);
  known.current = words;

  useEffect(() => {
    if (!host.current) return undefined;
    const numbers = new Compartment();
    const start = EditorState.create({ doc: text });
    const made = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: text,
        selection: EditorSelection.cursor(text.length),
        extensions: [
          Prec.highest(keymap.of([{ key: 'Mod-Enter', run: () => (live.current.onApply(), true) }])),
          setup({ node, label, placeholder: '', words: known, host: host.current }),
          locked(readOnly),
          // A text that cannot be changed can still be walked through and copied.
          readOnly ? EditorView.editable.of(true) : [],
          EditorView.contentAttributes.of({ 'data-first': 'true' }),
          dropCursor(),
          numbers.of(numbersFor(start)),
          EditorState.transactionExtender.of((transaction) =>
            transaction.docChanged && transaction.newDoc.lines > 1 !== transaction.startState.doc.lines > 1 ? { effects: numbers.reconfigure(transaction.newDoc.lines > 1 ? lineNumbers() : []) } : null,
          ),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((one) => one.isUserEvent('outside'))) live.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    made.focus();
    return () => made.destroy();
    // One editor while the dialog shows it; what changes from outside is sent to it below.
  }, [node, readOnly]);

  useEffect(() => {
    if (view.current) replaceAll(view.current, text);
  }, [text]);

  useEffect(() => {
    if (view.current) underline(view.current, text.trim() ? verdict : null);
  }, [verdict, text]);

  const write = (insert: string, from: number, to: number): void => {
    const editor = view.current;
    if (!editor) return;
    editor.dispatch({ changes: { from, to, insert }, selection: EditorSelection.cursor(from + insert.length), userEvent: 'input', scrollIntoView: true });
    editor.focus();
  };
  useImperativeHandle(handle, () => ({
    insertField: (field) => {
      const range = view.current?.state.selection.main;
      if (range) write(field.insert, range.from, range.to);
    },
    insertFunction: (one) => {
      const range = view.current?.state.selection.main;
      if (view.current && range) insertCall(view.current, one, range.from, range.to);
    },
    goTo: (from, to) => {
      const editor = view.current;
      if (!editor) return;
      const end = editor.state.doc.length;
      editor.dispatch({ selection: EditorSelection.range(Math.min(from, end), Math.min(to, end)), scrollIntoView: true });
      editor.focus();
    },
  }));

  useEffect(() => {
    const box = host.current;
    const place = (x: number, y: number): number | null => {
      const editor = view.current;
      if (!editor || !box || readOnly) return null;
      const around = box.getBoundingClientRect();
      if (x < around.left || x > around.right || y < around.top || y > around.bottom) return null;
      return editor.posAtCoords({ x, y }, false);
    };
    target.current = {
      over: (x, y) => {
        const at = place(x, y);
        box?.classList.toggle('is-over', at !== null);
        if (at !== null) view.current?.dispatch({ selection: EditorSelection.cursor(at) });
        if (at !== null) view.current?.focus();
      },
      leave: () => box?.classList.remove('is-over'),
      drop: (x, y, field) => {
        const at = place(x, y);
        if (at !== null) write(field.insert, at, at);
      },
    };
    return () => {
      target.current = null;
    };
  }, [readOnly]);

  const problems = verdict && text.trim() ? verdict.problems : [];
  return (
    <div className="advanced">
      <div ref={host} className={`advanced-text ${problems.length ? 'is-bad' : ''} ${readOnly ? 'is-locked' : ''}`} />
      <div className="advanced-says" aria-live="polite">
        {problems.length > 0 ? (
          <ul className="text-problems" aria-label={t.problems}>
            {problems.map((one, at) => (
              <li key={at}>
                <button type="button" onClick={() => view.current && jump(view.current, one.from, one.to)}>
                  <CircleAlert size={14} aria-hidden />
                  <span>
                    <small>{t.problemAt(one.line ?? 1, one.column ?? 1)}</small> {one.message} {one.hint && <em>{one.hint}</em>}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        ) : (
          verdict && text.trim() && <p className="all-fine"><CircleCheck size={14} aria-hidden /> {t.noProblemsInText}</p>
        )}
        <TypeMark expect={expect} found={text.trim() ? (verdict?.type ?? null) : null} />
      </div>
    </div>
  );
}

function jump(view: EditorView, from: number, to: number): void {
  const end = view.state.doc.length;
  view.dispatch({ selection: EditorSelection.range(Math.min(from, end), Math.min(Math.max(from, to), end)), scrollIntoView: true });
  view.focus();
}

/** The type that is asked for here, and the one that the text has. */
export function TypeMark({ expect, found }: { expect: string; found: string | null }) {
  const known = found && found !== 'unknown' ? found : null;
  const fits = expect === 'any' || !known || known === expect || known === 'null' || (expect === 'decimal' && known === 'integer');
  if (expect === 'any' && !known) return null;
  return (
    <p className="type-mark">
      {expect !== 'any' && <span className="type-needed">{t.needed(expect)}</span>}
      {known && <span className={fits ? 'is-fine' : 'is-bad'}>{t.found(known)}</span>}
    </p>
  );
}
