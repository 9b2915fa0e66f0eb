/** Loading a version and keeping it saved. */
import { emptyHistory } from '../graph/history';
import { saidAnew } from '../graph/problems';
import { readGraph, readProperties, type Graph } from '../graph/types';
import { t } from '../messages';
import { api, ApiError, backoff, type JourneyPatch } from './api';
import { draftOf, get, isDraft, remember, set, toast, useCanvas } from './canvas';
import { createSaver, type SaveResult } from './saver';
import { copy, toText } from '../graph/clipboard';
import { keepClip } from './clips';
import { keepList } from './kept';

let sentLabels: Graph | null = null;

async function sendDraft(): Promise<SaveResult> {
  const state = get();
  try {
    const answer = await api.saveDraft(draftOf(state), state.revision);
    set({ revision: answer.revision, problems: answer.problems ?? [], savedAt: answer.saved_at ?? new Date().toISOString(), saveError: '' });
    return { kind: 'saved' };
  } catch (error) {
    return judge(error);
  }
}

async function sendLabels(): Promise<SaveResult> {
  const { graph } = get();
  const before = new Map((sentLabels?.nodes ?? []).map((node) => [node.id, node]));
  const changed = graph.nodes.filter((node) => {
    const old = before.get(node.id);
    return !old || old.label !== node.label || old.description !== node.description;
  });
  try {
    await api.saveLabels(Object.fromEntries(changed.map((node) => [node.id, { label: node.label, description: node.description }])), graph.ends);
    sentLabels = graph;
    set({ savedAt: new Date().toISOString(), saveError: '' });
    return { kind: 'saved' };
  } catch (error) {
    return judge(error);
  }
}

function judge(error: unknown): SaveResult {
  if (!(error instanceof ApiError)) {
    set({ saveError: String(error) });
    return { kind: 'failed' };
  }
  const { status, body } = error;
  if (status === 412 && body.current) {
    set({
      conflict: {
        revision: body.current.revision,
        graph: readGraph(body.current.graph),
        properties: readProperties(body.current.properties),
        by: body.current.saved_by ?? '',
        at: body.current.saved_at ?? '',
      },
    });
    return { kind: 'conflict' };
  }
  if (status === 401 || (status === 403 && /log|auth|csrf/i.test(body.code ?? ''))) {
    set({ saveError: t.signIn });
    return { kind: 'retry' };
  }
  if (error.passing) {
    set({ saveError: status === 0 ? t.network : error.message });
    return { kind: 'retry' };
  }
  if (status === 400 && body.problems?.length) set({ problems: body.problems });
  if (status === 413 && body.problems?.length) set({ problems: saidAnew(get().problems, body.problems) });
  set({ saveError: status === 409 ? t.noDraft : status === 413 ? t.tooLarge : error.message });
  toast(get().saveError, 'bad');
  return { kind: 'failed' };
}

export const saver = createSaver({
  send: () => (isDraft(get()) ? sendDraft() : sendLabels()),
  onState: (saving) => set({ saving }),
  backoff,
});

/** After a failure that a further change may cure (too large, refused), the next change tries again. */
export function draftChanged(): void {
  if (get().saving === 'failed') saver.resume();
  saver.changed();
}

/** Reads the version. `quiet`: what is on the screen stays there until the answer comes. */
export async function load({ quiet = false } = {}): Promise<void> {
  if (!quiet) set({ phase: 'loading', failure: '' });
  try {
    const [catalogue, events, version] = await Promise.all([api.activities(), api.events().catch(() => ({ results: [] })), api.version()]);
    const graph = readGraph(version.graph);
    sentLabels = graph;
    saver.settle();
    set({
      phase: 'ready',
      activities: catalogue.activities,
      catalogue: new Map(catalogue.activities.map((activity) => [activity.type, activity])),
      events: events.results,
      propertiesSchema: catalogue.properties_schema ?? {},
      version,
      graph,
      properties: readProperties(version.properties),
      attributeExit: undefined,
      history: emptyHistory(),
      problems: version.problems ?? [],
      revision: version.revision,
      savedAt: version.saved_at ?? '',
      saving: 'saved',
      saveError: '',
      conflict: null,
      nodes: new Set(),
      edges: new Set(),
      port: null,
    });
    document.title = `${version.journey.name || t.untitled} · ${t.app}`;
  } catch (error) {
    set({ phase: 'failed', failure: error instanceof Error ? error.message : String(error) });
  }
}

