/** What is wrong: errors first, then warnings; the journey as a whole before its steps, from left to right. */
import { CircleAlert, CircleCheck, Copy, TriangleAlert, X } from 'lucide-react';
import { useMemo } from 'react';
import { asText, inOrder } from '../graph/problems';
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
  const sorted = useMemo(() => inOrder(problems, graph), [problems, graph]);
  if (!open) return null;
  return (
    <section className="problems" aria-label={t.problems}>
      <header>
        <h2>{t.problems}</h2>
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
                  <small className="where">{one.node ? nodeName(one.node) : t.wholeJourney} · <code>{one.code}</code></small>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {sorted.length > 0 && (
        <footer>
          <Button tone="quiet" onClick={() => copyText(asText(sorted))}><Copy size={13} aria-hidden /> {t.copyDetails}</Button>
        </footer>
      )}
    </section>
  );
}
