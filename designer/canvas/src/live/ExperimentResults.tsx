/** How an experiment stands, in its panel; and the button that gives everybody one treatment. */
import { Trophy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { dateTime, number, t } from '../messages';
import { Button, Modal } from '../shell/ui';
import { api, type Experiment } from '../store/api';
import { isDraft, toast, useCanvas } from '../store/canvas';
import { useNodeCounts } from './feed';

type Treatment = Experiment['treatments'][number];

export function ExperimentResults({ node }: { node: string }) {
  const draft = useCanvas(isDraft);
  const may = useCanvas((state) => Boolean(state.version?.permissions.scale));
  const entered = useNodeCounts(node)?.entered;
  const [found, setFound] = useState<Experiment | null>(null);
  const [asked, setAsked] = useState<Treatment | null>(null);
  const take = (results: Experiment[]): void => setFound(results.find((one) => one.node === node) ?? null);
  useEffect(() => {
    if (draft) return undefined;
    let here = true;
    api.experiments().then((answer) => here && take(answer.results), () => undefined);
    return () => {
      here = false;
    };
  }, [node, draft, entered]);
  if (draft || !found) return null;
  const winner = found.treatments.find((one) => one.id === found.winner);
  const best = Math.max(...found.treatments.map((one) => one.chance));
  const someone = found.treatments.some((one) => one.assigned);
  const scale = async (one: Treatment): Promise<void> => {
    try {
      take((await api.scaleTreatment(node, one.id)).results);
      toast(t.nowEverybody(one.label), 'ok');
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), 'bad');
    } finally {
      setAsked(null);
    }
  };
  return (
    <section className="experiment" aria-label={t.experimentTitle}>
      <h3>{t.experimentTitle}</h3>
      <p className="help">{t.experimentSuccess(found.success)}</p>
      <ul>
        {found.treatments.map((one) => (
          <li key={one.id} className={someone && one.chance === best ? 'is-ahead' : ''} data-treatment={one.id}>
            <div className="experiment-name">
              <b>{one.label}</b>
              {winner === one && <Trophy size={13} aria-hidden />}
              <span>{t.shareNow}: {t.percent(one.share)}</span>
            </div>
            <div className="experiment-bar" aria-hidden><i style={{ width: `${Math.round(one.chance * 100)}%` }} /></div>
            <dl>
              <div><dt>{t.assigned}</dt><dd>{number(one.assigned)}</dd></div>
              <div><dt>{t.succeeded}</dt><dd>{number(one.succeeded)}{one.assigned ? ` · ${t.percent(one.succeeded / one.assigned)}` : ''}</dd></div>
              <div><dt>{t.chanceBest}</dt><dd>{someone ? t.percent(one.chance) : '–'}</dd></div>
            </dl>
            {may && !winner && <Button onClick={() => setAsked(one)}>{t.giveEverybody(one.label)}</Button>}
          </li>
        ))}
        {found.holdout && (
          <li data-treatment="holdout">
            <div className="experiment-name"><b>{t.keptOut}</b></div>
            <dl>
              <div><dt>{t.assigned}</dt><dd>{number(found.holdout[0])}</dd></div>
              <div><dt>{t.succeeded}</dt><dd>{number(found.holdout[1])}{found.holdout[0] ? ` · ${t.percent(found.holdout[1] / found.holdout[0])}` : ''}</dd></div>
            </dl>
          </li>
        )}
      </ul>
      {!someone && <p className="help">{t.experimentNone}</p>}
      {winner && found.scaled_at && <p className="callout">{t.everybodyGets(winner.label, dateTime(found.scaled_at), found.scaled_by)}</p>}
      {!winner && found.reweighed_at && <p className="help">{t.reweighedAt(dateTime(found.reweighed_at))}</p>}
      {asked && (
        <Modal title={t.giveEverybodyTitle(asked.label)} onClose={() => setAsked(null)} footer={<><Button onClick={() => setAsked(null)}>{t.cancel}</Button><Button tone="primary" onClick={() => void scale(asked)}>{t.giveEverybody(asked.label)}</Button></>}>
          <p>{t.giveEverybodyText(asked.label)}</p>
        </Modal>
      )}
    </section>
  );
}
