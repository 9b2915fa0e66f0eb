/** A Liquid template: a text field in a typewriter face, with a menu of the fields that may stand in it. */
import { Braces } from 'lucide-react';
import { useLayoutEffect, useRef, useState } from 'react';
import { t } from '../messages';
import { Floating, SearchList } from '../shell/ui';
import { useFields } from './vocabulary';
import { liquidName } from '../graph/liquid';

interface Props {
  kind: string;
  id: string;
  value: string;
  readOnly: boolean;
  invalid: boolean;
  describe?: string;
  placeholder?: string;
  node: string;
  onChange: (text: string) => void;
}

export function LiquidField({ kind, id, value, readOnly, invalid, describe, placeholder, node, onChange }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const fields = useFields(node);
  const line = kind === 'liquid-line';
  useLayoutEffect(() => {
    const box = area.current;
    if (!box) return;
    box.style.height = 'auto';
    box.style.height = `${Math.min(box.scrollHeight + 2, line ? 96 : 420)}px`;
  }, [value, line]);
  const insert = (key: string): void => {
    const box = area.current;
    const field = fields.find((one) => one.insert === key);
    if (!box || !field) return;
    const text = `{{ ${liquidName(field)} }}`;
    const at = box.selectionStart ?? value.length;
    onChange(value.slice(0, at) + text + value.slice(box.selectionEnd ?? at));
    setOpen(false);
    requestAnimationFrame(() => {
      box.focus();
      box.setSelectionRange(at + text.length, at + text.length);
    });
  };
  const where = button.current?.getBoundingClientRect();
  return (
    <div className={`liquid ${line ? 'is-line' : ''}`}>
      <textarea
        ref={area}
        id={id}
        className={`input ${line ? '' : 'is-code'}`}
        rows={line ? 1 : kind === 'liquid-html' ? 8 : 4}
        value={value}
        readOnly={readOnly}
        placeholder={placeholder}
        spellCheck={line}
        aria-invalid={invalid || undefined}
        aria-describedby={describe}
        onKeyDown={(event) => {
          if (line && event.key === 'Enter') event.preventDefault();
        }}
        onChange={(event) => onChange(line ? event.target.value.replace(/\n/g, ' ') : event.target.value)}
      />
      {!readOnly && (
        <button type="button" ref={button} className="liquid-insert" title={t.insertField} aria-label={t.insertField} aria-haspopup="listbox" aria-expanded={open} onClick={() => setOpen(true)}>
          <Braces size={13} aria-hidden />
        </button>
      )}
      {open && where && (
        <Floating at={{ x: where.right - 320, y: where.bottom + 4 }} width={320} onClose={() => setOpen(false)}>
          <SearchList
            label={t.insertField}
            placeholder={t.searchFields}
            empty={t.noFields}
            options={fields.map((one) => ({ key: one.insert, label: liquidName(one), hint: one.type, group: one.source }))}
            onChoose={insert}
          />
        </Floating>
      )}
    </div>
  );
}
