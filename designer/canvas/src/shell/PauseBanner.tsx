/** Below the top bar while a version is paused or resuming: what holds now, for how many, until when. */
import { CirclePause, CirclePlay } from 'lucide-react';
import { useEffect, useState } from 'react';
import { dateTime, t } from '../messages';
import { api } from '../store/api';
import { set, useCanvas } from '../store/canvas';
import { refresh } from '../store/session';
import { Button } from './ui';

const ROUND = 5000;

export function PauseBanner() {
  const status = useCanvas((state) => state.version?.status);
  const pause = useCanvas((state) => state.version?.pause);
  const may = useCanvas((state) => state.version?.permissions.resume ?? false);
  const held = useHeld(status === 'paused' || status === 'resuming');
  if (!pause || (status !== 'paused' && status !== 'resuming')) return null;
  if (status === 'resuming') {
    return (
      <section className="banner is-resuming" aria-label={t.status.resuming}>
        <CirclePlay size={16} aria-hidden />
        <p><strong>{t.resumingSince(dateTime(pause.resumed_at), pause.resumed_by ?? '')}</strong> {t.resumingText} {held !== null && t.stillHeld(held)}</p>
      </section>
    );
  }
  return (
    <section className="banner is-paused" aria-label={t.status.paused}>
      <CirclePause size={16} aria-hidden />
      <p>
        <strong>{t.pausedSince(dateTime(pause.paused_at), pause.paused_by ?? '')}</strong> {t.pausedText} {pause.mode === 'discard' ? t.takenOut : t.heldThere}{' '}
        {held !== null && (pause.mode === 'hold' || held > 0) && t.nowHeld(held)} {pause.resumes_at && t.resumesBy(dateTime(pause.resumes_at))}
      </p>
      {may && <Button onClick={() => set({ dialog: { kind: 'move', move: 'resume' } })}>{t.confirmMove.resume}</Button>}
    </section>
  );
}

/** How many are held; asked again every few seconds, with what else may have changed meanwhile. Null while unknown. */
function useHeld(wanted: boolean): number | null {
  const [held, setHeld] = useState<number | null>(null);
  useEffect(() => {
    if (!wanted) return;
    let here = true;
    const ask = (): void => {
      if (document.visibilityState === 'hidden') return;
      api.consequences('resume').then((answer) => here && setHeld(answer.people), () => undefined);
      void refresh();
    };
    ask();
    const timer = setInterval(ask, ROUND);
    return () => {
      here = false;
      clearInterval(timer);
      setHeld(null);
    };
  }, [wanted]);
  return held;
}
