/** What a field is compared with: nothing, a value, two of them, several, or an amount of time. */
import { X } from 'lucide-react';
import { useRef, useState } from 'react';
import { comparedAs, kindOf, shapeOf, units, type ValueKind } from '../../graph/operators';
import { AUDIENCE, type Row } from '../../graph/rows';
import { t } from '../../messages';

interface Props {
  row: Row;
  name: string;
  /** To choose from, where they are known. */
  audiences?: readonly string[];
  readOnly: boolean;
  invalid: boolean;
  /** The id of what is said about it. */
  describe?: string;
  onChange: (values: readonly string[]) => void;
}

export function Values({ row, audiences, name, readOnly, invalid, describe, onChange }: Props) {
  const kind = comparedAs(kindOf(row.type), row.operator);
  const put = (at: number, value: string): void => {
    const values = [...row.values];
    values[at] = value;
    onChange(values);
  };
  const one = (at: number, label: string, placeholder?: string) => (
    <Value kind={kind} value={row.values[at] ?? ''} label={`${label}: ${name}`} readOnly={readOnly} invalid={invalid} describe={describe} placeholder={placeholder} onChange={(value) => put(at, value)} />
  );
  switch (shapeOf(row.operator)) {
    case 'none':
      return <span className="condition-values" />;
    case 'two':
      return <span className="condition-values is-two">{one(0, t.fromValue)}<span>{t.untilWord}</span>{one(1, t.toValue)}</span>;
    case 'window':
      return (
        <span className="condition-values is-window">
          {one(0, t.amount)}
          <select className="input is-small" aria-label={`${t.unit}: ${name}`} disabled={readOnly} value={row.values[1] ?? 'days'} onChange={(event) => put(1, event.target.value)}>
            {units.map((unit) => <option key={unit} value={unit}>{t.periodName[unit]}</option>)}
          </select>
        </span>
      );
    case 'many':
      return <Several kind={kind} values={row.values} name={name} readOnly={readOnly} invalid={invalid} describe={describe} onChange={onChange} />;
    case 'one':
      if (row.type === AUDIENCE && audiences) {
        const value = row.values[0] ?? '';
        return (
          <span className="condition-values">
            <select className="input is-small" data-on="value" aria-label={`${t.audience}: ${name}`} aria-invalid={invalid || undefined} aria-describedby={describe} disabled={readOnly} value={value} onChange={(event) => put(0, event.target.value)}>
              <option value="">{t.chooseAudience}</option>
              {value && !audiences.includes(value) && <option value={value}>{value}</option>}
              {audiences.map((one) => <option key={one} value={one}>{one}</option>)}
            </select>
          </span>
        );
      }
      return <span className="condition-values">{one(0, row.type === AUDIENCE ? t.audienceName : t.value, row.type === AUDIENCE ? t.audienceName : undefined)}</span>;
  }
}

/** A number as the language writes it: people also write 9,5. */
const amount = (text: string): string => text.trim().replace(',', '.');

const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/;
const LOCAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

function Value({ kind, value, label, readOnly, invalid, describe, placeholder, onChange }: { kind: ValueKind; value: string; label: string; readOnly: boolean; invalid: boolean; describe?: string; placeholder?: string; onChange: (value: string) => void }) {
  const common = { className: 'input is-small', 'data-on': 'value', 'aria-label': label, 'aria-invalid': invalid || undefined, 'aria-describedby': describe, readOnly, spellCheck: false, autoComplete: 'off' };
  // What the browser's own field for times cannot show stays a text, so that it is seen.
  if (kind === 'time' && (value === '' || UTC.test(value))) {
    return (
      <span className="utc-time">
        <input {...common} type="datetime-local" step="60" value={value.slice(0, -1)} onChange={(event) => onChange(event.target.value && `${event.target.value}Z`)} />
        <small>{t.utc}</small>
      </span>
    );
  }
  if (kind === 'local' && (value === '' || LOCAL.test(value))) return <input {...common} type="datetime-local" step="60" value={value} onChange={(event) => onChange(event.target.value)} />;
  if (kind === 'day' && (value === '' || DAY.test(value))) return <input {...common} type="date" value={value} onChange={(event) => onChange(event.target.value)} />;
  return <input {...common} type="text" inputMode={kind === 'number' ? 'decimal' : undefined} placeholder={placeholder} value={value} onChange={(event) => onChange(kind === 'number' ? amount(event.target.value) : event.target.value)} />;
}

/** Values as chips: Enter or leaving the field adds what was typed, Backspace takes the last one back. */
function Several({ kind, values, name, readOnly, invalid, describe, onChange }: { kind: ValueKind; values: readonly string[]; name: string; readOnly: boolean; invalid: boolean; describe?: string; onChange: (values: readonly string[]) => void }) {
  const [draft, setDraft] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const add = (): void => {
    const value = kind === 'number' ? amount(draft) : draft;
    setDraft('');
    if (value && !values.includes(value)) onChange([...values, value]);
  };
  return (
    <span className={`condition-values is-many input ${readOnly ? 'is-locked' : ''}`} onClick={(event) => event.target === event.currentTarget && input.current?.focus()}>
      {values.map((value, at) => (
        <span key={at} className="value-chip">
          {value}
          {!readOnly && (
            <button
              type="button"
              aria-label={t.removeValue(value)}
              onClick={() => {
                onChange(values.filter((_, index) => index !== at));
                input.current?.focus();
              }}
            >
              <X size={11} aria-hidden />
            </button>
          )}
        </span>
      ))}
      {!readOnly && (
        <input
          ref={input}
          data-on="value"
          aria-label={`${t.values}: ${name}`}
          aria-invalid={invalid || undefined}
          aria-describedby={describe}
          placeholder={values.length ? '' : t.addValue}
          inputMode={kind === 'number' ? 'decimal' : undefined}
          spellCheck={false}
          autoComplete="off"
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={add}
          onKeyDown={(event) => {
            if (event.key === 'Enter') {
              add();
              // With Ctrl it applies as well, with what was just added.
              if (!event.ctrlKey && !event.metaKey) event.preventDefault();
            } else if (event.key === 'Backspace' && draft === '' && values.length) onChange(values.slice(0, -1));
          }}
        />
      )}
    </span>
  );
}
