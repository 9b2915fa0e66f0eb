/** The choice of an event definition of one type. */
import { ChevronsUpDown, Zap } from 'lucide-react';
import { useRef, useState } from 'react';
import { t } from '../messages';
import type { EventDefinition } from '../store/api';
import { useCanvas } from '../store/canvas';
import { Floating, SearchList } from '../shell/ui';

export function EventField({ type, value, readOnly, invalid, label, onChange }: { type: EventDefinition['type']; value: string; readOnly: boolean; invalid: boolean; label: string; onChange: (name: string) => void }) {
  const events = useCanvas((state) => state.events);
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const offered = events.filter((one) => one.type === type);
  const chosen = events.find((one) => one.name === value);
  const box = button.current?.getBoundingClientRect();
  return (
    <>
      <button type="button" ref={button} className={`input picker ${value ? '' : 'is-empty'}`} aria-haspopup="listbox" aria-expanded={open} aria-invalid={invalid || undefined} aria-label={`${label}: ${value || t.chooseEvent}`} disabled={readOnly} onClick={() => setOpen(true)}>
        <Zap size={14} aria-hidden />
        <span>{value || t.chooseEvent}</span>
        <ChevronsUpDown size={14} aria-hidden />
      </button>
      {chosen?.description && <p className="help">{chosen.description}</p>}
      {value && !chosen && events.length > 0 && <p className="says is-error">{t.unknownEvent(value)}</p>}
      {open && box && (
        <Floating at={{ x: box.left, y: box.bottom + 4 }} width={box.width} onClose={() => setOpen(false)}>
          <SearchList
            label={label}
            placeholder={t.searchEvents}
            empty={t.noEvents}
            options={offered.map((one) => ({ key: one.name, label: one.name, hint: one.description }))}
            onChoose={(name) => {
              onChange(name);
              setOpen(false);
            }}
          />
        </Floating>
      )}
    </>
  );
}
