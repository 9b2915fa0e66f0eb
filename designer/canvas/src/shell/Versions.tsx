/** The versions of the journey, side by side: open one, make the next, copy one, see what changed. */
import { ChevronDown, CopyPlus, GitCompare, Plus, UserRound } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { dateTime, t } from '../messages';
import { api, type Sibling } from '../store/api';
import { versionUrl } from '../store/boot';
import { set, useCanvas } from '../store/canvas';
import { compare, makeVersion } from '../store/versions';
import { StatusBadge } from './StatusBadge';
import { Button, Floating } from './ui';

const WIDTH = 440;

export function Versions() {
  const version = useCanvas((state) => state.version);
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  if (!version) return null;
  const box = open && button.current?.getBoundingClientRect();
  return (
    <>
      <button
        type="button"
        ref={button}
        className="version-button"
        aria-label={`${version.number} ${t.status[version.status] ?? version.status}, ${t.switchVersion}`}
        title={t.switchVersion}
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <span className="version-number">{version.number}</span>{' '}
        <StatusBadge status={version.status} />
        <ChevronDown size={14} aria-hidden />
      </button>
      {box && (
        <Floating at={{ x: box.left, y: box.bottom + 4 }} width={Math.min(WIDTH, window.innerWidth - 16)} onClose={() => setOpen(false)} className="versions">
          <VersionList done={() => setOpen(false)} />
        </Floating>
      )}
    </>
  );
}

function VersionList({ done }: { done: () => void }) {
  const version = useCanvas((state) => state.version);
  const [siblings, setSiblings] = useState<Sibling[] | null>(null);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let here = true;
    api.siblings().then((answer) => here && setSiblings(answer.results), () => undefined);
    return () => {
      here = false;
    };
  }, []);
  useEffect(() => list.current?.querySelector<HTMLElement>('a, button')?.focus(), []);
  if (!version) return null;
  const may = version.permissions;
  const known = new Map(siblings?.map((one) => [String(one.id), one]));
  const at = version.versions.findIndex((one) => String(one.id) === String(version.id));
  const [latest] = version.versions;
  return (
    <div ref={list} role="dialog" aria-label={t.versions}>
      <ul className="version-list">
        {version.versions.map((one, place) => {
          const current = place === at;
          const more = known.get(String(one.id));
          // What this version does otherwise than an earlier one; of itself, than the one before.
          const since = current ? version.versions[at + 1] : place > at ? one : undefined;
          return (
            <li key={one.id} className={current ? 'is-current' : ''}>
              <a href={versionUrl(one)} aria-current={current || undefined}>
                <span className="version-row">
                  <strong>{t.versionNumber(one.number)}</strong>
                  <StatusBadge status={current ? version.status : one.status} />
                  {current && <small>{t.openHere}</small>}
                </span>
                <small>{more ? (more.published_at ? t.publishedBy(dateTime(more.published_at), more.published_by ?? '') : t.neverPublished) : ' '}</small>
              </a>
              {more?.published_at && <span className="version-people" title={t.peopleInside(more.people)}><UserRound size={12} aria-hidden /> <span className="unseen">{t.peopleInside(more.people)}</span><span aria-hidden>{more.people}</span></span>}
              {since && (
                <Button
                  tone="quiet"
                  title={t.whatChangedSince(since.number)}
                  onClick={() => {
                    done();
                    void compare(since);
                  }}
                >
                  <GitCompare size={14} aria-hidden /> {current ? t.whatChanged : t.compare}<span className="unseen"> {t.sinceVersion(since.number)}</span>
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      <footer>
        {may.new_version && <Button tone="quiet" onClick={() => void makeVersion()}><Plus size={14} aria-hidden /> {t.newVersion}</Button>}
        {!may.new_version && at > 0 && <small>{t.newFromLatest(latest.number)}</small>}
        {may.duplicate && (
          <Button
            tone="quiet"
            onClick={() => {
              done();
              set({ dialog: { kind: 'duplicate' } });
            }}
          >
            <CopyPlus size={14} aria-hidden /> {t.duplicate}
          </Button>
        )}
      </footer>
    </div>
  );
}
