/** Which activities are listed: only those that may stand now, only those used last. */
import { ListFilter } from 'lucide-react';
import { useRef, useState } from 'react';
import { t } from '../messages';
import { set, useCanvas } from '../store/canvas';
import { Floating, IconButton } from './ui';

export function PaletteFilter() {
  const onlyAvailable = useCanvas((state) => state.onlyAvailable);
  const onlyRecent = useCanvas((state) => state.onlyRecent);
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const box = button.current?.getBoundingClientRect();
  return (
    <>
      <IconButton ref={button} className={onlyRecent ? 'is-on' : ''} label={t.filterActivities} aria-haspopup="dialog" aria-expanded={open} onClick={() => setOpen(!open)}><ListFilter size={15} aria-hidden /></IconButton>
      {open && box && (
        <Floating at={{ x: box.left, y: box.bottom + 4 }} width={264} onClose={() => setOpen(false)} className="filter-menu">
          <div role="group" aria-label={t.filterActivities}>
            <Switch label={t.onlyAvailable} help={t.onlyAvailableHint} checked={onlyAvailable} first onChange={(value) => set({ onlyAvailable: value })} />
            <Switch label={t.onlyRecent} help={t.onlyRecentHint} checked={onlyRecent} onChange={(value) => set({ onlyRecent: value })} />
          </div>
        </Floating>
      )}
    </>
  );
}

function Switch({ label, help, checked, first = false, onChange }: { label: string; help: string; checked: boolean; first?: boolean; onChange: (value: boolean) => void }) {
  return (
    <div className="field is-switch">
      <label className="switch">
        <input type="checkbox" role="switch" checked={checked} autoFocus={first} onChange={(event) => onChange(event.target.checked)} />
        <span className="switch-track" aria-hidden />
        <span className="switch-text">{label}</span>
      </label>
      <p className="help">{help}</p>
    </div>
  );
}
