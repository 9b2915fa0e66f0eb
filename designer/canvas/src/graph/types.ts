/** The words of the canvas: the graph that is saved, the activities it is made of, and what is wrong with it. */

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Settings = { [key: string]: Json };

export interface Position {
  x: number;
  y: number;
}

export interface GraphNode {
  readonly id: string;
  readonly type: string;
  readonly label: string;
  readonly description: string;
  readonly settings: Settings;
  readonly position: Position;
}

/** A named way out of a node. */
export interface Outlet {
  readonly node: string;
  readonly port: string;
}

export interface GraphEdge {
  readonly from: Outlet;
  readonly to: string;
}

/** The label of the End tag that stands at an open port. The tag itself is derived, never stored. */
export interface EndLabel {
  readonly from: Outlet;
  readonly label: string;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly ends: readonly EndLabel[];
}

/** What a draft is made of: saved, undone and compared as one. */
export interface Draft {
  readonly graph: Graph;
  readonly properties: Settings;
}

export interface PortRule {
  name?: string;
  label?: string;
  /** One port per item of this list setting. */
  each?: string;
  label_field?: string;
  /** Present while this setting is truthy. */
  when?: string;
}

export interface Schema {
  type?: string | string[];
  title?: string;
  description?: string;
  default?: Json;
  enum?: Json[];
  const?: Json;
  format?: string;
  items?: Schema;
  properties?: { [name: string]: Schema };
  required?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  $ref?: string;
  $defs?: { [name: string]: Schema };
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  readOnly?: boolean;
  'x-widget'?: string;
  'x-expect'?: string;
  'x-placeholder'?: string;
  'x-when'?: string;
  /** What the values of an enum are called. */
  'x-labels'?: Record<string, string>;
  'x-group'?: string;
  /** What one must be able to do with the version to change it; others see it read only. */
  'x-needs'?: string;
  /** The unit offered first for a duration that is not set. */
  'x-unit'?: string;
}

export interface Activity {
  type: string;
  label: string;
  description: string;
  category: string;
  icon: string;
  start: boolean;
  in_flow: boolean;
  passive: boolean;
  placeable: boolean;
  summary: string;
  /** Further lines on its face, each shown when its condition is met and all that it names says something. */
  notes?: { text: string; when: string }[];
  ports: PortRule[];
  in_flow_only?: string[];
  start_only?: string[];
  /** The one kind of step that may stand behind it, and that is put there with it. */
  brings?: string;
  /** What is said of it where it does not begin the journey. */
  flow_note?: string;
  settings_schema: Schema;
  defaults: Settings;
}

export type Catalogue = ReadonlyMap<string, Activity>;

export interface Problem {
  code: string;
  severity: 'error' | 'warning';
  message: string;
  hint: string;
  node: string | null;
  field: string | null;
  line: number | null;
  column: number | null;
}

export const emptyGraph: Graph = { nodes: [], edges: [], ends: [] };

export const outletKey = (outlet: Outlet): string => `${outlet.node}.${outlet.port}`;
export const sameOutlet = (a: Outlet, b: Outlet): boolean => a.node === b.node && a.port === b.port;
export const edgeId = (edge: GraphEdge): string => `${outletKey(edge.from)}>${edge.to}`;
export const endId = (outlet: Outlet): string => `end:${outletKey(outlet)}`;

/** What was sent as properties; anything but an object is none. */
export const readProperties = (value: unknown): Settings => (value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Settings) : {});

/** What was sent as a graph, made whole: missing lists and texts are filled in, nothing is dropped. */
export function readGraph(value: unknown): Graph {
  const raw = (value ?? {}) as { nodes?: Partial<GraphNode>[]; edges?: GraphEdge[]; ends?: EndLabel[] };
  return {
    nodes: (raw.nodes ?? []).map((node) => ({
      ...node,
      id: String(node.id ?? ''),
      type: String(node.type ?? ''),
      label: node.label ?? '',
      description: node.description ?? '',
      settings: node.settings ?? {},
      position: { x: node.position?.x ?? 0, y: node.position?.y ?? 0 },
    })),
    edges: raw.edges ?? [],
    ends: raw.ends ?? [],
  };
}
