/** The cast: the activities as the server describes them, and a way to draw a graph in a few lines. */
import { edgeId, type Activity, type Catalogue, type Graph, type GraphEdge, type GraphNode, type Outlet, type PortRule, type Settings } from '../src/graph/types';
import { layout } from '../src/graph/layout';

const next: PortRule = { name: 'next', label: '' };

const activity = (type: string, more: Partial<Activity> = {}): Activity => ({
  type,
  label: type.charAt(0).toUpperCase() + type.slice(1),
  description: '',
  category: 'action',
  icon: 'box',
  start: false,
  in_flow: true,
  passive: false,
  placeable: true,
  summary: '',
  ports: [next],
  settings_schema: {},
  defaults: {},
  ...more,
});

export const activities: Activity[] = [
  activity('event', {
    category: 'start', start: true, passive: true, summary: '{event}', in_flow_only: ['timeout', 'timeout_path'],
    ports: [next, { name: 'timeout', label: 'Timeout', when: 'timeout_path' }],
  }),
  activity('audience', { category: 'start', start: true, in_flow: false }),
  activity('happening', { category: 'start', start: true, in_flow: false, brings: 'audience' }),
  activity('wait', { category: 'wait', passive: true, summary: '{duration}', defaults: { duration: 'P1D' } }),
  activity('email', { category: 'message', summary: '{subject}', ports: [next, { name: 'error', label: 'Timeout or error', when: 'error_path' }] }),
  activity('condition', {
    category: 'condition', summary: '{paths}', ports: [{ each: 'paths', label_field: 'label' }, { name: 'other', label: 'Other cases', when: 'other_cases' }],
    settings_schema: { properties: { other_cases: { type: 'boolean', default: true } } },
    defaults: { paths: [{ id: 'path-1', label: 'Path 1', condition: '' }], other_cases: true },
  }),
  activity('end', { category: 'exit', placeable: false, ports: [] }),
];

export const catalogue: Catalogue = new Map(activities.map((one) => [one.type, one]));
export const kind = (type: string): Activity => catalogue.get(type) as Activity;

export const node = (id: string, settings: Settings = {}, more: Partial<GraphNode> = {}): GraphNode => {
  const type = id.replace(/-\d+$/, '');
  return { id, type, label: '', description: '', settings: { ...structuredClone(catalogue.get(type)?.defaults ?? {}), ...settings }, position: { x: 0, y: 0 }, ...more };
};

const outlet = (text: string): Outlet => {
  const [name, port = 'next'] = text.trim().split('.');
  return { node: name, port };
};

/** Nodes, and lines such as 'event-1 > condition-1' or 'condition-1.other > wait-1'. */
export function draw(nodes: GraphNode[], ...lines: string[]): Graph {
  const edges: GraphEdge[] = lines.map((line) => {
    const [from, to] = line.split('>');
    return { from: outlet(from), to: to.trim() };
  });
  return { nodes, edges, ends: [] };
}

/** Event, condition, on its first path an e-mail and a wait; laid out. */
export const welcome = (): Graph =>
  layout(catalogue, draw([node('event-1'), node('condition-1'), node('email-1'), node('wait-1')], 'event-1 > condition-1', 'condition-1.path-1 > email-1', 'email-1 > wait-1'));

export const lines = (graph: Graph): string[] => graph.edges.map(edgeId).sort();
export const idsOf = (graph: Graph): string[] => graph.nodes.map((one) => one.id);

/** Random, but the same in every run. */
export function dice(seed: number): { below: (n: number) => number; pick: <T>(list: readonly T[]) => T } {
  let state = seed * 2654435761 + 1;
  const below = (n: number): number => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) >>> 0;
    return state % n;
  };
  return { below, pick: (list) => list[below(list.length)] };
}
