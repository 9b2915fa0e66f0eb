/** The canvas as a whole. */
import { ReactFlowProvider } from '@xyflow/react';
import { ListTree, PanelLeftClose, PanelLeftOpen, RotateCw, Shapes, TriangleAlert } from 'lucide-react';
import { useEffect } from 'react';
import { endId } from './graph/types';
import { startLive, stopLive } from './live/feed';
import { LiveBar } from './live/LiveBar';
import { People } from './live/People';
import { t } from './messages';
import { Tile } from './nodes/icons';
import { fetchEditor } from './panel/form';
import { Panel } from './panel/Panel';
import { AddMenu } from './shell/AddMenu';
import { AlertBanners } from './shell/AlertBanners';
import { Canvas } from './shell/Canvas';
import { Changes } from './shell/Changes';
import { Dialogs } from './shell/Dialogs';
import { Find } from './shell/Find';
import { Guard } from './shell/Guard';
import { pageKeys, watchClipboard } from './shell/keys';
import { Outline } from './shell/Outline';
import { Palette } from './shell/Palette';
import { PauseBanner } from './shell/PauseBanner';
import { Problems } from './shell/Problems';
import { TopBar, useFirstLook } from './shell/TopBar';
import { Button, IconButton } from './shell/ui';
import { ViewControls } from './shell/ViewControls';
import { boot } from './store/boot';
import { canEdit, isLive, set, useCanvas } from './store/canvas';
import { add } from './store/commands';
import { load, watchPage } from './store/session';

let watching = false;

export function App() {
  const phase = useCanvas((state) => state.phase);
  useEffect(() => {
    if (watching) return;
    watching = true;
    watchPage();
    watchClipboard();
    document.addEventListener('keydown', pageKeys);
    void load();
  }, []);
  const live = useCanvas((state) => state.phase === 'ready' && isLive(state));
  useEffect(() => {
    if (!live) return;
    startLive();
    return stopLive;
  }, [live]);
  useEffect(() => {
    if (phase === 'ready') setTimeout(fetchEditor, 500);
  }, [phase]);
  useFirstLook();
  useNarrow();
  if (phase === 'failed') return <Failed />;
  if (phase === 'loading') return <Skeleton />;
  return (
    <ReactFlowProvider>
      <div className="app">
        <TopBar />
        <PauseBanner />
        <AlertBanners />
        <div className="work">
          <Left />
          <main className="stage">
            <Canvas />
            <Empty />
            <LiveBar />
            <Find />
            <Problems />
            <Changes />
            <ViewControls />
            <MoveMode />
          </main>
          <GuardedPanel />
          <People />
        </div>
        <AddMenu />
        <Dialogs />
        <Toasts />
      </div>
    </ReactFlowProvider>
  );
}

function GuardedPanel() {
  const about = useCanvas((state) => [...state.nodes].join() + (state.port ? endId(state.port) : ''));
  return <Guard about={about} className="panel is-broken"><Panel /></Guard>;
}

function Left() {
  const open = useCanvas((state) => state.leftOpen);
  const which = useCanvas((state) => state.left);
  const editable = useCanvas(canEdit);
  const shown = editable ? which : 'outline';
  if (!open) {
    return (
      <nav className="rail" aria-label={t.palette}>
        <IconButton label={t.expand} onClick={() => set({ leftOpen: true })}><PanelLeftOpen size={16} aria-hidden /></IconButton>
        {editable && <IconButton label={t.palette} onClick={() => set({ leftOpen: true, left: 'add' })}><Shapes size={16} aria-hidden /></IconButton>}
        <IconButton label={t.outline} onClick={() => set({ leftOpen: true, left: 'outline' })}><ListTree size={16} aria-hidden /></IconButton>
      </nav>
    );
  }
  return (
    <nav className="left" aria-label={shown === 'add' ? t.palette : t.outline}>
      <div className="left-head">
        <div className="tabs" role="tablist">
          {editable && <button type="button" role="tab" aria-selected={shown === 'add'} onClick={() => set({ left: 'add' })}>{t.palette}</button>}
          <button type="button" role="tab" aria-selected={shown === 'outline'} onClick={() => set({ left: 'outline' })}>{t.outline}</button>
        </div>
        <IconButton label={t.collapse} onClick={() => set({ leftOpen: false })}><PanelLeftClose size={16} aria-hidden /></IconButton>
      </div>
      {shown === 'add' ? <Palette /> : <Outline />}
    </nav>
  );
}

/** Nothing drawn yet: say how to begin, and offer it. */
function Empty() {
  const empty = useCanvas((state) => state.graph.nodes.length === 0);
  const editable = useCanvas(canEdit);
  const activities = useCanvas((state) => state.activities);
  if (!empty || !editable) return null;
  const starts = activities.filter((one) => one.start && one.placeable);
  return (
    <div className="empty">
      <div className="empty-box">
        <h2>{t.emptyTitle}</h2>
        <p>{starts.length ? t.emptyText : t.noStarts}</p>
        <div className="starts">
          {starts.map((one) => (
            <button key={one.type} type="button" className="start" onClick={() => add(one, { kind: 'free', position: { x: 0, y: 0 } })}>
              <Tile icon={one.icon} category="start" />
              <span><strong>{one.label}</strong><small>{one.description}</small></span>
            </button>
          ))}
        </div>
      </div>
    </div>
  );
}

function MoveMode() {
  const on = useCanvas((state) => state.moveMode);
  return on ? <div className="mode" role="status">{t.moveMode}</div> : null;
}

function Toasts() {
  const toasts = useCanvas((state) => state.toasts);
  const announcement = useCanvas((state) => state.announcement);
  return (
    <>
      <div className="notices">{toasts.map((one) => <div key={one.id} className={`notice is-${one.tone}`}>{one.text}</div>)}</div>
      <div className="unseen" role="status" aria-live="polite">{announcement}</div>
    </>
  );
}

function Skeleton() {
  return (
    <div className="app is-loading" aria-busy="true" aria-label={t.loading}>
      <div className="top"><i className="bone" style={{ width: 220 }} /><span className="top-space" /><i className="bone" style={{ width: 140 }} /></div>
      <div className="work">
        <div className="left"><i className="bone" /><i className="bone" /><i className="bone" /><i className="bone" /></div>
        <div className="stage"><div className="bones"><i className="bone node" /><i className="bone node" /><i className="bone node" /></div></div>
      </div>
    </div>
  );
}

function Failed() {
  const failure = useCanvas((state) => state.failure);
  return (
    <div className="failed" role="alert">
      <TriangleAlert size={28} aria-hidden />
      <h1>{t.loadFailed}</h1>
      <p>{failure}</p>
      <div>
        <Button tone="primary" onClick={() => void load()}><RotateCw size={15} aria-hidden /> {t.retry}</Button>
        <a className="button is-plain" href={boot.urls.journeys}>{t.back}</a>
      </div>
    </div>
  );
}

/** Below 1100 px the list on the left makes room. */
function useNarrow(): void {
  useEffect(() => {
    const narrow = window.matchMedia('(max-width: 1099px)');
    const follow = (): void => set({ leftOpen: !narrow.matches });
    narrow.addEventListener('change', follow);
    return () => narrow.removeEventListener('change', follow);
  }, []);
}
