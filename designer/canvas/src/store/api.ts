/** The one place that speaks HTTP. Reads are tried again when the network or the server fails; writes never by themselves. */
import type { Change } from '../graph/changes';
import type { PlainGroup } from '../graph/rows';
import type { Activity, Draft, Graph, Json, Problem, Schema, Settings } from '../graph/types';
import type { Vocabulary } from '../graph/words';
import { t } from '../messages';
import { boot } from './boot';

export interface ErrorBody {
  code?: string;
  message?: string;
  hint?: string;
  problems?: Problem[];
  current?: { revision: number; graph: unknown; properties?: unknown; saved_by?: string; saved_at?: string };
  [key: string]: unknown;
}

export class ApiError extends Error {
  constructor(readonly status: number, readonly body: ErrorBody) {
    super([body.message ?? (status ? `${t.loadFailed} (${status}).` : t.network), body.hint].filter(Boolean).join(' '));
  }
  /** No answer, or one that may be better next time. */
  get passing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 425 || this.status === 429 || this.status >= 500;
  }
}

interface Options {
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  attempts?: number;
}

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
/** Doubling, with jitter, at most half a minute. */
export const backoff = (attempt: number, random = Math.random): number => Math.min(30_000, 1000 * 2 ** attempt) * (0.5 + random() / 2);

async function once<T>(method: string, path: string, options: Options): Promise<{ data: T; response: Response }> {
  let response: Response;
  try {
    response = await fetch(boot.urls.api.replace(/\/$/, '') + path, {
      method,
      credentials: 'same-origin',
      signal: options.signal,
      headers: {
        Accept: 'application/json',
        ...(options.body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(method === 'GET' ? {} : { 'X-CSRFToken': boot.csrf_token }),
        ...options.headers,
      },
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
    });
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new ApiError(0, {});
  }
  const text = await response.text();
  let data: unknown = {};
  try {
    data = text ? JSON.parse(text) : {};
  } catch {
    if (response.ok) throw new ApiError(response.status || 500, { message: t.loadFailed });
  }
  if (!response.ok) throw new ApiError(response.status, data as ErrorBody);
  return { data: data as T, response };
}

export async function request<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const attempts = options.attempts ?? (method === 'GET' ? 3 : 1);
  for (let attempt = 0; ; attempt += 1) {
    try {
      return (await once<T>(method, path, options)).data;
    } catch (error) {
      if (!(error instanceof ApiError) || !error.passing || attempt + 1 >= attempts) throw error;
      await pause(backoff(attempt) / 2);
    }
  }
}

const query = (values: Record<string, string | undefined>): string => {
  const text = new URLSearchParams(Object.entries(values).filter((pair): pair is [string, string] => Boolean(pair[1]))).toString();
  return text ? `?${text}` : '';
};

export interface Permissions {
  edit?: boolean;
  publish?: boolean;
  pause?: boolean;
  resume?: boolean;
  close?: boolean;
  stop?: boolean;
  attribute_exit?: boolean;
  new_version?: boolean;
  duplicate?: boolean;
  rename?: boolean;
  /** Give everybody one treatment of an experiment. */
  scale?: boolean;
  /** What a field may ask for by `x-needs`. */
  [verb: string]: boolean | undefined;
}

/** The last pause, and what ended it. */
export interface PauseInfo {
  /** Empty once it is over. */
  mode: '' | 'hold' | 'discard';
  paused_at: string;
  paused_by: string | null;
  resumes_at: string | null;
  resumed_at: string | null;
  resumed_by: string | null;
}

/** People of whom the condition is true leave at the next step that acts. */
export interface AttributeExitInfo {
  label: string;
  condition: string;
}

export interface JourneyInfo {
  id: string;
  name: string;
  description: string;
  tags: string[];
}

export type JourneyPatch = Partial<Omit<JourneyInfo, 'id'>>;

export interface VersionInfo {
  id: string;
  number: string;
  status: string;
  revision: number;
  graph: unknown;
  properties?: unknown;
  pause?: PauseInfo | null;
  attribute_exit?: AttributeExitInfo | null;
  problems: Problem[];
  payload_bytes?: number;
  journey: JourneyInfo;
  permissions: Permissions;
  versions: { id: string; number: string; status: string; url?: string }[];
  saved_at?: string | null;
  saved_by?: string | null;
  published_at?: string | null;
  published_by?: string | null;
  /** Live journeys whose jumps lead here. */
  jumped_from?: string[];
}

