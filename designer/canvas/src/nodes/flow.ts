/** From the document to what React Flow draws. Objects are kept while nothing about them changed, so only changed steps are drawn again. */
import type { Edge, Node } from '@xyflow/react';
import { endTags, HANDLE, HEAD, heightOf, NODE_WIDTH, END_HEIGHT, END_WIDTH, portOffset } from '../graph/geometry';
import { edgesInto, endLabel } from '../graph/lookup';
import { portsOf, type Port } from '../graph/ports';
import { readingOrder } from '../graph/order';
import { nameOf, notesOf, summaryOf } from '../graph/summary';
import { edgeId, outletKey, type Activity, type Catalogue, type Graph, type GraphEdge, type GraphNode, type Outlet, type Problem } from '../graph/types';
import { t } from '../messages';

export interface StepData extends Record<string, unknown> {
  node: GraphNode;
  activity: Activity | undefined;
  name: string;
  summary: string;
  notes: string[];
  ports: Port[];
  rows: number;
  step: number;
  errors: number;
  warnings: number;
  firstProblem: string;
  begins: boolean;
}

export interface EndData extends Record<string, unknown> {
  outlet: Outlet;
  label: string;
  target: boolean;
}

export interface LineData extends Record<string, unknown> {
  edge?: GraphEdge;
  outlet: Outlet;
  counted: boolean;
  target: boolean;
}

export type StepNode = Node<StepData, 'step'>;
export type EndNode = Node<EndData, 'end'>;
export type FlowNode = StepNode | EndNode;
export type LineEdge = Edge<LineData, 'line'>;

export interface Drawn {
  nodes: FlowNode[];
  edges: LineEdge[];
}

export interface Sight {
  graph: Graph;
  catalogue: Catalogue;
  problems: readonly Problem[];
  chosen: ReadonlySet<string>;
  chosenEdges: ReadonlySet<string>;
  port: Outlet | null;
  dropEdge: string | null;
  dropEnd: string | null;
  editable: boolean;
}

const samePorts = (a: Port[], b: Port[]): boolean =>
  a.length === b.length && a.every((one, at) => one.name === b[at].name && one.label === b[at].label && one.missing === b[at].missing);

