/** Publish, pause, resume, close or stop: says what it means for how many people, then does it. */
import { useEffect, useId, useRef, useState } from 'react';
import { saidAnew } from '../graph/problems';
import { dateTime, t } from '../messages';
import { api, ApiError, type Consequences, type Move } from '../store/api';
import { get, set, toast } from '../store/canvas';
import { load, saver } from '../store/session';
import { Button, Modal } from './ui';

const shut = (): void => set({ dialog: null });
const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const LONGEST = 14;
const DAY = 86_400_000;
type PauseMode = 'hold' | 'discard';

export function MoveDialog({ move }: { move: Move }) {
  const [what, setWhat] = useState<Consequences | null>(null);
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);
  const [typed, setTyped] = useState('');
  const [mode, setMode] = useState<PauseMode>('hold');
  const [days, setDays] = useState(String(LONGEST));
  useEffect(() => {
    let here = true;
    void (async () => {
      if (move === 'publish' && !(await saver.flush())) {
        if (here) setFailure(get().saveError || t.waiting);
        return;
      }
      try {
        const answer = await api.consequences(move);
        if (here) setWhat(answer);
      } catch (error) {
        if (here) setFailure(sentence(error));
      }
    })();
    return () => {
      here = false;
    };
  }, [move]);
  const run = async (): Promise<void> => {
    setBusy(true);
    setFailure('');
    try {
      await api.move(move, move === 'pause' ? { mode, days: Number(days) } : {});
      shut();
      await load({ quiet: true });
      toast(t.done[move], 'ok');
    } catch (error) {
      if (error instanceof ApiError && [413, 422].includes(error.status) && error.body.problems) {
        set({ problems: saidAnew(error.status === 422 ? [] : get().problems, error.body.problems), problemsOpen: true, problemsReason: t.mendFirst, dialog: null });
        return;
      }
      setFailure(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  const go = useRef<HTMLButtonElement>(null);
  useEffect(() => go.current?.focus(), [what]);
  const confirmWord = move === 'stop' && (what?.people ?? 0) > 0 ? t.stopWord : '';
  const label = move === 'stop' && what?.people ? t.stopFor(what.people) : t.confirmMove[move];
  const ready = typed.trim().toLowerCase() === confirmWord && (move !== 'pause' || isDays(days));
  return (
    <Modal
      title={what?.title ?? t.confirmMove[move]}
      onClose={shut}
      footer={
        <>
          <Button onClick={shut}>{t.cancel}</Button>
          <Button tone={move === 'stop' ? 'danger' : 'primary'} disabled={!what?.allowed || busy || !ready} onClick={() => void run()} ref={go}>{label}</Button>
        </>
      }
    >
      {!what && !failure && <div className="skeleton-lines" role="status" aria-label={t.loading}><i /><i /><i /></div>}
      {what && <ul className="sentences">{what.sentences.map((one) => <li key={one}>{one}</li>)}</ul>}
      {what && !what.allowed && <div className="callout is-error">{t.notAllowed}</div>}
      {what?.allowed && move === 'pause' && <PauseChoices mode={mode} days={days} onMode={setMode} onDays={setDays} />}
      {failure && <div className="callout is-error" role="alert">{failure}</div>}
      {what?.allowed && confirmWord && (
        <label className="field">
          <span className="field-label">{t.typeToStop(confirmWord)}</span>
          <input className="input" ref={(input) => input?.focus()} value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" />
        </label>
      )}
    </Modal>
  );
}

const isDays = (text: string): boolean => /^\d+$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= LONGEST;

/** What a pause does with the people inside, and how long it lasts at most. */
function PauseChoices({ mode, days, onMode, onDays }: { mode: PauseMode; days: string; onMode: (mode: PauseMode) => void; onDays: (days: string) => void }) {
  const id = useId();
  const valid = isDays(days);
  return (
    <>
      <fieldset className="choices">
        <legend className="field-label">{t.pauseWhat}</legend>
        {(['hold', 'discard'] as const).map((one) => (
          <label key={one} className={`choice is-radio ${mode === one ? 'is-chosen' : ''}`}>
            <input type="radio" name={id} value={one} checked={mode === one} onChange={() => onMode(one)} />
            <span><strong>{t.pauseChoice[one]}</strong><span>{t.pauseChoiceHint[one]}</span></span>
          </label>
        ))}
      </fieldset>
      <div className="field">
        <label className="field-label" htmlFor={`${id}-days`}>{t.pauseDays(LONGEST)}</label>
        <input id={`${id}-days`} className="input is-number" inputMode="numeric" value={days} aria-invalid={!valid || undefined} aria-describedby={`${id}-until`} onChange={(event) => onDays(event.target.value)} />
        <p className={valid ? 'help' : 'says is-error'} id={`${id}-until`}>{valid ? t.pauseUntil(dateTime(new Date(Date.now() + Number(days) * DAY).toISOString())) : t.pauseDaysWrong(LONGEST)}</p>
      </div>
    </>
  );
}
