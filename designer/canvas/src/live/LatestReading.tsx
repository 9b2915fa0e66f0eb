/** How the audience of a read audience is being read, or was read last: in the panel of the step, live. */
import { ArrowRight } from 'lucide-react';
import { useEffect, useState } from 'react';
import { dateTime, number, t } from '../messages';
import { api, type ReadingInfo, type ReadingsInfo } from '../store/api';
import { boot } from '../store/boot';
import { isDraft, useCanvas } from '../store/canvas';

const SOON = 2_000;
const LATER = 20_000;
const OPEN = new Set(['waiting', 'gathering', 'reading']);

export function LatestReading() {
  const draft = useCanvas(isDraft);
  const [found, setFound] = useState<ReadingsInfo | null>(null);
  useEffect(() => {
    if (draft) return undefined;
    let timer = 0;
    let here = true;
    const ask = async (): Promise<void> => {
      const answer = await api.readings().catch(() => null);
      if (!here) return;
      if (answer) setFound(answer);
      const moving = answer?.results.some((one) => OPEN.has(one.state) || one.on_the_way > 0);
      timer = window.setTimeout(() => void ask(), moving ? SOON : LATER);
    };
    void ask();
    return () => {
      here = false;
      window.clearTimeout(timer);
    };
  }, [draft]);
  if (draft || !found) return null;
  const latest = found.results[0];
  const next = found.coming[0];
  return (
    <section className="reading" aria-label={t.latestReading}>
      <h3>{t.latestReading}</h3>
      {latest ? <Run run={latest} /> : <p className="help">{t.nothingReadYet}</p>}
      {next && <p className="help">{t.nextReading(dateTime(next.at), next.is_paused)}</p>}
      {boot.urls.readings && <a className="link" href={boot.urls.readings}>{t.allReadings} <ArrowRight size={13} aria-hidden /></a>}
    </section>
  );
}

function Run({ run }: { run: ReadingInfo }) {
  return (
    <>
      <p><b>{t.readingStates[run.state] ?? run.state}</b> <span>{dateTime(run.due_at)}</span></p>
      {run.started_at && (
        <>
          <progress max={run.total || 1} value={run.total ? run.read : 1} aria-label={t.readOf(run.read, run.total)} />
          <p className="help">{t.readOf(run.read, run.total)}{run.seconds_left === null ? '' : ` · ${t.readingPace(run.pace, run.rate, run.seconds_left)}`}</p>
          <dl>
            <div><dt>{t.entered}</dt><dd>{number(run.entered)}</dd></div>
            <div><dt>{t.refused}</dt><dd>{number(run.refused)}</dd></div>
            <div><dt>{t.onTheWay}</dt><dd>{number(run.on_the_way)}</dd></div>
          </dl>
        </>
      )}
      {run.told && <p className="help">{run.told}</p>}
    </>
  );
}