/** A drawer remembers what it drew; each canvas has its own. */
export function createDrawer(): (sight: Sight) => Drawn {
  let steps = new Map<string, StepNode>();
  let ends = new Map<string, EndNode>();
  let lines = new Map<string, LineEdge>();

  return (sight) => {
    const { graph, catalogue } = sight;
    const byNode = new Map<string, Problem[]>();
    for (const problem of sight.problems) {
      if (!problem.node) continue;
      const list = byNode.get(problem.node);
      if (list) list.push(problem);
      else byNode.set(problem.node, [problem]);
    }

    const nodes: FlowNode[] = [];
    const nextSteps = new Map<string, StepNode>();
    readingOrder(catalogue, graph).forEach((node, at) => {
      const old = steps.get(node.id);
      const activity = catalogue.get(node.type);
      const problems = byNode.get(node.id) ?? [];
      const ports = portsOf(catalogue, graph, node);
      const errors = problems.filter((one) => one.severity === 'error').length;
      const begins = edgesInto(graph, node.id).length === 0;
      const selected = sight.chosen.has(node.id);
      const firstProblem = problems[0]?.message ?? '';
      const same =
        old && old.data.node.label === node.label && old.data.node.settings === node.settings && old.data.node.type === node.type && old.data.activity === activity && old.data.step === at + 1 &&
        old.data.errors === errors && old.data.warnings === problems.length - errors && old.data.firstProblem === firstProblem && old.data.begins === begins && samePorts(old.data.ports, ports);
      const data: StepData = same
        ? old.data
        : {
            node, activity, ports, errors, begins, firstProblem,
            name: nameOf(activity, node),
            summary: activity ? summaryOf(activity, node) : '',
            notes: notesOf(activity, graph, node),
            rows: ports.length > 1 || ports.some((port) => port.label) ? ports.length : 0,
            step: at + 1,
            warnings: problems.length - errors,
          };
      const height = heightOf(data.rows, data.notes.length);
      const kept = old && data === old.data && old.selected === selected && old.position.x === node.position.x && old.position.y === node.position.y && old.draggable === sight.editable;
      const drawn: StepNode = kept
        ? old
        : {
            id: node.id,
            type: 'step',
            position: node.position,
            data,
            selected,
            draggable: sight.editable,
            width: NODE_WIDTH,
            height,
            // Sizes follow from the ports, so nothing has to be measured; without this React Flow never holds its nodes for ready.
            measured: { width: NODE_WIDTH, height },
            handles: [
              { type: 'target', position: 'left' as never, id: 'in', x: -HANDLE, y: HEAD / 2 - HANDLE, width: HANDLE * 2, height: HANDLE * 2 },
              ...ports.map((port, index) => ({ type: 'source' as const, position: 'right' as never, id: port.name, x: NODE_WIDTH - HANDLE, y: portOffset(data.rows, index) - HANDLE, width: HANDLE * 2, height: HANDLE * 2 })),
            ],
            ariaLabel: t.nodeAria(data.name, activity?.label ?? t.unknownType, problems.length, data.step, ''),
          };
      nextSteps.set(node.id, drawn);
      nodes.push(drawn);
    });
    steps = nextSteps;

    const edges: LineEdge[] = [];
    const nextLines = new Map<string, LineEdge>();
    const line = (id: string, make: Omit<LineEdge, 'id' | 'type'>): void => {
      const old = lines.get(id);
      const keep = old && old.selected === make.selected && old.reconnectable === make.reconnectable && old.data?.edge === make.data?.edge && old.data?.target === make.data?.target && old.data?.counted === make.data?.counted;
      const drawn: LineEdge = keep ? old : { id, type: 'line', ...make };
      nextLines.set(id, drawn);
      edges.push(drawn);
    };
    const counted = new Set<string>();
    for (const edge of graph.edges) {
      const id = edgeId(edge);
      const key = outletKey(edge.from);
      line(id, {
        source: edge.from.node,
        sourceHandle: edge.from.port,
        target: edge.to,
        targetHandle: 'in',
        selected: sight.chosenEdges.has(id),
        reconnectable: sight.editable,
        data: { edge, outlet: edge.from, counted: !counted.has(key), target: sight.dropEdge === id },
      });
      counted.add(key);
    }

    const nextEnds = new Map<string, EndNode>();
    for (const tag of endTags(catalogue, graph)) {
      const old = ends.get(tag.id);
      const label = endLabel(graph, tag.outlet);
      const selected = sight.port !== null && outletKey(sight.port) === outletKey(tag.outlet);
      const target = sight.dropEnd === tag.id;
      const kept = old && old.data.label === label && old.selected === selected && old.data.target === target && old.position.x === tag.position.x && old.position.y === tag.position.y;
      const drawn: EndNode = kept
        ? old
        : {
            id: tag.id,
            type: 'end',
            position: tag.position,
            selected,
            draggable: false,
            deletable: false,
            width: END_WIDTH,
            height: END_HEIGHT,
            measured: { width: END_WIDTH, height: END_HEIGHT },
            data: { outlet: tag.outlet, label, target },
            handles: [{ type: 'target', position: 'left' as never, id: 'in', x: 0, y: END_HEIGHT / 2, width: 1, height: 1 }],
            ariaLabel: t.endOf(label),
          };
      nextEnds.set(tag.id, drawn);
      nodes.push(drawn);
      line(`to-${tag.id}`, {
        source: tag.outlet.node,
        sourceHandle: tag.outlet.port,
        target: tag.id,
        targetHandle: 'in',
        selected: false,
        selectable: false,
        focusable: false,
        deletable: false,
        reconnectable: false,
        data: { outlet: tag.outlet, counted: false, target: false },
      });
    }
    ends = nextEnds;
    lines = nextLines;
    return { nodes, edges };
  };
}
