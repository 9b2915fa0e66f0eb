/** The tags of a journey: chosen from those that others have, or made by typing. Kept at once, in any status. */
import { Plus, X } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { hasTag, offeredTags, withTag } from '../graph/tags';
import { t } from '../messages';
import { api } from '../store/api';

const MOST = 20;
const LENGTH = 50;

export function TagsField({ tags, readOnly, onChange }: { tags: readonly string[]; readOnly: boolean; onChange: (tags: string[]) => void }) {
  const [draft, setDraft] = useState('');
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const [known, setKnown] = useState<readonly string[]>([]);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const full = tags.length >= MOST;
  useEffect(() => {
    if (!open) return undefined;
    let here = true;
    api.tags().then(({ results }) => here && setKnown(results), () => undefined);
    return () => {
      here = false;
    };
  }, [open]);
  const typed = draft.trim().replace(/\s+/g, ' ');
  const offered = offeredTags(known, tags, typed);
  const isNew = typed !== '' && !hasTag(known, typed) && !hasTag(tags, typed);
  const options = [...offered.map((name) => ({ name, isNew: false })), ...(isNew ? [{ name: typed, isNew: true }] : [])];
  const current = Math.min(at, options.length - 1);
  const shown = open && !full && options.length > 0;

  const type = (text: string): void => {
    setDraft(text);
    setAt(0);
    setOpen(true);
  };
  const add = (name: string): void => {
    type('');
    if (!hasTag(tags, name)) onChange(withTag(tags, known.find((one) => one.toLowerCase() === name.toLowerCase()) ?? name));
  };
  const takeOut = (name: string): void => {
    onChange(tags.filter((one) => one !== name));
    input.current?.focus();
  };
  const keys = (event: React.KeyboardEvent): void => {
    if (event.key === 'Enter' || event.key === ',') {
      event.preventDefault();
      // What was typed comes before what is only like it; with the arrow keys another one is meant.
      const exact = options.find((one) => one.name.toLowerCase() === typed.toLowerCase());
      const chosen = at === 0 && typed ? (exact ?? options[0]) : options[current];
      if (chosen && (typed || event.key === 'Enter')) add(chosen.name);
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setOpen(true);
      if (options.length) setAt((options.length + current + (event.key === 'ArrowDown' ? 1 : -1)) % options.length);
    } else if (event.key === 'Backspace' && draft === '' && tags.length) {
      takeOut(tags[tags.length - 1]);
    } else if (event.key === 'Escape' && shown) {
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
    }
  };

  return (
    <div className="field is-tags" role="group" aria-labelledby={`${id}-l`}>
      <label className="field-label" id={`${id}-l`} htmlFor={id}>{t.tags}</label>
      <div className={`input tags ${readOnly ? 'is-locked' : ''}`} onClick={(event) => event.target === event.currentTarget && input.current?.focus()}>
        {tags.map((name) => (
          <span key={name} className="value-chip">
            {name}
            {!readOnly && <button type="button" aria-label={t.removeTag(name)} onClick={() => takeOut(name)}><X size={11} aria-hidden /></button>}
          </span>
        ))}
        {readOnly ? (
          tags.length === 0 && <span className="tags-none">{t.none}</span>
        ) : (
          <input
            ref={input}
            id={id}
            role="combobox"
            aria-expanded={shown}
            aria-controls={shown ? `${id}-list` : undefined}
            aria-activedescendant={shown ? `${id}-${current}` : undefined}
            aria-autocomplete="list"
            placeholder={full ? t.tagsFull(MOST) : tags.length ? '' : t.addTag}
            readOnly={full}
            maxLength={LENGTH}
            spellCheck={false}
            autoComplete="off"
            value={draft}
            onChange={(event) => type(event.target.value)}
            onFocus={() => setOpen(true)}
            onBlur={() => setOpen(false)}
            onKeyDown={keys}
          />
        )}
        {shown && (
          <ul role="listbox" id={`${id}-list`} aria-label={t.tags} className="tags-list">
            {options.map((one, index) => (
              <li
                key={one.name}
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === current}
                className="list-option"
                onPointerMove={() => setAt(index)}
                onPointerDown={(event) => {
                  // The field keeps the focus, and with it the list.
                  event.preventDefault();
                  add(one.name);
                }}
              >
                {one.isNew ? <><Plus size={13} aria-hidden /> {t.newTag(one.name)}</> : one.name}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
