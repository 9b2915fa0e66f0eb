/** Live, above the canvas: the journey's numbers, and one person to follow. */
import { Footprints, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { dateTime, number, t } from '../messages';
import { api, type Person } from '../store/api';
import { profileUrl } from '../store/boot';
import { isLive, set, useCanvas } from '../store/canvas';
import { nodeName } from '../store/commands';
import { Button, IconButton, SearchList, useDebounced } from '../shell/ui';
import { follow, unfollow, useLive, useTotals } from './feed';

const order = ['entered', 'active', 'ended', 'error', 'discarded'];

export function LiveBar() {
  const live = useCanvas(isLive);
  if (!live) return null;
  return (
    <div className="live-bar">
      <Totals />
      <FollowBox />
    </div>
  );
}

function Totals() {
  const totals = useTotals();
  const link = useLive((state) => state.link);
  const hint = link === 'live' ? t.live : link === 'polling' ? t.livePolling : t.liveOff;
  return (
    <div className="totals" role="group" aria-label={t.live}>
      <i className={`pulse is-${link}`} title={hint} aria-label={hint} role="img" />
      {order.map((key) => (
        <button
          key={key}
          type="button"
          className={`total is-${key} ${totals[key] ? '' : 'is-zero'}`}
          disabled={key === 'discarded'}
          onClick={() => set({ people: { state: key === 'active' ? 'waiting' : key, title: t.summary[key] } })}
        >
          <b>{number(totals[key] ?? 0)}</b><span>{t.summary[key]}</span>
        </button>
      ))}
    </div>
  );
}

function FollowBox() {
  const open = useCanvas((state) => state.followOpen);
  const path = useLive((state) => state.path);
  const trail = useLive((state) => state.trail);
  if (path) {
    const failed = trail ? [...trail.failed] : [];
    const here = trail ? [...trail.here] : [];
    return (
      <div className={`followed ${failed.length ? 'is-failed' : ''}`}>
        <Footprints size={15} aria-hidden />
        <div>
          <a href={profileUrl(path.profile_id)}>{path.identity}</a>
          <span title={failed[0]?.[1]}>
            {failed.length ? t.failedAt(nodeName(failed[failed.length - 1][0])) : here.length ? t.waitsAt(here.map(nodeName).join(', ')) : t.hasLeft}
          </span>
        </div>
        <IconButton label={t.unfollow} onClick={unfollow}><X size={15} aria-hidden /></IconButton>
      </div>
    );
  }
  if (!open) return <Button className="follow-button" onClick={() => set({ followOpen: true })}><Footprints size={15} aria-hidden /> {t.followTitle}</Button>;
  return <FindPerson />;
}

function FindPerson() {
  const [query, setQuery] = useState('');
  const late = useDebounced(query.trim(), 250);
  const [found, setFound] = useState<Person[] | null>(null);
  useEffect(() => {
    if (!late) {
      setFound(null);
      return;
    }
    const stop = new AbortController();
    api.findPerson(late, stop.signal).then((answer) => setFound(answer.results), () => undefined);
    return () => stop.abort();
  }, [late]);
  return (
    <div
      className="find-person"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        set({ followOpen: false });
      }}
    >
      <header><strong>{t.followTitle}</strong><IconButton label={t.close} onClick={() => set({ followOpen: false })}><X size={15} aria-hidden /></IconButton></header>
      <SearchList
        label={t.findPerson}
        placeholder={t.findPerson}
        empty={late ? t.nobodyFound : t.followHint}
        onQuery={setQuery}
        options={(found ?? []).map((one) => ({ key: one.instance, label: one.identity, hint: `${t.state[one.state] ?? one.state} · ${dateTime(one.entered_at ?? one.since)}` }))}
        onChoose={(instance) => void follow(instance)}
      />
    </div>
  );
}