/** How an experiment stands. Shares and chances are from 0 to 1; `holdout` is [assigned, succeeded] of those kept out. */
export interface Experiment {
  node: string;
  success: string;
  method: string;
  treatments: { id: string; label: string; share: number; assigned: number; succeeded: number; chance: number }[];
  holdout: [number, number] | null;
  winner: string;
  scaled_at: string | null;
  scaled_by: string;
  reweighed_at: string | null;
}

/** A journey that a jump may lead into; `why_not` says what stands against it. */
export interface JumpTarget {
  id: string;
  name: string;
  event: string;
  url: string;
  why_not: string;
  fields: { name: string; type: string }[];
}

export interface EventDefinition {
  id: string;
  name: string;
  description: string;
  type: 'unitary' | 'business';
  id_type?: string;
  namespace?: string;
  rule?: string;
  fields?: { path: string; type: string }[];
}

export interface NodeCounts {
  entered?: number;
  waiting?: number;
  error?: number;
}

export interface Counts {
  journey?: Record<string, number>;
  nodes?: Record<string, NodeCounts>;
  ports?: Record<string, number>;
}

export interface Person {
  instance: string;
  profile_id: string;
  identity: string;
  since: string | null;
  entered_at: string | null;
  state: string;
  url?: string;
}

export interface PersonPath {
  instance: string;
  profile_id: string;
  identity: string;
  state: string;
  steps: { node: string; port: string | null; at: string; status: string; error: string | null }[];
  position: { node: string; port: string | null } | null;
}

export interface ExpressionProblem {
  from: number;
  to: number;
  line?: number;
  column?: number;
  code?: string;
  message: string;
  hint?: string;
}

export interface Preview {
  has_value: boolean;
  value: Json;
  type: string | null;
  is_cut: boolean;
  is_hidden: boolean;
  error: { message: string; hint: string } | null;
  problems: ExpressionProblem[];
  profile: { id: string; identity: string } | null;
  attributes: Record<string, Json>;
  events: Record<string, { payload?: Record<string, Json>; origin: 'given' | 'person' | 'latest' | 'example' }>;
  actions: Record<string, { payload?: Record<string, Json>; origin: 'given' | 'example' }>;
}

export interface RowsAnswer {
  rows?: PlainGroup;
  reason?: { message: string; from: number; to: number; line: number; column: number };
}

export interface Consequences {
  title: string;
  sentences: string[];
  people: number;
  allowed: boolean;
}

export interface Summary {
  id: string;
  status: string;
  number: string;
  url: string;
}

/** A version of the same journey. */
export interface Sibling extends Summary {
  saved_at: string;
  published_at: string | null;
  published_by: string | null;
  people: number;
}

/** A set of people. `size`: how many were in it when it was last evaluated; null: it never was. */
export interface AudienceInfo {
  id: string;
  name: string;
  kind: string;
  evaluation: string;
  size: number;
  evaluated_at: string | null;
}

/** An audience on its way into the journey. `pace`: people a second so far; `told`: why it is as it is, and what to do. */
export interface ReadingInfo {
  id: string;
  state: string;
  told: string;
  due_at: string;
  started_at: string | null;
  total: number;
  read: number;
  entered: number;
  refused: number;
  on_the_way: number;
  rate: number;
  pace: number | null;
  seconds_left: number | null;
}

export interface ReadingsInfo {
  results: ReadingInfo[];
  coming: { at: string; is_paused: boolean }[];
}

/** What is, or was, wrong with a journey while it ran. */
export interface AlertInfo {
  id: string;
  message: string;
  /** It lasts; else it was mended when it was found. */
  goes_on: boolean;
  first_at: string;
}

/** A kind of identity that names people. */
export interface NamespaceInfo {
  code: string;
  title: string;
}

/** How often one person may enter the journeys that carry it; null: as often as it comes. */
export interface RuleSet {
  id: string;
  name: string;
  description: string;
  entries_per_day: number | null;
  entries_per_week: number | null;
  entries_per_month: number | null;
  journeys_at_once: number | null;
}

export type Move = 'publish' | 'pause' | 'resume' | 'close' | 'stop';

const version = `/versions/${encodeURIComponent(boot.version_id)}`;

