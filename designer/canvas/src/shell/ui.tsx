/** The few controls everything else is made of. */
import { useEffect, useId, useLayoutEffect, useRef, useState, type ComponentProps, type KeyboardEvent, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { X } from 'lucide-react';
import { t } from '../messages';

type ButtonProps = ComponentProps<'button'>;

export function IconButton({ label, keys, pressed, className = '', children, ...rest }: ButtonProps & { label: string; keys?: string; pressed?: boolean }) {
  return (
    <button type="button" className={`icon-button ${className}`} aria-label={label} title={keys ? `${label} (${keys})` : label} aria-pressed={pressed} {...rest}>
      {children}
    </button>
  );
}

export function Button({ tone = 'plain', className = '', children, ...rest }: ButtonProps & { tone?: 'plain' | 'primary' | 'danger' | 'quiet' }) {
  return (
    <button type="button" className={`button is-${tone} ${className}`} {...rest}>
      {children}
    </button>
  );
}

/** What had the focus before this was drawn; later the first field in it has it already. */
function useFocusBefore(): HTMLElement | null {
  return useState(() => document.activeElement as HTMLElement | null)[0];
}

/** What is above everything else on the page: an open dialog, else the canvas. What floats must stand in there to be seen. */
const topmost = (): HTMLElement => [...document.querySelectorAll<HTMLElement>('dialog[open]')].pop() ?? document.getElementById('canvas-root') ?? document.body;

/** A modal dialog of the browser's own kind: it keeps the focus and closes on Esc. */
/** Without `onClose` it stays until one of its choices is made. */
export function Modal({ title, onClose, children, footer, tools, wide = false, className = '', onKeyDown }: {
  title: string;
  onClose?: () => void;
  children: ReactNode;
  footer?: ReactNode;
  /** Beside the title. */
  tools?: ReactNode;
  wide?: boolean;
  className?: string;
  onKeyDown?: (event: KeyboardEvent) => void;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const before = useFocusBefore();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) dialog.showModal();
    // The browser puts the focus on the first button, which is the one that closes.
    dialog?.querySelector<HTMLElement>('[data-first]')?.focus();
    return () => {
      dialog?.close();
      if (before?.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return createPortal(
    <dialog
      ref={ref}
      className={`modal ${wide ? 'is-wide' : ''} ${className}`}
      aria-labelledby={heading}
      onKeyDown={(event) => {
        onKeyDown?.(event);
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        // Not left to the browser: it asks only once, and closes without asking the second time.
        event.preventDefault();
        event.stopPropagation();
        onClose?.();
      }}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onPointerDown={(event) => event.target === ref.current && onClose?.()}
    >
      <div className="modal-body">
        <header className="modal-head">
          <h2 id={heading}>{title}</h2>
          {tools}
          {onClose && <IconButton label={t.close} onClick={onClose}><X size={16} aria-hidden /></IconButton>}
        </header>
        <div className="modal-content">{children}</div>
        {footer && <footer className="modal-foot">{footer}</footer>}
      </div>
    </dialog>,
    document.getElementById('canvas-root') ?? document.body,
  );
}

/** Something that floats beside a point of the screen and goes away when the person turns elsewhere. */
export function Floating({ at, onClose, className = '', children, width = 280, above = false }: {
  at: { x: number; y: number };
  onClose: () => void;
  className?: string;
  children: ReactNode;
  width?: number;
  /** It ends at the point, and grows upwards. */
  above?: boolean;
}) {
  const ref = useRef<HTMLDivElement>(null);
  const [spot, setSpot] = useState(at);
  const [home] = useState(topmost);
  const before = useFocusBefore();
  useLayoutEffect(() => {
    const box = ref.current?.getBoundingClientRect();
    if (!box) return;
    setSpot({
      x: Math.max(8, Math.min(at.x, window.innerWidth - box.width - 8)),
      y: Math.max(8, Math.min(at.y, window.innerHeight - box.height - 8)),
    });
  }, [at.x, at.y]);
  useEffect(() => {
    const outside = (event: PointerEvent): void => {
      if (!ref.current?.contains(event.target as Element)) onClose();
    };
    document.addEventListener('pointerdown', outside, true);
    return () => {
      document.removeEventListener('pointerdown', outside, true);
      if (ref.current?.contains(document.activeElement) || document.activeElement === document.body) before?.focus?.({ preventScroll: true });
    };
  }, []);
  return createPortal(
    <div
      ref={ref}
      className={`floating ${className}`}
      style={above ? { left: spot.x, bottom: window.innerHeight - at.y, width } : { left: spot.x, top: spot.y, width }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        onClose();
      }}
    >
      {children}
    </div>,
    home,
  );
}

export interface Option {
  key: string;
  label: string;
  hint?: string;
  group?: string;
  lead?: ReactNode;
  trail?: ReactNode;
  disabled?: boolean;
}

/** A list to search in and choose from, by typing, arrows and Enter, or the mouse. */
export function SearchList({ options, onChoose, placeholder, empty, label, onQuery, autoFocus = true, query: given }: {
  options: readonly Option[];
  onChoose: (key: string) => void;
  placeholder: string;
  empty: string;
  label: string;
  /** Given when the server searches; else the list filters itself. */
  onQuery?: (text: string) => void;
  autoFocus?: boolean;
  query?: string;
}) {
  const [query, setQuery] = useState(given ?? '');
  const [at, setAt] = useState(0);
  const list = useId();
  const box = useRef<HTMLUListElement>(null);
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = onQuery ? options : options.filter((one) => words.every((word) => `${one.label} ${one.hint ?? ''} ${one.group ?? ''}`.toLowerCase().includes(word)));
  const current = Math.min(at, shown.length - 1);
  useEffect(() => {
    box.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [current, query]);
  const keys = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setAt((shown.length + current + (event.key === 'ArrowDown' ? 1 : -1)) % Math.max(1, shown.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const one = shown[current];
      if (one && !one.disabled) onChoose(one.key);
    }
  };
  let group = '';
  return (
    <div className="search-list">
      <input
        className="input"
        role="combobox"
        aria-expanded={shown.length > 0}
        aria-controls={shown.length ? list : undefined}
        aria-label={label}
        aria-activedescendant={shown[current] ? `${list}-${shown[current].key}` : undefined}
        placeholder={placeholder}
        value={query}
        autoFocus={autoFocus}
        data-first={autoFocus || undefined}
        spellCheck={false}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
          onQuery?.(event.target.value);
        }}
        onKeyDown={keys}
      />
      {shown.length === 0 && <p className="list-empty">{empty}</p>}
      <ul role={shown.length ? 'listbox' : undefined} id={list} aria-label={shown.length ? label : undefined} ref={box} hidden={!shown.length}>
        {shown.map((one, index) => {
          const head = one.group && one.group !== group ? (group = one.group) : '';
          return [
            head && <li key={`g-${head}`} className="list-group" role="presentation">{head}</li>,
            <li
              key={one.key}
              id={`${list}-${one.key}`}
              role="option"
              aria-selected={index === current}
              aria-disabled={one.disabled}
              className="list-option"
              onPointerMove={() => setAt(index)}
              onClick={() => !one.disabled && onChoose(one.key)}
            >
              {one.lead}
              <span className="list-text">
                <span className="list-label">{one.label}</span>
                {one.hint && <span className="list-hint">{one.hint}</span>}
              </span>
              {one.trail}
            </li>,
          ];
        })}
      </ul>
    </div>
  );
}

export interface MenuItem {
  key: string;
  label: string;
  hint?: string;
  danger?: boolean;
  disabled?: boolean;
  current?: boolean;
  href?: string;
  lead?: ReactNode;
  run?: () => void;
}

/** A button that opens a menu, with the keys of a menu. */
export function MenuButton({ label, items, children, className = 'icon-button', align = 'end' }: { label: string; items: (MenuItem | 'line')[]; children: ReactNode; className?: string; align?: 'start' | 'end' }) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const box = button.current?.getBoundingClientRect();
  return (
    <>
      <button
        type="button"
        ref={button}
        className={className}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        {children}
      </button>
      {open && box && (
        <Floating at={{ x: align === 'end' ? box.right - 240 : box.left, y: box.bottom + 4 }} width={240} onClose={() => setOpen(false)} className="menu">
          <MenuList items={items} label={label} done={() => setOpen(false)} />
        </Floating>
      )}
    </>
  );
}

