/** What is wrong: errors first, then warnings; the journey as a whole before its steps in reading order. */
import { CircleAlert, CircleCheck, Copy, TriangleAlert, X } from 'lucide-react';
import { useMemo } from 'react';
import { readingOrder } from '../graph/order';
import { t } from '../messages';
import { set, useCanvas } from '../store/canvas';
import { copyText } from '../store/clips';
import { goToProblem, nodeName } from '../store/commands';
import { Button, IconButton } from './ui';

export function Problems() {
  const problems = useCanvas((state) => state.problems);
  const open = useCanvas((state) => state.problemsOpen);
  const reason = useCanvas((state) => state.problemsReason);
  const graph = useCanvas((state) => state.graph);
  const catalogue = useCanvas((state) => state.catalogue);
  const sorted = useMemo(() => {
    const step = new Map(readingOrder(catalogue, graph).map((node, at) => [node.id, at + 1]));
    const rank = (one: (typeof problems)[number]): number => (one.severity === 'error' ? 0 : 10_000) + (one.node ? (step.get(one.node) ?? 9000) : 0);
    return [...problems].sort((a, b) => rank(a) - rank(b));
  }, [problems, graph, catalogue]);
  if (!open) return null;
  const copyDetails = (): void => {
    const text = sorted
      .map((one) => [one.severity.toUpperCase(), one.code, one.node ?? '-', one.field ?? '-', one.line ? `${one.line}:${one.column ?? 1}` : '', one.message, one.hint].filter(Boolean).join(' | '))
      .join('\n');
    copyText(text);
  };
  return (
    <section className="problems" aria-label={t.problems}>
      <header>
        <h2>{t.problems}</h2>
        {sorted.length > 0 && <Button tone="quiet" onClick={copyDetails}><Copy size={13} aria-hidden /> {t.copyDetails}</Button>}
        <IconButton label={t.close} onClick={() => set({ problemsOpen: false })}><X size={15} aria-hidden /></IconButton>
      </header>
      {reason && sorted.some((one) => one.severity === 'error') && <p className="callout is-error">{reason}</p>}
      {sorted.length === 0 ? (
        <p className="all-well"><CircleCheck size={16} aria-hidden /> {t.noProblems} {t.noProblemsHint}</p>
      ) : (
        <ul>
          {sorted.map((one, at) => (
            <li key={at}>
              <button type="button" onClick={() => goToProblem(one)}>
                {one.severity === 'error' ? <CircleAlert className="is-error" size={15} aria-label={t.error} /> : <TriangleAlert className="is-warning" size={15} aria-label={t.warning} />}
                <span>
                  <strong>{one.message}</strong>
                  {one.hint && <small>{one.hint}</small>}
                  <small className="where">{one.node ? nodeName(one.node) : t.wholeJourney} · {one.code}</small>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
