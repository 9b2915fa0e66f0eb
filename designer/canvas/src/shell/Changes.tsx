/** What changed since another version, in sentences; the steps they are about are marked on the canvas meanwhile. */
import { CirclePlus, CircleMinus, CircleDot, Equal, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { tally, type ChangeKind } from '../graph/changes';
import { nodeById } from '../graph/lookup';
import { number, t } from '../messages';
import { useCanvas } from '../store/canvas';
import { choose, showProperties } from '../store/commands';
import { compareAgain, endComparison } from '../store/versions';
import { IconButton } from './ui';

const icons = { added: CirclePlus, changed: CircleDot, removed: CircleMinus } satisfies Record<ChangeKind, unknown>;

export function Changes() {
  const comparison = useCanvas((state) => state.comparison);
  return comparison ? <List key={comparison.since.id} /> : null;
}

function List() {
  const comparison = useCanvas((state) => state.comparison);
  const graph = useCanvas((state) => state.graph);
  const revision = useCanvas((state) => state.revision);
  const first = useRef(revision);
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus(), []);
  useEffect(() => {
    if (revision === first.current) return;
    first.current = revision;
    void compareAgain();
  }, [revision]);
  if (!comparison) return null;
  const { since, changes } = comparison;
  return (
    <section className="problems changes" aria-label={t.whatChangedSince(since.number)}>
      <header>
        <h2 ref={head} tabIndex={-1}>{t.whatChangedSince(since.number)}</h2>
        <IconButton label={t.close} onClick={endComparison}><X size={15} aria-hidden /></IconButton>
      </header>
      {changes.length === 0 ? (
        <p className="all-well"><Equal size={16} aria-hidden /> {t.nothingChanged}</p>
      ) : (
        <>
          <p className="tally">{tally(changes).map(([kind, n]) => <span key={kind} className={`is-${kind}`}>{number(n)} {t.changeKind[kind].toLowerCase()}</span>)}</p>
          <ul>
            {changes.map(({ kind, node, sentence }, at) => {
              const Icon = icons[kind];
              const gone = node !== null && !nodeById(graph, node);
              const what = (
                <>
                  <Icon className={`is-${kind}`} size={15} aria-hidden />
                  <span>{sentence} <small className={`where is-${kind}`}>{t.changeKind[kind]}{node === null ? ` · ${t.wholeJourney}` : ''}</small></span>
                </>
              );
              return <li key={at}>{gone ? <div className="gone">{what}</div> : <button type="button" onClick={() => (node === null ? showProperties() : choose(node))}>{what}</button>}</li>;
            })}
          </ul>
        </>
      )}
    </section>
  );
}
