/** Above the canvas: what this is, in which state, and what can be done with the whole of it. */
import { AlertTriangle, ArrowLeft, Cloud, CloudAlert, CloudOff, CloudUpload, Ellipsis, LayoutGrid, Lock, LogOut, Redo2, SlidersHorizontal, Undo2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { dateTime, t } from '../messages';
import { boot } from '../store/boot';
import { canEdit, get, MAX_ACTIVITIES, set, useCanvas } from '../store/canvas';
import { goToProblem, redo, showProperties, tidy, undo } from '../store/commands';
import { saveJourney, saver } from '../store/session';
import { makeVersion } from '../store/versions';
import { Button, IconButton, MenuButton, type MenuItem } from './ui';
import { PayloadMark } from './PayloadMark';
import { Versions } from './Versions';

export function TopBar() {
  const version = useCanvas((state) => state.version);
  const activities = useCanvas((state) => state.graph.nodes.length);
  const editable = useCanvas(canEdit);
  const past = useCanvas((state) => state.history.past.length);
  const future = useCanvas((state) => state.history.future.length);
  const propertiesShown = useCanvas((state) => state.propertiesOpen && !state.people && state.nodes.size === 0 && state.edges.size === 0 && !state.port);
  if (!version) return null;
  const draft = version.status === 'draft';
  return (
    <header className="top">
      <a className="icon-button" href={boot.urls.journeys} aria-label={t.back} title={t.back}><ArrowLeft size={17} aria-hidden /></a>
      <NameField />
      <Versions />
      {draft && editable ? <SaveMark /> : <span className="read-only" title={draft ? t.readOnlyNoRight : t.readOnlyHint}><Lock size={12} aria-hidden /><span>{t.readOnly}</span></span>}
      {!draft && <LabelSaveMark />}
      <span className="top-space" />
      <span className={`counter ${activities > MAX_ACTIVITIES ? 'is-over' : ''}`} title={t.counterHint(activities, MAX_ACTIVITIES)}>
        <LayoutGrid size={13} aria-hidden />{t.counter(activities, MAX_ACTIVITIES)}
      </span>
      {editable && (
        <span className="top-group">
          <IconButton label={t.undo} keys="Ctrl Z" disabled={!past} onClick={undo}><Undo2 size={16} aria-hidden /></IconButton>
          <IconButton label={t.redo} keys="Ctrl Shift Z" disabled={!future} onClick={redo}><Redo2 size={16} aria-hidden /></IconButton>
          <IconButton className="is-spare" label={t.tidy} keys="Ctrl Shift L" disabled={!activities} onClick={tidy}><TidyIcon /></IconButton>
        </span>
      )}
      {editable && <PayloadMark />}
      <ProblemsButton />
      <ExitButton />
      <IconButton className="is-spare" label={t.properties} pressed={propertiesShown} onClick={() => showProperties(!propertiesShown)}><SlidersHorizontal size={16} aria-hidden /></IconButton>
      <MoreMenu />
      {draft && version.permissions.publish !== false && <PublishButton />}
    </header>
  );
}

const TidyIcon = () => (
  <svg width="16" height="16" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" aria-hidden>
    <rect x="2.5" y="9" width="6" height="6" rx="1.5" /><rect x="15.5" y="3" width="6" height="6" rx="1.5" /><rect x="15.5" y="15" width="6" height="6" rx="1.5" />
    <path d="M8.5 12h2.5a1.5 1.5 0 0 0 1.5-1.5V7.5A1.5 1.5 0 0 1 14 6h1.5M11 12a1.5 1.5 0 0 1 1.5 1.5v3A1.5 1.5 0 0 0 14 18h1.5" />
  </svg>
);

function NameField() {
  const name = useCanvas((state) => state.version?.journey.name ?? '');
  const may = useCanvas((state) => Boolean(state.version?.permissions.rename ?? state.version?.permissions.edit));
  const [draft, setDraft] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const done = (): void => {
    const text = draft?.trim();
    setDraft(null);
    if (text && text !== name) void saveJourney({ name: text });
  };
  return (
    <span className="name" data-value={(draft ?? name) || t.untitled}>
      <input
        ref={input}
        value={draft ?? name}
        placeholder={t.untitled}
        aria-label={t.nameOfJourney}
        readOnly={!may}
        spellCheck={false}
        size={1}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={done}
        onKeyDown={(event) => {
          if (event.key === 'Enter') input.current?.blur();
          if (event.key === 'Escape') {
            setDraft(null);
            requestAnimationFrame(() => input.current?.blur());
          }
        }}
      />
    </span>
  );
}

function SaveMark() {
  const state = useCanvas((one) => one.saving);
  const error = useCanvas((one) => one.saveError);
  const at = useCanvas((one) => one.savedAt);
  const by = useCanvas((one) => one.version?.saved_by ?? '');
  const text = { saved: t.saved, waiting: t.waiting, saving: t.saving, offline: t.offline, conflict: t.conflict, failed: t.notSaved }[state];
  const Icon = { saved: Cloud, waiting: CloudUpload, saving: CloudUpload, offline: CloudOff, conflict: CloudAlert, failed: CloudAlert }[state];
  return (
    <span className={`save-mark is-${state}`} role="status" title={error || (at ? t.savedAt(dateTime(at), by) : '')} data-save={state}>
      <Icon size={14} aria-hidden /><span>{text}</span>
      {(state === 'offline' || state === 'failed') && <button type="button" className="link" onClick={() => saver.resume()}>{t.retry}</button>}
    </span>
  );
}

/** Of a version that is not a draft only labels are saved; nothing to show while all is well. */
function LabelSaveMark() {
  const state = useCanvas((one) => one.saving);
  return state === 'saved' ? null : <SaveMark />;
}

function ProblemsButton() {
  const problems = useCanvas((state) => state.problems);
  const open = useCanvas((state) => state.problemsOpen);
  const errors = problems.filter((one) => one.severity === 'error').length;
  const warnings = problems.length - errors;
  if (problems.length === 0 && !open) return null;
  return (
    <button
      type="button"
      className={`problems-button ${errors ? 'is-error' : warnings ? 'is-warning' : ''}`}
      aria-pressed={open}
      aria-label={`${t.problems}: ${t.problemsCount(errors, warnings)}`}
      title={t.problemsCount(errors, warnings)}
      onClick={() => set({ problemsOpen: !open, problemsReason: '', comparison: null })}
    >
      <AlertTriangle size={14} aria-hidden /><span>{errors + warnings}</span>
    </button>
  );
}

/** How many ways there are for people to leave early; leads to where they are said. */
function ExitButton() {
  const byEvent = useCanvas((state) => (Array.isArray(state.properties.exit_criteria) ? state.properties.exit_criteria.length : 0));
  const byAttribute = useCanvas((state) => (state.version?.attribute_exit ? 1 : 0));
  const label = t.exitCriteria(byEvent + byAttribute);
  return (
    <button type="button" className="icon-button is-spare is-counted" aria-label={label} title={label} onClick={() => goToProblem({ node: null, field: 'exit_criteria' })}>
      <LogOut size={16} aria-hidden />{byEvent + byAttribute > 0 && <span>{byEvent + byAttribute}</span>}
    </button>
  );
}

function PublishButton() {
  const errors = useCanvas((state) => state.problems.some((one) => one.severity === 'error'));
  const empty = useCanvas((state) => state.graph.nodes.length === 0);
  return (
    <Button
      tone="primary"
      disabled={empty}
      onClick={() => {
        if (errors) set({ problemsOpen: true, problemsReason: t.mendFirst, comparison: null });
        else set({ dialog: { kind: 'move', move: 'publish' } });
      }}
    >
      {t.publish}
    </Button>
  );
}

function MoreMenu() {
  const version = useCanvas((state) => state.version);
  if (!version) return null;
  const may = version.permissions;
  const items: (MenuItem | 'line')[] = [];
  if (may.new_version) items.push({ key: 'new', label: t.newVersion, run: () => void makeVersion() });
  if (may.duplicate) items.push({ key: 'duplicate', label: t.duplicate, run: () => set({ dialog: { kind: 'duplicate' } }) });
  items.push({ key: 'properties', label: t.properties, run: () => showProperties() });
  items.push({ key: 'find', label: t.find, hint: 'Ctrl F', run: () => set({ findOpen: true }) });
  items.push({ key: 'keys', label: t.keyboard, hint: '?', run: () => set({ dialog: { kind: 'keys' } }) });
  if (may.pause || may.resume || may.close || may.stop) items.push('line');
  if (may.pause) items.push({ key: 'pause', label: t.pause, run: () => set({ dialog: { kind: 'move', move: 'pause' } }) });
  if (may.resume) items.push({ key: 'resume', label: t.resume, run: () => set({ dialog: { kind: 'move', move: 'resume' } }) });
  if (may.close) items.push({ key: 'close', label: t.closeEntrances, run: () => set({ dialog: { kind: 'move', move: 'close' } }) });
  if (may.stop) items.push({ key: 'stop', label: t.stop, danger: true, run: () => set({ dialog: { kind: 'move', move: 'stop' } }) });
  return <MenuButton label={t.menu} items={items}><Ellipsis size={17} aria-hidden /></MenuButton>;
}

/** A new journey opens with its properties, so that it gets a name. */
export function useFirstLook(): void {
  const phase = useCanvas((state) => state.phase);
  useEffect(() => {
    const { graph, version } = get();
    if (phase === 'ready' && graph.nodes.length === 0 && !version?.journey.description && window.innerWidth >= 1280) showProperties();
  }, [phase]);
}
