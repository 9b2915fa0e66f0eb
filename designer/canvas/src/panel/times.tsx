/** Moments, days, hours, days of the week and time zones, each typed in its own kind of field. */
import { ChevronsUpDown, Clock3, X } from 'lucide-react';
import { useId, useMemo, useRef, useState } from 'react';
import { fromLocal, hoursOffered, offsetOf, readHour, toLocal, zoneHere, zones } from '../graph/moments';
import { t } from '../messages';
import { Floating, IconButton, SearchList } from '../shell/ui';
import { titleOf, useForm, type ControlProps } from './fields';

/** A moment by the clock of the browser, which is said. */
export function MomentControl({ value, ...props }: ControlProps) {
  const { path } = props;
  const { put } = useForm();
  const here = zoneHere();
  return (
    <>
      <Typed {...props} type="datetime-local" shown={toLocal(value)} is={(text) => fromLocal(text)} set={(moment) => put(path, moment)} />
      <p className="help">{t.byClockOf(here, offsetOf(here, typeof value === 'string' ? new Date(value) : new Date()))}</p>
    </>
  );
}

/** While it is typed the field holds what is there; only what is whole is put into the draft. */
function Typed({ field, id, invalid, describe, type, shown, is, set }: Omit<ControlProps, 'value'> & { type: string; shown: string; is: (text: string) => string | undefined; set: (value: string | null) => void }) {
  const { readOnly } = useForm();
  const [draft, setDraft] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className="typed">
      <input
        ref={input}
        id={id}
        className="input"
        type={type}
        readOnly={readOnly}
        value={draft ?? shown}
        aria-invalid={invalid || undefined}
        aria-describedby={describe}
        onChange={(event) => {
          const { value, validity } = event.target;
          setDraft(value);
          if (value === '') return void (!validity.badInput && field.nullable && set(null));
          const whole = is(value);
          if (whole !== undefined) set(whole);
        }}
        onBlur={() => setDraft(null)}
      />
      {!readOnly && field.nullable && shown && (
        <IconButton
          label={`${t.remove}: ${titleOf(field)}`}
          onClick={() => {
            setDraft(null);
            set(null);
            input.current?.focus();
          }}
        >
          <X size={14} aria-hidden />
        </IconButton>
      )}
    </div>
  );
}

/** A day of the calendar, as it is written everywhere: 2026-01-31. */
export function DayControl({ value, ...props }: ControlProps) {
  const { put } = useForm();
  return <Typed {...props} type="date" shown={String(value ?? '')} is={(text) => (text >= '1900' ? text : undefined)} set={(day) => put(props.path, day)} />;
}

/** An hour as 09:30, by typing; 24:00, which fields of the browser do not know, where the day ends. */
export function HourControl({ field, path, value, id, invalid, describe }: ControlProps) {
  const { put, readOnly } = useForm();
  const [draft, setDraft] = useState<string | null>(null);
  const list = useId();
  const shown = draft ?? String(value ?? '');
  const wrong = shown !== '' && readHour(shown) === undefined;
  return (
    <>
      <input
        id={id}
        className="input is-number"
        list={list}
        readOnly={readOnly}
        value={shown}
        maxLength={5}
        placeholder={field.schema['x-placeholder']}
        autoComplete="off"
        aria-invalid={invalid || wrong || undefined}
        aria-describedby={describe}
        onChange={(event) => {
          const text = event.target.value;
          setDraft(text);
          const hour = readHour(text);
          if (hour !== undefined || text === '') put(path, hour ?? '');
        }}
        onBlur={() => setDraft((text) => (text !== null && readHour(text) === undefined && text !== '' ? text : null))}
      />
      <datalist id={list}>{hoursOffered.map((hour) => <option key={hour} value={hour} />)}</datalist>
      {wrong && <p className="says is-error">{t.mustBe.hour}</p>}
    </>
  );
}

/** A few of a fixed set, such as days of the week: each a button that is pressed or not. Kept in the order of the set. */
export function ChoicesControl({ field, path, value }: ControlProps) {
  const { put, readOnly } = useForm();
  const all = (field.schema.items?.enum ?? []).map(String);
  const chosen = new Set(Array.isArray(value) ? value.map(String) : []);
  const labels = field.schema['x-labels'];
  const toggle = (one: string): void => put(path, all.filter((each) => (each === one ? !chosen.has(each) : chosen.has(each))), true);
  return (
    <div className="toggles">
      {all.map((one) => {
        const word = labels?.[one] ?? t.choice[one] ?? one;
        return (
          <button key={one} type="button" className="toggle" aria-pressed={chosen.has(one)} aria-label={word} title={word} disabled={readOnly} onClick={() => toggle(one)}>
            {t.choiceShort[one] ?? word}
          </button>
        );
      })}
    </div>
  );
}

/** A time zone by its IANA name, searched in all the browser knows. */
export function ZoneControl({ field, path, value, invalid }: ControlProps) {
  const { put, readOnly } = useForm();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const box = button.current?.getBoundingClientRect();
  const zone = String(value ?? '');
  const offset = offsetOf(zone, new Date());
  const beside = offset === zone ? '' : offset;
  return (
    <>
      <button type="button" ref={button} className="input picker" aria-haspopup="listbox" aria-expanded={open} aria-invalid={invalid || undefined} aria-label={`${titleOf(field)}: ${zone} ${beside}`} disabled={readOnly} onClick={() => setOpen(true)}>
        <Clock3 size={14} aria-hidden />
        <span>{zone}</span>{' '}
        {beside && <small>{beside}</small>}
        <ChevronsUpDown size={14} aria-hidden />
      </button>
      {open && box && (
        <Floating at={{ x: box.left, y: box.bottom + 4 }} width={box.width} onClose={() => setOpen(false)}>
          <Zones
            label={titleOf(field)}
            onChoose={(name) => {
              put(path, name);
              setOpen(false);
            }}
          />
        </Floating>
      )}
    </>
  );
}

function Zones({ label, onChoose }: { label: string; onChoose: (name: string) => void }) {
  const options = useMemo(() => {
    const now = new Date();
    return zones().map((name) => ({ key: name, label: name.replace(/_/g, ' '), trail: <span className="tree-type">{offsetOf(name, now)}</span> }));
  }, []);
  return <SearchList label={label} placeholder={t.searchZones} empty={t.noZones} options={options} onChoose={onChoose} />;
}
