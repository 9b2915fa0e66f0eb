/** What the expression yields for a person, while it is written. */
import { ChevronDown, ChevronsUpDown } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import type { Json } from '../../graph/types';
import { t } from '../../messages';
import { api, ApiError, type Preview } from '../../store/api';
import { get } from '../../store/canvas';
import { Floating, SearchList, useDebounced } from '../../shell/ui';

const TRY_AFTER = 350;

export function TryIt({ text, expect, node }: { text: string; expect: string; node: string }) {
  const [profile, setProfile] = useState({ id: '', identity: '' });
  const [edited, setEdited] = useState<Readonly<Record<string, string>>>({});
  const [chosen, setChosen] = useState('');
  const [open, setOpen] = useState(false);
  const [answer, setAnswer] = useState<Preview | null>(null);
  const [failure, setFailure] = useState('');
  const late = useDebounced(text, TRY_AFTER);
  const lateEdited = useDebounced(edited, TRY_AFTER);
  const body = useId();

  const given: Record<Kind, Record<string, unknown>> = { event: {}, action: {}, profile: {} };
  for (const [key, draft] of Object.entries(lateEdited)) {
    const [kind, name] = split(key);
    const payload = objectIn(draft);
    if (payload) given[kind][name] = payload;
  }

  useEffect(() => {
    const stop = new AbortController();
    api.previewExpression({ text: late, expect, node, graph: get().graph, profile: profile.id, events: given.event, actions: given.action }, stop.signal).then(
      (found) => {
        setAnswer(found);
        setFailure('');
      },
      (error: unknown) => !stop.signal.aborted && setFailure(error instanceof ApiError ? error.message : String(error)),
    );
    return () => stop.abort();
  }, [late, expect, node, profile.id, lateEdited]);

  const payloads: Record<string, { payload?: Json; origin: string }> = {};
  for (const [name, found] of Object.entries(answer?.events ?? {})) payloads[`event:${name}`] = found;
  for (const [name, { payload }] of Object.entries(answer?.actions ?? {})) payloads[`action:${name}`] = { payload, origin: 'action' };
  if (answer?.profile) payloads['profile:Profile'] = { payload: answer.attributes, origin: 'profile' };
  const keys = Object.keys(payloads);
  const used = keys.find((key) => text.includes(`@event{${split(key)[1]}`) || text.includes(`@action{${split(key)[1]}`));
  const key = keys.includes(chosen) ? chosen : (used ?? keys[0] ?? '');
  const draft = edited[key];
  const origin = draft !== undefined ? 'given' : payloads[key]?.origin;

  return (
    <section className="try-it" aria-label={t.tryIt}>
      <div className="try-head">
        <h3>{t.tryIt}</h3>
        <Person chosen={profile} onChoose={setProfile} />
        {profile.id && answer && !answer.profile && <span className="says is-error">{t.noSuchPerson}</span>}
        {keys.length > 0 && (
          <button type="button" className="button is-quiet" aria-expanded={open} aria-controls={body} onClick={() => setOpen(!open)}>
            {t.editPayload} <ChevronDown size={13} aria-hidden className={open ? 'is-up' : ''} />
          </button>
        )}
        <Result text={text} answer={answer} failure={failure} />
      </div>
      {open && key && (
        <div className="try-body" id={body}>
          <div className="try-of">
            <select className="input" aria-label={t.tryWith} value={key} onChange={(event) => setChosen(event.target.value)}>
              {keys.map((one) => <option key={one} value={one}>{split(one)[1]}</option>)}
            </select>
            {origin && <span className="try-origin">{t.origin[origin] ?? origin}</span>}
            {draft !== undefined && (
              <button type="button" className="link" onClick={() => setEdited(Object.fromEntries(Object.entries(edited).filter(([name]) => name !== key)))}>{t.resetPayload}</button>
            )}
          </div>
          <textarea
            className="input is-code"
            rows={7}
            readOnly={split(key)[0] === 'profile'}
            spellCheck={false}
            aria-label={`${t.editPayload}: ${split(key)[1]}`}
            aria-invalid={draft !== undefined && !objectIn(draft) ? true : undefined}
            value={draft ?? JSON.stringify(payloads[key].payload ?? {}, null, 2)}
            onChange={(event) => setEdited({ ...edited, [key]: event.target.value })}
          />
          {draft !== undefined && !objectIn(draft) && <p className="says is-error">{t.notJson}</p>}
        </div>
      )}
    </section>
  );
}

