/** One event that happened, or did not: how often, since when, what it came to; and the conditions about each occurrence. */
import { CalendarClock, ChevronsUpDown, Zap } from 'lucide-react';
import { useId, useRef, useState, type ReactNode } from 'react';
import { amountsOf, fieldsOf, isCounted, isSum, unitOf, withEvent, withHappening, withWindow, wrongAbout } from '../../graph/happenings';
import { happenings, sums, times, units } from '../../graph/operators';
import { change, type Group, type Happening } from '../../graph/rows';
import { t } from '../../messages';
import { Floating, SearchList } from '../../shell/ui';
import { Grip, Parts, Tools, useParts } from './parts';

interface Props {
  group: Group;
  about: Happening;
  number: number;
  /** The conditions about each occurrence. */
  children: ReactNode;
}

export function Happened({ group, about, number, children }: Props) {
  const parts = useParts();
  const { rows, readOnly, tried, put, problemsOf, words } = parts;
  const id = useId();
  const name = t.happening(number);
  const become = (next: Group, key?: string): void => put(change(rows, group.id, () => next), undefined, key);
  const say = (next: Happening, key?: string): void => become({ ...group, about: next }, key);
  const wrong = wrongAbout(about);
  const says = wrong && (wrong !== 'missing' || tried) ? [t.wrongRow[wrong]] : wrong ? [] : problemsOf(group.id);
  const describe = says.length ? id : undefined;
  const amounts = amountsOf(words, about.event);
  const typed = (text: string): string => text.trim().replace(',', '.');
  const box = (on: string, label: string, value: string, put: (text: string) => void) => (
    <input className="input is-small is-amount" data-on={on} aria-label={`${label}: ${name}`} aria-invalid={(says.length > 0 && (wrong !== 'missing' || value === '')) || undefined} aria-describedby={describe} type="text" inputMode="decimal" autoComplete="off" readOnly={readOnly} value={value} onChange={(event) => put(typed(event.target.value))} />
  );
  return (
    <div className="condition happening" role="group" aria-label={name}>
      <div className="condition-line">
        <Grip id={group.id} />
        <EventButton about={about} name={name} invalid={tried && !about.event} onChoose={(event) => become(withEvent(group, event))} />
        <select className="input is-small condition-operator" data-on="operator" aria-label={`${t.operatorLabel}: ${name}`} disabled={readOnly} value={about.operator} onChange={(event) => say(withHappening(about, event.target.value))}>
          {happenings.filter((one) => !(one in times) && !(one in sums)).map((one) => <option key={one} value={one}>{t.happenings[one]}</option>)}
          <optgroup label={t.howOften}>{Object.keys(times).map((one) => <option key={one} value={one}>{t.happenings[one]}</option>)}</optgroup>
          {(amounts.length > 0 || isSum(about.operator)) && <optgroup label={t.sumOfField}>{Object.keys(sums).map((one) => <option key={one} value={one}>{t.happenings[one]}</option>)}</optgroup>}
        </select>
        <span className="condition-values is-happening">
          {isSum(about.operator) && (
            <select className="input is-small" data-on="of" aria-label={`${t.sumOfField}: ${name}`} aria-invalid={(tried && !about.of) || undefined} disabled={readOnly} value={about.of} onChange={(event) => say({ ...about, of: event.target.value })}>
              <option value="">{t.chooseField}</option>
              {about.of && !amounts.includes(about.of) && <option value={about.of}>{about.of}</option>}
              {amounts.map((path) => <option key={path} value={path}>{path}</option>)}
            </select>
          )}
          {(isCounted(about.operator) || isSum(about.operator)) && box('value', t.value, about.amount, (amount) => say({ ...about, amount }, `amount:${group.id}`))}
          {isCounted(about.operator) && <span>{t.timesWord(about.amount)}</span>}
        </span>
        <Tools item={group} name={name} />
      </div>
      <div className="happening-when">
        <CalendarClock size={13} aria-hidden />
        <select className="input is-small" data-on="window" aria-label={`${t.sinceWhen}: ${name}`} disabled={readOnly} value={about.window.length ? 'last' : 'ever'} onChange={(event) => say(withWindow(about, event.target.value === 'last'))}>
          <option value="ever">{t.everBefore}</option>
          <option value="last">{t.inTheLast}</option>
        </select>
        {about.window.length > 0 && (
          <>
            {box('amount', t.amount, about.window[0] ?? '', (amount) => say({ ...about, window: [amount, unitOf(about)] }, `window:${group.id}`))}
            <select className="input is-small" aria-label={`${t.unit}: ${name}`} disabled={readOnly} value={unitOf(about)} onChange={(event) => say({ ...about, window: [about.window[0] ?? '', event.target.value] })}>
              {units.map((unit) => <option key={unit} value={unit}>{t.periodName[unit]}</option>)}
            </select>
          </>
        )}
      </div>
      {says.length > 0 && <div className="says" id={id}>{says.map((one) => <p key={one} className="is-error">{one}</p>)}</div>}
      {about.event && (
        <Parts.Provider value={{ ...parts, fields: fieldsOf(words, about.event), events: [] }}>{children}</Parts.Provider>
      )}
    </div>
  );
}

/** The event; pressed, a list to choose from. What there is no more stays as it was written. */
function EventButton({ about, name, invalid, onChoose }: { about: Happening; name: string; invalid: boolean; onChoose: (event: string) => void }) {
  const { readOnly, events } = useParts();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const box = button.current?.getBoundingClientRect();
  return (
    <>
      <button type="button" ref={button} data-on="field" className={`condition-field ${about.event ? '' : 'is-empty'}`} aria-haspopup="listbox" aria-expanded={open} aria-invalid={invalid || undefined} aria-label={`${t.addEvent}: ${about.event || t.chooseEvent}, ${name}`} disabled={readOnly} onClick={() => setOpen(true)}>
        <Zap size={13} aria-hidden className="is-lead" />
        <span className="condition-name">{about.event || t.chooseEvent}</span>
        {!readOnly && <ChevronsUpDown size={13} aria-hidden />}
      </button>
      {open && box && (
        <Floating at={{ x: box.left, y: box.bottom + 4 }} width={Math.max(280, box.width)} onClose={() => setOpen(false)}>
          <SearchList
            label={t.chooseEvent}
            placeholder={t.searchEvents}
            empty={t.noEvents}
            options={events.map((one) => ({ key: one, label: one }))}
            onChoose={(key) => {
              onChoose(key);
              setOpen(false);
            }}
          />
        </Floating>
      )}
    </>
  );
}