/** Status, permissions and pause as they are now, of a version that is no draft: its steps stay as they are here. */
export async function refresh(): Promise<void> {
  const version = await api.version().catch(() => null);
  const before = get().version;
  if (!version || !before || version.status === 'draft' || JSON.stringify(version) === JSON.stringify(before)) return;
  set({ version: { ...version, journey: before.journey } });
}

export function settleConflict(choice: 'mine' | 'theirs' | 'copy'): void {
  const { conflict, graph, history, catalogue } = get();
  if (!conflict) return;
  const theirs = { graph: conflict.graph, properties: conflict.properties };
  if (choice === 'mine') {
    set({ revision: conflict.revision, conflict: null, history: { ...history, past: [...history.past, theirs], future: [], key: null } });
    saver.resume();
    return;
  }
  if (choice === 'copy') keepClip(toText(copy(catalogue, graph, graph.nodes.map((node) => node.id))));
  set({
    ...theirs,
    revision: conflict.revision,
    history: { ...history, past: [...history.past, draftOf(get())], future: [], key: null },
    conflict: null,
    nodes: new Set(),
    edges: new Set(),
    port: null,
  });
  saver.settle();
  void api.version().then((version) => set({ problems: version.problems ?? [] })).catch(() => undefined);
}

let journeySaved: Promise<unknown> = Promise.resolve();

/** Name, description, tags: shown at once, sent one after the other. */
export async function saveJourney(patch: JourneyPatch): Promise<void> {
  const { version } = get();
  if (!version) return;
  const before = version.journey;
  set({ version: { ...version, journey: { ...before, ...patch } } });
  try {
    await (journeySaved = journeySaved.then(() => api.saveJourney(before.id, patch)));
    if (patch.name !== undefined) document.title = `${patch.name} · ${t.app}`;
  } catch (error) {
    journeySaved = Promise.resolve();
    const now = get().version;
    if (now) set({ version: { ...now, journey: before } });
    toast(error instanceof Error ? error.message : String(error), 'bad');
  }
}

export function watchPage(): void {
  window.addEventListener('online', () => saver.resume());
  window.addEventListener('beforeunload', (event) => {
    const { attributeExit, version } = get();
    const open = attributeExit !== undefined && version?.permissions.attribute_exit;
    if (!saver.dirty && !open) return;
    void saver.flush();
    event.preventDefault();
    event.returnValue = t.leave;
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden' && saver.dirty && !get().conflict) void saver.flush();
  });
  keepChoices();
  showOneThing();
}

/** There is one panel: what is chosen takes it from a list of people. */
function showOneThing(): void {
  useCanvas.subscribe((now, before) => {
    const chosen = now.nodes !== before.nodes || now.edges !== before.edges || now.port !== before.port;
    const something = now.nodes.size > 0 || now.edges.size > 0 || now.port !== null;
    if (chosen && something && now.people) set({ people: null });
  });
}

/** Grid, overview map, palette and technical details stay as the person left them. */
function keepChoices(): void {
  useCanvas.subscribe((now, before) => {
    if (now.grid !== before.grid) remember('grid', now.grid);
    if (now.minimap !== before.minimap) remember('minimap', now.minimap);
    if (now.technical !== before.technical) remember('technical', now.technical);
    if (now.onlyAvailable !== before.onlyAvailable) remember('only-available', now.onlyAvailable);
    if (now.onlyRecent !== before.onlyRecent) remember('only-recent', now.onlyRecent);
    if (now.recent !== before.recent) keepList('recent', now.recent);
    if (now.folded !== before.folded) keepList('folded', now.folded);
  });
}