export const api = {
  activities: () => request<{ activities: Activity[]; properties_schema?: Schema }>('GET', '/activities/'),
  events: () => request<{ results: EventDefinition[] }>('GET', '/event-definitions/'),
  audiences: () => request<{ results: AudienceInfo[] }>('GET', '/audiences/'),
  audienceVocabulary: () => request<Vocabulary>('GET', '/audiences/vocabulary/'),
  audienceRows: (text: string) => request<RowsAnswer>('POST', '/audiences/rows/', { body: { text }, attempts: 2 }),
  namespaces: (of: 'people' | 'things') => request<{ results: NamespaceInfo[] }>('GET', `/namespaces/?of=${of}`),
  ruleSets: () => request<{ results: RuleSet[] }>('GET', '/rule-sets/'),
  version: () => request<VersionInfo>('GET', `${version}/`),
  saveDraft: (draft: Draft, revision: number) =>
    request<{ revision: number; problems: Problem[]; saved_at?: string }>('PUT', `${version}/draft/`, { body: draft, headers: { 'If-Match': `"${revision}"` } }),
  experiments: () => request<{ results: Experiment[] }>('GET', `${version}/experiments/`, { attempts: 1 }),
  scaleTreatment: (node: string, treatment: string) => request<{ results: Experiment[] }>('POST', `${version}/experiments/scale/`, { body: { node, treatment } }),
  readings: () => request<ReadingsInfo>('GET', `/journeys/${encodeURIComponent(boot.journey_id)}/readings/${query({ version: boot.version_id })}`, { attempts: 1 }),
  alerts: () => request<{ results: AlertInfo[] }>('GET', `/journeys/${encodeURIComponent(boot.journey_id)}/alerts/`, { attempts: 1 }),
  dismissAlert: (id: string) => request<unknown>('POST', `/alerts/${encodeURIComponent(id)}/dismiss/`),
  jumpTargets: () => request<{ results: JumpTarget[] }>('GET', `${version}/jump-targets/`),
  saveLabels: (nodes: Record<string, { label: string; description: string }>, ends: Graph['ends']) =>
    request<Record<string, unknown>>('PUT', `${version}/labels/`, { body: { nodes, ends } }),
  saveJourney: (id: string, patch: JourneyPatch) => request<JourneyInfo>('PATCH', `/journeys/${encodeURIComponent(id)}/`, { body: patch }),
  tags: () => request<{ results: string[] }>('GET', '/tags/'),
  setAttributeExit: (criterion: AttributeExitInfo) => request<Summary>('PUT', `${version}/attribute-exit/`, { body: criterion }),
  consequences: (move: Move) => request<Consequences>('GET', `${version}/consequences/${query({ move })}`),
  move: (move: Move, how: { mode?: string; days?: number } = {}) => request<Summary>('POST', `${version}/${move}/`, { body: how }),
  newVersion: () => request<Summary>('POST', `${version}/new-version/`, { body: {} }),
  siblings: () => request<{ results: Sibling[] }>('GET', `${version}/siblings/`),
  changes: (since: string) => request<{ changes: Change[]; new_steps: string[] }>('GET', `${version}/changes/${query({ since: String(since) })}`),
  duplicate: (name: string) => request<Summary>('POST', `${version}/duplicate/`, { body: { name } }),
  counts: () => request<{ seq: number; counts: Counts }>('GET', `${version}/counts/`, { attempts: 1 }),
  people: (node: string | undefined, state: string, cursor?: string) =>
    request<{ results: Person[]; next: string | null }>('GET', `${version}/people/${query({ node, state, cursor })}`),
  findPerson: (q: string, signal?: AbortSignal) => request<{ results: Person[] }>('GET', `${version}/find-person/${query({ q })}`, { signal }),
  path: (instance: string) => request<PersonPath>('GET', `/instances/${encodeURIComponent(instance)}/path/`),
  checkExpression: (text: string, expect: string, node: string, graph: Graph | undefined, signal?: AbortSignal) =>
    request<{ type: string | null; problems: ExpressionProblem[] }>('POST', '/expressions/check/', { body: { text, expect, version: boot.version_id, node, graph }, signal }),
  vocabulary: (node: string, graph: Graph) => request<Vocabulary>('POST', '/expressions/vocabulary/', { body: { version: boot.version_id, node, graph }, attempts: 3 }),
  expressionRows: (text: string, node: string, graph: Graph, signal?: AbortSignal) =>
    request<RowsAnswer>('POST', '/expressions/rows/', { body: { text, version: boot.version_id, node, graph }, signal }),
  previewExpression: (asked: { text: string; expect: string; node: string; graph: Graph; profile: string; events: Record<string, unknown>; actions: Record<string, unknown> }, signal?: AbortSignal) =>
    request<Preview>('POST', '/expressions/preview/', { body: { ...asked, version: boot.version_id }, signal }),
  previewEmail: (settings: Settings, profile: string, signal?: AbortSignal) =>
    request<{ to: string; subject: string; html: string; text: string; problems: Problem[] }>('POST', '/email/preview/', { body: { settings, version: boot.version_id, profile }, signal }),
  profiles: (q: string, signal?: AbortSignal) => request<{ results: { id: string; identity: string; attributes: Record<string, unknown> }[] }>('GET', `/profiles/${query({ q })}`, { signal }),
};
