/** An expression field: one line that grows, with colours, suggestions and the server's judgement underlined; a button opens the editor. Loaded on first use. */
import { Compartment, EditorState, Prec } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { Maximize2 } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { t } from '../../messages';
import { useVocabulary } from '../vocabulary';
import { ExpressionDialog } from './Dialog';
import { locked, replaceAll, setup, underline, useVerdict } from './setup';

export interface EditorProps {
  value: string;
  expect: string;
  node: string;
  label: string;
  placeholder: string;
  readOnly: boolean;
  onChange: (text: string) => void;
  /** From the editor: a change of its own, and one step back. */
  onApply: (text: string) => void;
}

export default function ExpressionEditor({ value, expect, node, label, placeholder, readOnly, onChange, onApply }: EditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const changed = useRef(onChange);
  changed.current = onChange;
  const known = useVocabulary(node);
  const words = useRef(known);
  words.current = known;
  const [open, setOpen] = useState(false);
  const lock = useRef(new Compartment());
  const verdict = useVerdict(value, expect, node);

  // Before anything is painted: whoever looks for the field to put the cursor into it finds the text, not the button.
  useLayoutEffect(() => {
    if (!host.current) return undefined;
    const made = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          Prec.high(keymap.of([{ key: 'Mod-Enter', run: () => (setOpen(true), true) }])),
          setup({ node, label, placeholder, words, host: host.current }),
          lock.current.of(locked(readOnly)),
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
    if (view.current) replaceAll(view.current, value);
  }, [value]);

  useEffect(() => {
    view.current?.dispatch({ effects: lock.current.reconfigure(locked(readOnly)) });
  }, [readOnly]);

  useEffect(() => {
    if (view.current) underline(view.current, verdict);
  }, [verdict]);

  const bad = (verdict?.problems.length ?? 0) > 0;
  return (
    <div className={`expression ${bad ? 'is-bad' : ''} ${readOnly ? 'is-locked' : ''}`}>
      <div ref={host} />
      <button type="button" className="expression-open" title={t.openEditor} aria-label={`${t.openEditor}: ${label}`} onClick={() => setOpen(true)}>
        <Maximize2 size={13} aria-hidden />
      </button>
      <div className="verdict" aria-live="polite">
        {verdict?.problems.map((one, at) => <p key={at} className="is-error">{one.message}{one.hint ? <span> {one.hint}</span> : null}</p>)}
        {verdict && !bad && verdict.type && expect !== verdict.type && <p className="is-fine">{t.yields(verdict.type)}</p>}
      </div>
      {open && (
        <ExpressionDialog
          value={value}
          expect={expect}
          node={node}
          label={label}
          readOnly={readOnly}
          onApply={(text) => {
            setOpen(false);
            if (text !== value) onApply(text);
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </div>
  );
}
