/** The ways out of a node: what its activity declares, read with the node's settings. */
import { edgesAt, edgesFrom, edgesInto } from './lookup';
import { outletKey, type Activity, type Catalogue, type Graph, type GraphNode, type Json, type Outlet, type Settings } from './types';

export interface Port {
  name: string;
  label: string;
  /** The way taken after a timeout or an error. */
  alternative: boolean;
  /** A line leaves from here, but the activity no longer declares this port. */
  missing: boolean;
}

const alternatives = new Set(['error', 'timeout']);

const isItem = (value: Json): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A setting as the server reads it: what is not written down has its default. */
const settingOf = (activity: Activity, settings: Settings, name: string): Json | undefined =>
  settings[name] === undefined ? activity.settings_schema.properties?.[name]?.default : settings[name];

/** Ports the activity declares for these settings. `inFlow`: the node has an incoming line. */
export function declaredPorts(activity: Activity, settings: Settings, inFlow: boolean): Port[] {
  const ports: Port[] = [];
  for (const rule of activity.ports) {
    if (rule.each) {
      const items = settingOf(activity, settings, rule.each);
      if (!Array.isArray(items)) continue;
      items.forEach((item, at) => {
        if (!isItem(item) || typeof item.id !== 'string') return;
        const text = rule.label_field ? item[rule.label_field] : '';
        ports.push({ name: item.id, label: text ? String(text) : `${activity.label} ${at + 1}`, alternative: false, missing: false });
      });
      continue;
    }
    if (!rule.name) continue;
    if (rule.when && !settingOf(activity, settings, rule.when)) continue;
    if (rule.when && !inFlow && activity.in_flow_only?.includes(rule.when)) continue;
    ports.push({ name: rule.name, label: rule.label ?? '', alternative: alternatives.has(rule.name), missing: false });
  }
  return ports;
}

/** All ports of a node as it stands. A port that only a line or a label still knows comes last, marked missing. */
export function portsOf(catalogue: Catalogue, graph: Graph, node: GraphNode): Port[] {
  const activity = catalogue.get(node.type);
  const ports = activity ? declaredPorts(activity, node.settings, edgesInto(graph, node.id).length > 0) : [];
  const names = new Set(ports.map((port) => port.name));
  for (const edge of edgesFrom(graph, node.id)) {
    if (names.has(edge.from.port)) continue;
    names.add(edge.from.port);
    const late = activity && declaredPorts(activity, node.settings, true).find((port) => port.name === edge.from.port);
    ports.push(late ?? { name: edge.from.port, label: edge.from.port, alternative: false, missing: true });
  }
  return ports;
}

/** Ports without a line: an End tag stands at each of them. */
export function openPorts(catalogue: Catalogue, graph: Graph, node: GraphNode): Outlet[] {
  return portsOf(catalogue, graph, node)
    .map((port) => ({ node: node.id, port: port.name }))
    .filter((outlet) => edgesAt(graph, outlet).length === 0);
}

export function portLabel(catalogue: Catalogue, graph: Graph, node: GraphNode, port: string): string {
  return portsOf(catalogue, graph, node).find((one) => one.name === port)?.label ?? port;
}

export { outletKey };
