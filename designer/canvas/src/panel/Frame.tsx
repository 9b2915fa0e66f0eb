/** What every panel on the right has: its head, its body, and fields that are not settings. */
import { X } from 'lucide-react';
import { t } from '../messages';
import { IconButton } from '../shell/ui';
import { set, useCanvas } from '../store/canvas';
import { clear } from '../store/commands';

export function Frame({ title, kind, lead, tools, children, onClose = clear }: { title: string; kind?: string; lead?: React.ReactNode; tools?: React.ReactNode; children: React.ReactNode; onClose?: () => void }) {
  return (
    <aside className="panel" aria-label={title}>
      <header className="panel-head">
        {lead}
        <div className="panel-title">
          <h2>{title}</h2>
          {kind && <p>{kind}</p>}
        </div>
        {tools}
        <IconButton label={t.close} keys="Esc" onClick={onClose}><X size={16} aria-hidden /></IconButton>
      </header>
      <div className="panel-body">{children}</div>
    </aside>
  );
}

/** What is only read: shown or hidden for everything at once, as the person left it. */
export function TechnicalGroup({ children }: { children: React.ReactNode }) {
  const open = useCanvas((state) => state.technical);
  return (
    <details className="group" open={open} onToggle={(event) => event.currentTarget.open !== open && set({ technical: event.currentTarget.open })}>
      <summary>{t.technical}</summary>
      <div className="group-body">{children}</div>
    </details>
  );
}

/** A field that is saved when it is left. */
export function Late({ label, value, readOnly, area, onDone }: { label: string; value: string; readOnly: boolean; area?: boolean; onDone: (text: string) => void }) {
  const Tag = area ? 'textarea' : 'input';
  return (
    <label className="field">
      <span className="field-label">{label}</span>
      <Tag
        key={value}
        className="input"
        defaultValue={value}
        readOnly={readOnly}
        rows={area ? 3 : undefined}
        onBlur={(event: React.FocusEvent<HTMLInputElement & HTMLTextAreaElement>) => event.target.value !== value && onDone(event.target.value)}
        onKeyDown={(event: React.KeyboardEvent<HTMLElement>) => event.key === 'Enter' && !area && event.currentTarget.blur()}
      />
    </label>
  );
}
