/** Who is behind a number. */
import { Footprints, UserRound, X } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { dateTime, t } from '../messages';
import { api, type Person } from '../store/api';
import { profileUrl } from '../store/boot';
import { set, useCanvas, type PeopleQuery } from '../store/canvas';
import { Button, IconButton } from '../shell/ui';
import { follow } from './feed';

export function People() {
  const people = useCanvas((state) => state.people);
  return people ? <Drawer key={`${people.node}.${people.state}`} query={people} /> : null;
}

function Drawer({ query }: { query: PeopleQuery }) {
  const [rows, setRows] = useState<Person[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [phase, setPhase] = useState<'loading' | 'ready' | 'failed'>('loading');
  const fetchPage = useCallback(
    async (cursor?: string) => {
      setPhase('loading');
      try {
        const page = await api.people(query.node, query.state, cursor);
        setRows((old) => (cursor ? [...old, ...page.results] : page.results));
        setNext(cursorOf(page.next));
        setPhase('ready');
      } catch {
        setPhase('failed');
      }
    },
    [query.node, query.state],
  );
  useEffect(() => void fetchPage(), [fetchPage]);
  return (
    <aside className="panel people" aria-label={query.title}>
      <header className="panel-head">
        <div className="panel-title"><h2>{query.title}</h2></div>
        <IconButton label={t.close} keys="Esc" onClick={() => set({ people: null })}><X size={16} aria-hidden /></IconButton>
      </header>
      <div className="panel-body">
        <ul className="people-list">
          {rows.map((one) => (
            <li key={one.instance}>
              <span className="avatar" aria-hidden><UserRound size={14} /></span>
              <span className="person">
                <a href={one.url || profileUrl(one.profile_id)} title={t.openProfile}>{one.identity}</a>
                <small>{t.since(dateTime(one.since ?? one.entered_at))}</small>
              </span>
              <Button tone="quiet" onClick={() => void follow(one.instance)}><Footprints size={13} aria-hidden /> {t.follow}</Button>
            </li>
          ))}
        </ul>
        {phase === 'loading' && <div className="skeleton-lines" role="status" aria-label={t.loading}><i /><i /><i /></div>}
        {phase === 'failed' && <p className="nothing">{t.network} <button type="button" className="link" onClick={() => void fetchPage()}>{t.retry}</button></p>}
        {phase === 'ready' && rows.length === 0 && <p className="nothing">{t.nobody}</p>}
        {phase === 'ready' && next && <Button className="wide" onClick={() => void fetchPage(next)}>{t.loadMore}</Button>}
      </div>
    </aside>
  );
}

/** The cursor itself, or the address of the next page with the cursor in it. */
const cursorOf = (next: string | null): string | null => {
  if (!next || !next.includes('cursor=')) return next;
  return new URL(next, window.location.href).searchParams.get('cursor');
};