function MenuList({ items, label, done }: { items: (MenuItem | 'line')[]; label: string; done: () => void }) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    ref.current?.querySelector<HTMLElement>('[role="menuitem"]:not([aria-disabled="true"])')?.focus();
  }, []);
  const keys = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    const all = [...(ref.current?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[(all.length + at + (event.key === 'ArrowDown' ? 1 : -1)) % all.length]?.focus();
  };
  return (
    <div role="menu" aria-label={label} ref={ref} onKeyDown={keys}>
      {items.map((item, at) =>
        item === 'line' ? (
          <hr key={`line-${at}`} />
        ) : item.href ? (
          <a key={item.key} role="menuitem" tabIndex={-1} href={item.href} className="menu-item" aria-current={item.current || undefined}>
            {item.lead}<span>{item.label}</span>{item.hint && <small>{item.hint}</small>}
          </a>
        ) : (
          <button
            key={item.key}
            type="button"
            role="menuitem"
            tabIndex={-1}
            className={`menu-item ${item.danger ? 'is-danger' : ''}`}
            aria-disabled={item.disabled}
            onClick={() => {
              if (item.disabled) return;
              done();
              item.run?.();
            }}
          >
            {item.lead}<span>{item.label}</span>{item.hint && <small>{item.hint}</small>}
          </button>
        ),
      )}
    </div>
  );
}

/** An input that writes while the person types, but lets the caller hear only of real changes. */
export function useDebounced<T>(value: T, ms: number): T {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return late;
}
