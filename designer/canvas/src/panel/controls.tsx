/** The controls of a settings form that are more than one element of HTML. */
import { useId, useState } from 'react';
import { readDuration, units, writeDuration, type Unit } from '../graph/duration';
import type { Json } from '../graph/types';
import { t } from '../messages';
import { titleOf, useForm, type ControlProps } from './fields';
import { useFields } from './vocabulary';

export function NumberControl({ field, path, value, id, invalid, describe }: ControlProps) {
  const { put, readOnly } = useForm();
  const { schema } = field;
  const [draft, setDraft] = useState<string | null>(null);
  const low = schema.minimum ?? schema.exclusiveMinimum;
  const high = schema.maximum ?? schema.exclusiveMaximum;
  const shown = draft ?? (value === undefined || value === null ? '' : String(value));
  const number = Number(shown);
  const wrong =
    shown === '' ? '' : Number.isNaN(number) ? t.mustBe.number : schema.type === 'integer' && !Number.isInteger(number) ? t.mustBe.integer : low !== undefined && number < low ? t.mustBe.min(low) : high !== undefined && number > high ? t.mustBe.max(high) : '';
  return (
    <>
      <input
        id={id}
        className="input is-number"
        inputMode="decimal"
        readOnly={readOnly}
        value={shown}
        placeholder={schema['x-placeholder']}
        aria-invalid={invalid || Boolean(wrong) || undefined}
        aria-describedby={describe}
        onChange={(event) => {
          const next = event.target.value.replace(',', '.').trim();
          setDraft(next);
          if (next === '') put(path, null);
          else if (!Number.isNaN(Number(next))) put(path, Number(next));
        }}
        onBlur={() => setDraft(null)}
      />
      {wrong && <p className="says is-error">{wrong}</p>}
    </>
  );
}

export function DurationControl({ field, path, value, id, invalid, describe }: ControlProps) {
  const { put, readOnly } = useForm();
  const read = readDuration(String(value ?? ''));
  const [unit, setUnit] = useState<Unit>(read?.unit ?? (field.schema['x-unit'] as Unit | undefined) ?? 'days');
  const [draft, setDraft] = useState<string | null>(null);
  const shownUnit = read?.unit ?? unit;
  const write = (amount: string, next: Unit): void => {
    const parsed = Number(amount.replace(',', '.'));
    if (amount.trim() === '') put(path, null);
    else if (Number.isFinite(parsed) && parsed >= 0) put(path, writeDuration({ amount: parsed, unit: next }));
  };
  const amount = draft ?? (read ? String(read.amount) : '');
  return (
    <div className="duration">
      <input
        id={id}
        className="input is-number"
        inputMode="decimal"
        aria-label={`${titleOf(field)}: ${t.amount}`}
        readOnly={readOnly}
        value={amount}
        aria-invalid={invalid || undefined}
        aria-describedby={describe}
        onChange={(event) => {
          setDraft(event.target.value);
          write(event.target.value, shownUnit);
        }}
        onBlur={() => setDraft(null)}
      />
      <select
        className="input"
        aria-label={`${titleOf(field)}: ${t.unit}`}
        disabled={readOnly}
        value={shownUnit}
        onChange={(event) => {
          const next = event.target.value as Unit;
          setUnit(next);
          if (amount) write(amount, next);
        }}
      >
        {units.map((one) => <option key={one} value={one}>{t.unitName[one]}</option>)}
      </select>
    </div>
  );
}

export function ListControl({ field, path, value, id, describe }: ControlProps) {
  const { put, readOnly } = useForm();
  const items = Array.isArray(value) ? value : [];
  const [draft, setDraft] = useState<string | null>(null);
  const kind = field.schema.items?.type;
  return (
    <input
      id={id}
      className="input"
      readOnly={readOnly}
      aria-describedby={describe}
      placeholder={field.schema['x-placeholder']}
      value={draft ?? items.join(', ')}
      onChange={(event) => {
        setDraft(event.target.value);
        const parts = event.target.value.split(',').map((one) => one.trim()).filter(Boolean);
        put(path, kind === 'number' || kind === 'integer' ? parts.map(Number).filter((one) => !Number.isNaN(one)) : parts);
      }}
      onBlur={() => setDraft(null)}
    />
  );
}

export function JsonControl({ path, value, id, describe }: ControlProps) {
  const { put, readOnly } = useForm();
  const [draft, setDraft] = useState<string | null>(null);
  const shown = draft ?? (value === undefined ? '' : JSON.stringify(value, null, 2));
  return (
    <textarea
      id={id}
      className="input is-code"
      rows={4}
      readOnly={readOnly}
      aria-describedby={describe}
      value={shown}
      onChange={(event) => {
        setDraft(event.target.value);
        try {
          put(path, JSON.parse(event.target.value || 'null') as Json);
        } catch {
          // Not JSON yet; the text stays in the field until it is.
        }
      }}
    />
  );
}

export function ProfileField({ field, path, value, id, invalid, describe }: ControlProps) {
  const { put, readOnly, node } = useForm();
  const fields = useFields(node).filter((one) => one.source === 'profile');
  const list = useId();
  return (
    <>
      <input
        id={id}
        className="input is-code"
        list={list}
        readOnly={readOnly}
        spellCheck={false}
        placeholder={field.schema['x-placeholder'] ?? t.fieldName}
        aria-invalid={invalid || undefined}
        aria-describedby={describe}
        value={String(value ?? '')}
        onChange={(event) => put(path, event.target.value)}
      />
      <datalist id={list}>
        {fields.map((one) => <option key={one.insert} value={one.label.replace(/^Profile\.(attributes\.)?/, '')}>{one.type}</option>)}
      </datalist>
    </>
  );
}
