/** The document on the screen and what the person is doing with it. Components read narrow slices; commands change it. */
import { create } from 'zustand';
import type { Change, ChangeKind } from '../graph/changes';
import { emptyHistory, type History } from '../graph/history';
import { emptyGraph, type Activity, type Catalogue, type Draft, type Graph, type GraphEdge, type Outlet, type Position, type Problem, type Schema, type Settings } from '../graph/types';
import type { AttributeExitInfo, EventDefinition, Move, VersionInfo } from './api';
import { keptList } from './kept';
import type { SaveState } from './saver';

export const MAX_ACTIVITIES = 50;

/** Where a new step would go. */
export type Place =
  | { kind: 'port'; outlet: Outlet; position?: Position }
  | { kind: 'line'; edge: GraphEdge }
  | { kind: 'free'; position: Position };

export interface AddMenu {
  place: Place;
  /** Screen position of its top left corner. */
  at: Position;
  /** Opened from the outline: whoever works there stays there. */
  inOutline?: boolean;
}

export type Dialog =
  | { kind: 'move'; move: Move }
  | { kind: 'duplicate' }
  | { kind: 'connect'; node: string; port?: string }
  | { kind: 'preview'; node: string }
  | { kind: 'keys' };

export interface PeopleQuery {
  node?: string;
  state: string;
  title: string;
}

/** What is done otherwise here than in another version; `marks`, for the steps. */
export interface Comparison {
  since: { id: string; number: string };
  changes: readonly Change[];
  marks: ReadonlyMap<string, ChangeKind>;
}

export interface Conflict extends Draft {
  revision: number;
  by: string;
  at: string;
}

export interface Toast {
  id: number;
  text: string;
  tone: 'plain' | 'bad' | 'ok';
}

export interface CanvasState {
  phase: 'loading' | 'ready' | 'failed';
  failure: string;

  activities: readonly Activity[];
  catalogue: Catalogue;
  events: readonly EventDefinition[];
  propertiesSchema: Schema;
  version: VersionInfo | null;

  graph: Graph;
  properties: Settings;
  /** Who is to leave by an attribute, until that is put into force; nobody (null); undefined when nothing was changed. */
  attributeExit: AttributeExitInfo | null | undefined;
  history: History<Draft>;
  problems: readonly Problem[];
  revision: number;
  saving: SaveState;
  saveError: string;
  savedAt: string;
  conflict: Conflict | null;

  /** Chosen nodes, chosen lines, and the one open port (End tag). */
  nodes: ReadonlySet<string>;
  edges: ReadonlySet<string>;
  port: Outlet | null;
  /** A field to put the cursor in, after a click on a problem; without a node it is a property of the journey. */
  focusField: { node: string; field: string; at: number } | null;

  /** Shown while nothing is chosen. */
  propertiesOpen: boolean;
  problemsOpen: boolean;
  problemsReason: string;
  comparison: Comparison | null;
  left: 'add' | 'outline';
  leftOpen: boolean;
  menu: AddMenu | null;
  dialog: Dialog | null;
  people: PeopleQuery | null;
  followOpen: boolean;
  findOpen: boolean;
  /** What the palette leaves out. */
  onlyAvailable: boolean;
  onlyRecent: boolean;
  /** The kinds of steps used last. */
  recent: readonly string[];
  /** Groups of the palette that are folded. */
  folded: readonly string[];
  /** Whether the technical details of whatever is chosen are shown. */
  technical: boolean;
  grid: boolean;
  minimap: boolean;
  selecting: boolean;
  moveMode: boolean;
  /** Looked at from so far that numbers cannot be read. */
  far: boolean;
  dropEdge: string | null;
  dropEnd: string | null;
  toasts: readonly Toast[];
  announcement: string;
}

export const stored = (key: string, otherwise: boolean): boolean => {
  try {
    const value = localStorage.getItem(`journeyopt.canvas.${key}`);
    return value === null ? otherwise : value === '1';
  } catch {
    return otherwise;
  }
};

export function remember(key: string, value: boolean): void {
  try {
    localStorage.setItem(`journeyopt.canvas.${key}`, value ? '1' : '0');
  } catch {
    // A browser that stores nothing still edits journeys.
  }
}

const none: ReadonlySet<string> = new Set();

export const useCanvas = create<CanvasState>(() => ({
  phase: 'loading',
  failure: '',
  activities: [],
  catalogue: new Map(),
  events: [],
  propertiesSchema: {},
  version: null,
  graph: emptyGraph,
  properties: {},
  attributeExit: undefined,
  history: emptyHistory<Draft>(),
  problems: [],
  revision: 0,
  saving: 'saved',
  saveError: '',
  savedAt: '',
  conflict: null,
  nodes: none,
  edges: none,
  port: null,
  focusField: null,
  propertiesOpen: false,
  problemsOpen: false,
  problemsReason: '',
  comparison: null,
  left: 'add',
  leftOpen: window.innerWidth >= 1100,
  menu: null,
  dialog: null,
  people: null,
  followOpen: false,
  findOpen: false,
  onlyAvailable: stored('only-available', true),
  onlyRecent: stored('only-recent', false),
  recent: keptList('recent'),
  folded: keptList('folded'),
  technical: stored('technical', false),
  grid: stored('grid', true),
  minimap: stored('minimap', true),
  selecting: false,
  moveMode: false,
  far: false,
  dropEdge: null,
  dropEnd: null,
  toasts: [],
  announcement: '',
}));

export const get = useCanvas.getState;
export const set = useCanvas.setState;

/** What is undone and saved as one. */
export const draftOf = ({ graph, properties }: CanvasState): Draft => ({ graph, properties });

export const isDraft = (state: CanvasState): boolean => state.version?.status === 'draft';
export const canEdit = (state: CanvasState): boolean => isDraft(state) && state.version?.permissions.edit !== false;
/** Labels, descriptions and the name may change in every status. */
export const canLabel = (state: CanvasState): boolean => canEdit(state) || Boolean(state.version?.permissions.rename);
export const isLive = (state: CanvasState): boolean => Boolean(state.version && state.version.status !== 'draft');

let toastNumber = 0;

export function toast(text: string, tone: Toast['tone'] = 'plain'): void {
  toastNumber += 1;
  const id = toastNumber;
  set((state) => ({ toasts: [...state.toasts.slice(-2), { id, text, tone }], announcement: text }));
  setTimeout(() => set((state) => ({ toasts: state.toasts.filter((one) => one.id !== id) })), tone === 'bad' ? 6000 : 3000);
}

/** Said by screen readers, not shown. */
export const announce = (text: string): void => set({ announcement: text });
