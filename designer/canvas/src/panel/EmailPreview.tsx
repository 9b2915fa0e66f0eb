/** A message as one person would get it. The HTML is shown in a frame that runs no scripts and knows nothing of this page. */
import { useEffect, useState } from 'react';
import { nodeById } from '../graph/lookup';
import { t } from '../messages';
import { api } from '../store/api';
import { set, useCanvas } from '../store/canvas';
import { Modal, SearchList, useDebounced } from '../shell/ui';

type Answer = Awaited<ReturnType<typeof api.previewEmail>>;
type Profile = Awaited<ReturnType<typeof api.profiles>>['results'][number];

export function EmailPreview({ id }: { id: string }) {
  const settings = useCanvas((state) => nodeById(state.graph, id)?.settings);
  const [query, setQuery] = useState('');
  const late = useDebounced(query, 250);
  const [profiles, setProfiles] = useState<Profile[]>([]);
  const [profile, setProfile] = useState<Profile | null>(null);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [failure, setFailure] = useState('');
  const [tab, setTab] = useState<'html' | 'text'>('html');

  useEffect(() => {
    const stop = new AbortController();
    api.profiles(late, stop.signal).then((found) => setProfiles(found.results), () => undefined);
    return () => stop.abort();
  }, [late]);

  useEffect(() => {
    if (!settings) return;
    const stop = new AbortController();
    api.previewEmail(settings, profile?.id ?? '', stop.signal).then(
      (found) => {
        setAnswer(found);
        setFailure('');
      },
      (error: unknown) => !stop.signal.aborted && setFailure(error instanceof Error ? error.message : String(error)),
    );
    return () => stop.abort();
  }, [settings, profile]);

  return (
    <Modal wide title={t.previewTitle} onClose={() => set({ dialog: null })}>
      <div className="preview">
        <div className="preview-side">
          <h3>{t.previewFor}</h3>
          <SearchList
            label={t.previewFor}
            placeholder={t.previewAny}
            empty={t.nothingFound}
            onQuery={setQuery}
            options={[{ key: '', label: t.previewNone }, ...profiles.map((one) => ({ key: one.id, label: one.identity, hint: sample(one.attributes) }))].map((one) => ({
              ...one,
              trail: (profile?.id ?? '') === one.key ? <span className="tick" aria-hidden>✓</span> : undefined,
            }))}
            onChoose={(key) => setProfile(profiles.find((one) => one.id === key) ?? null)}
          />
        </div>
        <div className="preview-main">
          <dl className="preview-head">
            <dt>{t.previewTo}</dt><dd>{answer?.to || '–'}</dd>
            <dt>{t.previewSubject}</dt><dd><strong>{answer?.subject || '–'}</strong></dd>
          </dl>
          <div className="tabs" role="tablist">
            {(['html', 'text'] as const).map((one) => (
              <button key={one} type="button" role="tab" aria-selected={tab === one} onClick={() => setTab(one)}>{t[one]}</button>
            ))}
          </div>
          {failure && <div className="callout is-error">{failure}</div>}
          {answer?.problems?.map((one, at) => <div key={at} className={`callout ${one.severity === 'error' ? 'is-error' : 'is-warning'}`}>{one.message} {one.hint}</div>)}
          {tab === 'html' ? (
            answer?.html ? <iframe className="preview-frame" sandbox="" srcDoc={answer.html} title={t.previewTitle} referrerPolicy="no-referrer" /> : <p className="preview-frame is-empty">{t.previewEmpty}</p>
          ) : (
            <pre className="preview-frame is-text">{answer?.text || t.previewEmpty}</pre>
          )}
        </div>
      </div>
    </Modal>
  );
}

const sample = (attributes: Record<string, unknown> | undefined): string =>
  Object.entries(attributes ?? {})
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .slice(0, 3)
    .map(([key, value]) => `${key}: ${String(value)}`)
    .join(' · ');