type Kind = 'event' | 'action' | 'profile';
const split = (key: string): [Kind, string] => [key.slice(0, key.indexOf(':')) as Kind, key.slice(key.indexOf(':') + 1)];

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const found = JSON.parse(text) as unknown;
    return found !== null && typeof found === 'object' && !Array.isArray(found) ? (found as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function Result({ text, answer, failure }: { text: string; answer: Preview | null; failure: string }) {
  const notes = [answer?.is_cut && t.cutResult, answer?.is_hidden && t.hiddenResult].filter(Boolean).join(' ');
  const wrong = failure || answer?.error?.message;
  return (
    <output className="try-result" aria-label={t.result}>
      {!text.trim() ? (
        <span className="is-nothing">{t.noResult}</span>
      ) : wrong ? (
        <span className="is-error">{wrong} {answer?.error?.hint}</span>
      ) : answer?.has_value ? (
        <>
          <code className={answer.value === true ? 'is-true' : answer.value === false ? 'is-false' : ''}>{shown(answer.value)}</code>
          {answer.type && answer.type !== 'null' && <span className="tree-type">{answer.type}</span>}
          {notes && <small>{notes}</small>}
        </>
      ) : (
        <span className="is-nothing">{answer?.problems.length ? t.mendToTry : '…'}</span>
      )}
    </output>
  );
}

const shown = (value: Json): string => (value !== null && typeof value === 'object' ? JSON.stringify(value, null, 1) : JSON.stringify(value));

/** Whose attributes and events are taken. */
function Person({ chosen, onChoose }: { chosen: { id: string; identity: string }; onChoose: (profile: { id: string; identity: string }) => void }) {
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState('');
  const late = useDebounced(query, 250);
  const [found, setFound] = useState<{ id: string; identity: string }[]>([]);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const stop = new AbortController();
    api.profiles(late, stop.signal).then(({ results }) => setFound(results), () => undefined);
    return () => stop.abort();
  }, [late, open]);
  const box = button.current?.getBoundingClientRect();
  const typed = late.trim();
  // An id or namespace:value is taken at its word; the server says whether there is such a person.
  const named = /^\d+$|^[^:\s]+:./.test(typed) && !found.some((one) => one.id === typed) ? [{ id: typed, identity: typed }] : [];
  const options = [{ id: '', identity: t.tryNobody }, ...found, ...named];
  return (
    <>
      <button type="button" ref={button} className="input picker try-person" aria-haspopup="listbox" aria-expanded={open} aria-label={`${t.tryFor}: ${chosen.identity || t.tryNobody}`} onClick={() => setOpen(true)}>
        <span>{chosen.identity || t.tryNobody}</span>
        <ChevronsUpDown size={14} aria-hidden />
      </button>
      {open && box && (
        <Floating above at={{ x: box.left, y: box.top - 4 }} width={Math.max(280, box.width)} onClose={() => setOpen(false)}>
          <SearchList
            label={t.tryFor}
            placeholder={t.findProfile}
            empty={t.nothingFound}
            onQuery={setQuery}
            options={options.map((one) => ({ key: one.id, label: one.identity }))}
            onChoose={(id) => {
              onChoose(options.find((one) => one.id === id) ?? { id: '', identity: '' });
              setOpen(false);
              setQuery('');
            }}
          />
        </Floating>
      )}
    </>
  );
}
