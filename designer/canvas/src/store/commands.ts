/** What a person can do, each as one verb. Every change of the draft goes through `put`, so undo and saving see all of it. */
import { copy, paste, toText } from '../graph/clipboard';
import * as change from '../graph/edit';
import { boxOf, endTags } from '../graph/geometry';
import { emptyHistory, record, redo as redone, undo as undone } from '../graph/history';
import { layout } from '../graph/layout';
import { edgesAt, edgesFrom, edgesInto, nodeById } from '../graph/lookup';
import { openPorts, portsOf } from '../graph/ports';
import { usedNow } from '../graph/offered';
import { brought, mayPlace, mayStandAt, type Refusal } from '../graph/rules';
import { nameOf } from '../graph/summary';
import { edgeId, endId, sameOutlet, type Activity, type Draft, type Graph, type GraphEdge, type Outlet, type Position, type Settings } from '../graph/types';
import { t } from '../messages';
import { announce, canEdit, canLabel, draftOf, get, MAX_ACTIVITIES, set, toast, type Place } from './canvas';
import { keepClip, readClip } from './clips';
import { draftChanged } from './session';

const nothing: ReadonlySet<string> = new Set();

interface EditOptions {
  /** Changes with the same key that follow closely are one undo step. */
  key?: string;
  /** A label may change in every status; the rest only in a draft. */
  label?: boolean;
}

export function edit(next: Graph | ((graph: Graph) => Graph), options: EditOptions = {}): boolean {
  const state = get();
  if (!(options.label ? canLabel(state) : canEdit(state))) return false;
  const graph = typeof next === 'function' ? next(state.graph) : next;
  if (graph === state.graph) return false;
  put({ ...draftOf(state), graph }, options.key);
  return true;
}

/** The next state of the draft, remembered for undo and on its way to the server. */
function put(next: Draft, key?: string): void {
  const state = get();
  set({ ...next, history: record(state.history, draftOf(state), key ?? null, Date.now()) });
  prune();
  draftChanged();
}

/** What is chosen must exist. */
function prune(): void {
  const { graph, nodes, edges, port, catalogue } = get();
  const kept = new Set([...nodes].filter((id) => nodeById(graph, id)));
  const all = new Set(graph.edges.map(edgeId));
  const keptEdges = new Set([...edges].filter((id) => all.has(id)));
  const source = port && nodeById(graph, port.node);
  const keptPort = port && source && openPorts(catalogue, graph, source).some((one) => sameOutlet(one, port)) ? port : null;
  if (kept.size !== nodes.size || keptEdges.size !== edges.size || keptPort !== port) set({ nodes: kept, edges: keptEdges, port: keptPort });
}

export const undo = (): void => travel(undone, t.undo);
export const redo = (): void => travel(redone, t.redo);

function travel(way: typeof undone<Draft>, said: string): void {
  const state = get();
  const step = canEdit(state) && way(state.history, draftOf(state));
  if (!step) return;
  set({ ...step.present, history: step.history });
  prune();
  draftChanged();
  announce(said);
}

export const forget = (): void => set({ history: emptyHistory() });

// Choosing

export const select = (nodes: Iterable<string>, edges: Iterable<string> = []): void => set({ nodes: new Set(nodes), edges: new Set(edges), port: null });
export const selectPort = (port: Outlet): void => set({ nodes: nothing, edges: nothing, port });
export const clear = (): void => set({ nodes: nothing, edges: nothing, port: null, menu: null });
/** The properties of the journey: they are shown while nothing is chosen. */
export function showProperties(open = true): void {
  clear();
  set(open ? { propertiesOpen: true, people: null } : { propertiesOpen: false });
}
export const selectAll = (): void => select(get().graph.nodes.map((node) => node.id));

