/** The numbers of one step in its panel: the way to its people without a mouse. */
import { CircleAlert, Hourglass, LogIn, type LucideIcon } from 'lucide-react';
import { number, t } from '../messages';
import { isLive, set, useCanvas } from '../store/canvas';
import { useNodeCounts } from './feed';

export function StepNumbers({ id, name }: { id: string; name: string }) {
  const live = useCanvas(isLive);
  const counts = useNodeCounts(id);
  if (!live) return null;
  const numbers: [state: 'entered' | 'waiting' | 'error', title: string, Icon: LucideIcon][] = [
    ['entered', t.entered, LogIn],
    ['waiting', t.waitingHere, Hourglass],
    ['error', t.inError, CircleAlert],
  ];
  return (
    <div className="numbers" role="group" aria-label={t.live}>
      {numbers.map(([state, title, Icon]) => (
        <button key={state} type="button" className={`is-${state} ${counts?.[state] ? '' : 'is-zero'}`} onClick={() => set({ people: { node: id, state, title: t.peopleAt(title, name) } })}>
          <b>{number(counts?.[state] ?? 0)}</b>
          <span><Icon size={12} aria-hidden /> {title}</span>
        </button>
      ))}
    </div>
  );
}