/** Asks the canvas to bring something into view and put the focus on it; the canvas listens. */
type Reveal = { id: string; focus: boolean; zoom?: boolean };
const listeners = new Set<(what: Reveal) => void>();
export const onReveal = (listener: (what: Reveal) => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const reveal = (id: string, focus = true): void => {
  for (const listener of listeners) listener({ id, focus });
};

export function choose(id: string, focus = true): void {
  select([id]);
  reveal(id, focus);
}

export function goToProblem(problem: { node: string | null; field: string | null }): void {
  if (!problem.node) {
    showProperties();
    set({ focusField: problem.field ? { node: '', field: problem.field, at: Date.now() } : null });
    return;
  }
  select([problem.node]);
  set({ focusField: problem.field ? { node: problem.node, field: problem.field, at: Date.now() } : null });
  reveal(problem.node, !problem.field);
}

// Adding

function refused(why: string): undefined {
  toast(why, 'bad');
  return undefined;
}

const roomFor = (n = 1): boolean => get().graph.nodes.length + n <= MAX_ACTIVITIES * 20;

/** May a step of this activity stand in this place? */
export function fits(activity: Activity, place: Place): boolean {
  const { catalogue, graph } = get();
  switch (place.kind) {
    case 'free': return mayPlace(catalogue, graph, activity);
    case 'port': return mayStandAt(catalogue, graph, activity, place.outlet);
    case 'line': {
      const siblings = edgesAt(graph, place.edge.from);
      return activity.placeable && activity.in_flow && !brought(catalogue, graph, place.edge.from.node) && (siblings.length === 1 || activity.passive);
    }
  }
}

export function add(activity: Activity, place: Place): string | undefined {
  const { catalogue, graph } = get();
  if (!canEdit(get())) return undefined;
  if (!roomFor()) return refused(t.full(MAX_ACTIVITIES));
  if (!fits(activity, place)) return refused(place.kind === 'free' && activity.in_flow ? t.startFirst : activity.start && !activity.in_flow ? t.startsOnly : t.mayNotStand);
  const made =
    place.kind === 'free'
      ? change.place(graph, activity, place.position)
      : place.kind === 'port'
        ? change.placeAt(catalogue, graph, activity, place.outlet, place.position)
        : change.insertInto(catalogue, graph, activity, place.edge);
  const inOutline = get().menu?.inOutline ?? false;
  edit(change.withBrought(catalogue, made.graph, made.id));
  set((state) => ({ menu: null, recent: usedNow(state.recent, activity.type) }));
  select([made.id]);
  announce(t.added(activity.label));
  requestAnimationFrame(() => {
    reveal(made.id, !inOutline);
    if (inOutline) document.querySelector<HTMLElement>(`.outline [data-key="${CSS.escape(made.id)}"]`)?.focus();
  });
  return made.id;
}

/** Double-click in the palette: the next free port after what is chosen, else after the journey's main way. */
export function addNext(activity: Activity): void {
  const { catalogue, graph, nodes, port, edges } = get();
  if (port && mayStandAt(catalogue, graph, activity, port)) {
    add(activity, { kind: 'port', outlet: port });
    return;
  }
  const line = edges.size === 1 ? graph.edges.find((edge) => edges.has(edgeId(edge))) : undefined;
  if (line && fits(activity, { kind: 'line', edge: line })) {
    add(activity, { kind: 'line', edge: line });
    return;
  }
  const outlet = change.nextFreePort(catalogue, graph, nodes.size === 1 ? [...nodes][0] : undefined) ?? change.nextFreePort(catalogue, graph);
  if (outlet && mayStandAt(catalogue, graph, activity, outlet)) add(activity, { kind: 'port', outlet });
  else add(activity, { kind: 'free', position: freeCorner() });
}

function freeCorner(): Position {
  const { graph, catalogue } = get();
  if (graph.nodes.length === 0) return { x: 0, y: 0 };
  const boxes = graph.nodes.map((node) => boxOf(catalogue, graph, node));
  return { x: Math.min(...boxes.map((box) => box.x)), y: Math.max(...boxes.map((box) => box.y + box.height)) + 48 };
}

// Lines

function applied(next: Graph | Refusal): boolean {
  if (typeof next === 'string') {
    toast(t.refusal[next] ?? next, 'bad');
    return false;
  }
  return edit(next);
}

export const connect = (from: Outlet, to: string): boolean => applied(change.connect(get().catalogue, get().graph, from, to));
export const reconnect = (edge: GraphEdge, from: Outlet, to: string): boolean => applied(change.reconnect(get().catalogue, get().graph, edge, from, to));
export const removeLine = (edge: GraphEdge): boolean => edit((graph) => change.removeEdges(graph, [edgeId(edge)]));

/** Dropped somewhere: an unconnected step that lands on a line or an End tag is linked there. */
export function settle(moves: ReadonlyMap<string, Position>, onto: { edge?: GraphEdge; end?: Outlet }): void {
  const { catalogue, graph } = get();
  let next = change.moveTo(graph, moves);
  const [id] = moves.size === 1 ? [...moves.keys()] : [];
  if (id && onto.edge && isLoose(id)) next = change.joinInto(catalogue, next, id, onto.edge);
  else if (id && onto.end && edgesInto(graph, id).length === 0) next = change.joinEnd(catalogue, next, id, onto.end);
  edit(next);
}

export const isLoose = (id: string): boolean => {
  const { graph, catalogue } = get();
  const node = nodeById(graph, id);
  return Boolean(node && edgesInto(graph, id).length === 0 && edgesFrom(graph, id).length === 0 && catalogue.get(node.type)?.in_flow);
};

// Steps

export const setLabel = (id: string, label: string): boolean => edit((graph) => change.setLabel(graph, id, label), { key: `label:${id}`, label: true });
export const setDescription = (id: string, text: string): boolean =>
  edit((graph) => change.setDescription(graph, id, text), { key: `description:${id}`, label: true });
export const setEndLabel = (outlet: Outlet, label: string): boolean =>
  edit((graph) => change.setEndLabel(graph, outlet, label), { key: `end:${endId(outlet)}`, label: true });
export const setSettings = (id: string, settings: Settings, field?: string): boolean =>
  edit((graph) => change.setSettings(get().catalogue, graph, id, settings), { key: field ? `settings:${id}:${field}` : undefined });

export function removeChosen(): void {
  const { nodes, edges, catalogue, graph } = get();
  if (!canEdit(get()) || nodes.size + edges.size === 0) return;
  const back = nodes.size ? [...nodes].flatMap((id) => edgesInto(graph, id).map((edge) => edge.from.node)).find((id) => !nodes.has(id)) : undefined;
  edit((now) => change.removeNodes(catalogue, change.removeEdges(now, edges), nodes));
  if (nodes.size) announce(t.deleted(nodes.size));
  clear();
  if (back) reveal(back);
}

export function remove(id: string): void {
  select([id]);
  removeChosen();
}

export function tidy(): void {
  edit((graph) => layout(get().catalogue, graph));
}

export function moveBy(dx: number, dy: number): void {
  const { nodes, graph } = get();
  const moves = new Map<string, Position>();
  for (const id of nodes) {
    const node = nodeById(graph, id);
    if (node) moves.set(id, { x: node.position.x + dx, y: node.position.y + dy });
  }
  edit(change.moveTo(graph, moves), { key: `move:${[...nodes].join()}` });
}

// The journey

/** The properties with the value of one field put in; `alone`, a step of its own for undo. */
export function setProperties(properties: Settings, field?: string): void {
  const state = get();
  if (canEdit(state)) put({ ...draftOf(state), properties }, field && `property:${field}`);
}

// Clipboard

export function copyChosen(): string | undefined {
  const { catalogue, graph, nodes } = get();
  if (nodes.size === 0) return undefined;
  const text = toText(copy(catalogue, graph, nodes));
  keepClip(text);
  toast(t.copiedSteps(nodes.size));
  return text;
}

export function cutChosen(): string | undefined {
  const text = copyChosen();
  if (text) removeChosen();
  return text;
}

export async function pasteClip(pasted?: string, at?: Position): Promise<void> {
  if (!canEdit(get())) return;
  const clip = await readClip(pasted);
  if (!clip) {
    toast(t.nothingToPaste);
    return;
  }
  if (!roomFor(clip.nodes.length)) return void refused(t.full(MAX_ACTIVITIES));
  const { catalogue, graph, port } = get();
  const done = paste(catalogue, graph, clip, { outlet: port ?? undefined, at: port ? undefined : at });
  edit(done.graph);
  select(done.ids);
  toast(port && done.graph.edges.some((edge) => sameOutlet(edge.from, port)) ? t.linked : t.pasted(done.ids.length));
  requestAnimationFrame(() => reveal(done.ids[0]));
}

export function duplicateChosen(): void {
  const { catalogue, graph, nodes } = get();
  if (nodes.size === 0 || !canEdit(get())) return;
  const clip = copy(catalogue, graph, nodes);
  const boxes = clip.nodes.map((node) => boxOf(catalogue, graph, node));
  const at = { x: Math.min(...boxes.map((box) => box.x)) + 24, y: Math.max(...boxes.map((box) => box.y + box.height)) + 24 };
  const done = paste(catalogue, graph, clip, { at });
  edit(done.graph);
  select(done.ids);
}

// Keyboard: walking along the lines

/** Right: what comes next. Left: what came before. Up and down: the other ways out of the same step. */
export function walk(from: string, direction: 'left' | 'right' | 'up' | 'down'): string | undefined {
  const { catalogue, graph } = get();
  const endOutlet = from.startsWith('end:') ? endTags(catalogue, graph).find((tag) => tag.id === from)?.outlet : undefined;
  const targets = (id: string): string[] => {
    const node = nodeById(graph, id);
    if (!node) return [];
    return portsOf(catalogue, graph, node).flatMap((port) => {
      const outlet = { node: id, port: port.name };
      const edges = edgesAt(graph, outlet);
      return edges.length ? edges.map((edge) => edge.to) : [endId(outlet)];
    });
  };
  const parents = endOutlet ? [endOutlet.node] : edgesInto(graph, from).map((edge) => edge.from.node);
  switch (direction) {
    case 'right': return endOutlet ? undefined : targets(from)[0];
    case 'left': return parents[0];
    default: {
      const shift = direction === 'up' ? -1 : 1;
      const family = parents.length ? targets(parents[0]) : graph.nodes.filter((node) => edgesInto(graph, node.id).length === 0).map((node) => node.id);
      const at = family.indexOf(from);
      return at < 0 ? undefined : family[at + shift];
    }
  }
}

export const nodeName = (id: string): string => {
  const { graph, catalogue } = get();
  const node = nodeById(graph, id);
  return node ? nameOf(catalogue.get(node.type), node) : id;
};
