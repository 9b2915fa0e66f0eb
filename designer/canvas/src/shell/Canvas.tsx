/** The drawing surface: what React Flow reports becomes commands, what the document says becomes drawing. */
import {
  Background, BackgroundVariant, MiniMap, ReactFlow, SelectionMode, useReactFlow, useStore as useFlowStore, useStoreApi,
  type Connection, type EdgeChange, type FinalConnectionState, type NodeChange, type OnConnectStartParams, type OnMove, type Viewport,
} from '@xyflow/react';
import { useCallback, useEffect, useMemo, useRef, useState, type RefObject } from 'react';
import { edgeNear, endNear, endTags, HEAD, NODE_WIDTH, sizeOf } from '../graph/geometry';
import { nodeById } from '../graph/lookup';
import { refuseLine } from '../graph/rules';
import { edgeId, type Outlet, type Position } from '../graph/types';
import { counters } from '../live/feed';
import { t } from '../messages';
import { createDrawer, type FlowNode, type LineEdge } from '../nodes/flow';
import { EndFace } from '../nodes/EndFace';
import { Line } from '../nodes/Line';
import { StepFace } from '../nodes/StepFace';
import { canEdit, get, set, useCanvas } from '../store/canvas';
import { clear, connect, isLoose, reconnect, select, selectPort, settle, showProperties } from '../store/commands';
import { canvasKeys } from './keys';
import { bringIntoSight, useSight } from './sight';

const nodeTypes = { step: StepFace, end: EndFace };
const edgeTypes = { line: Line };
const FAR = 0.5;
const TINY = 0.25;
const MANY = 150;
const ROOMY = 1100;
const TREMBLE = 4;

const outletOf = (connection: { source: string; sourceHandle?: string | null }): Outlet => ({ node: connection.source, port: connection.sourceHandle ?? 'next' });

const isAllowed = (connection: Connection | LineEdge): boolean => {
  const { catalogue, graph } = get();
  if (connection.target.startsWith('end:')) return false;
  const refusal = refuseLine(catalogue, graph, outletOf(connection), connection.target);
  return refusal === undefined || refusal === 'port-taken' || refusal === 'already-connected';
};

export function Canvas() {
  const graph = useCanvas((state) => state.graph);
  const catalogue = useCanvas((state) => state.catalogue);
  const problems = useCanvas((state) => state.problems);
  const chosen = useCanvas((state) => state.nodes);
  const chosenEdges = useCanvas((state) => state.edges);
  const port = useCanvas((state) => state.port);
  const dropEdge = useCanvas((state) => state.dropEdge);
  const dropEnd = useCanvas((state) => state.dropEnd);
  const editable = useCanvas(canEdit);
  const grid = useCanvas((state) => state.grid);
  const minimap = useCanvas((state) => state.minimap);
  const selecting = useCanvas((state) => state.selecting);
  const drawer = useMemo(createDrawer, []);
  const drawn = useMemo(
    () => drawer({ graph, catalogue, problems, chosen, chosenEdges, port, dropEdge, dropEnd, editable }),
    [drawer, graph, catalogue, problems, chosen, chosenEdges, port, dropEdge, dropEnd, editable],
  );
  const flow = useReactFlow<FlowNode, LineEdge>();
  const far = useFlowStore((state) => state.transform[2] < FAR);
  useEffect(() => {
    counters.rest(far);
    set({ far });
  }, [far]);
  const tiny = useFlowStore((state) => state.transform[2] < TINY);
  const zoomStep = useFlowStore((state) => Math.round(state.transform[2] * 4) / 4);
  const flowStore = useStoreApi<FlowNode, LineEdge>();
  const wrapper = useRef<HTMLDivElement>(null);

  // While a step is dragged only its picture moves; the document gets one change at the end.
  const [dragged, setDragged] = useState<ReadonlyMap<string, Position> | null>(null);
  const draggedRef = useRef<Map<string, Position> | null>(null);

  const nodes = useMemo(() => {
    if (!dragged) return drawn.nodes;
    return drawn.nodes.map((node) => {
      if (node.type === 'end') {
        const owner = node.data.outlet.node;
        const at = dragged.get(owner);
        const home = at && nodeById(graph, owner)?.position;
        return at && home ? { ...node, position: { x: node.position.x + at.x - home.x, y: node.position.y + at.y - home.y } } : node;
      }
      const at = dragged.get(node.id);
      return at ? { ...node, position: at, dragging: true } : node;
    });
  }, [drawn.nodes, dragged, graph]);

  const onNodesChange = useCallback((changes: NodeChange<FlowNode>[]) => {
    let picked: Set<string> | null = null;
    let endPicked: Outlet | null | undefined;
    for (const change of changes) {
      if (change.type === 'position' && change.position && change.dragging) {
        const map = (draggedRef.current ??= new Map());
        map.set(change.id, change.position);
      }
      if (change.type === 'select') {
        if (change.id.startsWith('end:')) {
          const tag = endTags(get().catalogue, get().graph).find((one) => one.id === change.id);
          if (change.selected && tag) endPicked = tag.outlet;
          else if (!change.selected && endPicked === undefined) endPicked = null;
          continue;
        }
        picked ??= new Set(get().nodes);
        if (change.selected) picked.add(change.id);
        else picked.delete(change.id);
      }
    }
    if (draggedRef.current) setDragged(new Map(draggedRef.current));
    if (picked && picked.size > 0) set({ nodes: picked, port: null });
    else if (endPicked && !picked?.size) set({ nodes: new Set(), edges: new Set(), port: endPicked });
    else if (picked || endPicked === null) set({ ...(picked ? { nodes: picked } : {}), ...(endPicked === null ? { port: null } : {}) });
  }, []);

  const onEdgesChange = useCallback((changes: EdgeChange<LineEdge>[]) => {
    // A frame chooses steps; the lines between them go with them anyway.
    if (flowStore.getState().userSelectionActive) return;
    const picked = new Set(get().edges);
    let touched = false;
    for (const change of changes) {
      if (change.type !== 'select') continue;
      touched = true;
      if (change.selected) picked.add(change.id);
      else picked.delete(change.id);
    }
    if (touched) set(picked.size ? { edges: picked, port: null } : { edges: picked });
  }, [flowStore]);

  const dropTargets = useRef<{ edge?: string; end?: string }>({});
  const onNodeDrag = useCallback((_: unknown, node: FlowNode) => {
    if (node.type !== 'step' || (draggedRef.current?.size ?? 0) > 1 || !isLoose(node.id)) return;
    const { catalogue: kinds, graph: now } = get();
    const centre = { x: node.position.x + NODE_WIDTH / 2, y: node.position.y + HEAD / 2 };
    const edge = edgeNear(kinds, now, centre, 44, node.id);
    const end = edge ? undefined : endNear(endTags(kinds, now).filter((tag) => tag.outlet.node !== node.id), { x: node.position.x + 24, y: centre.y }, 24);
    const next = { dropEdge: edge ? edgeId(edge) : null, dropEnd: end?.id ?? null };
    if (next.dropEdge !== get().dropEdge || next.dropEnd !== get().dropEnd) set(next);
    dropTargets.current = { edge: next.dropEdge ?? undefined, end: next.dropEnd ?? undefined };
  }, []);

  const onNodeDragStop = useCallback(() => {
    const moves = draggedRef.current;
    draggedRef.current = null;
    counters.hold(false);
    const { graph: now, catalogue: kinds } = get();
    const { edge, end } = dropTargets.current;
    dropTargets.current = {};
    set({ dropEdge: null, dropEnd: null });
    if (moves) {
      settle(moves, {
        edge: edge ? now.edges.find((one) => edgeId(one) === edge) : undefined,
        end: end ? endTags(kinds, now).find((tag) => tag.id === end)?.outlet : undefined,
      });
    }
    setDragged(null);
  }, []);

  const onConnect = useCallback((connection: Connection) => void connect(outletOf(connection), connection.target), []);
  const started = useRef<OnConnectStartParams | null>(null);
  const reconnecting = useRef<LineEdge | null>(null);

  /** A line let go over a step's body is meant for that step; over nothing, it asks what shall come there. */
  const onConnectEnd = useCallback(
    (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
      const from = started.current;
      started.current = null;
      if (reconnecting.current || state.isValid || !from?.nodeId || from.handleType !== 'source') return;
      const point = 'changedTouches' in event ? event.changedTouches[0] : event;
      const outlet = { node: from.nodeId, port: from.handleId ?? 'next' };
      const at = flow.screenToFlowPosition({ x: point.clientX, y: point.clientY });
      const under = stepAt(at);
      if (under) {
        if (under !== from.nodeId) connect(outlet, under);
        return;
      }
      const origin = state.from;
      if (origin && Math.hypot(origin.x - at.x, origin.y - at.y) < 24) return;
      set({ menu: { place: { kind: 'port', outlet, position: { x: at.x, y: at.y - HEAD / 2 } }, at: { x: point.clientX, y: point.clientY } } });
    },
    [flow],
  );

  const onReconnect = useCallback((old: LineEdge, connection: Connection) => {
    if (old.data?.edge) reconnect(old.data.edge, outletOf(connection), connection.target);
  }, []);
  const onReconnectStart = useCallback((_: unknown, edge: LineEdge) => (reconnecting.current = edge), []);
  const onReconnectEnd = useCallback(
    (event: MouseEvent | TouchEvent, _: LineEdge, handleType: string, state: FinalConnectionState) => {
      const old = reconnecting.current?.data?.edge;
      reconnecting.current = null;
      if (!old || state.isValid || handleType !== 'source') return;
      const point = 'changedTouches' in event ? event.changedTouches[0] : event;
      const under = stepAt(flow.screenToFlowPosition({ x: point.clientX, y: point.clientY }));
      if (under) reconnect(old, old.from, under);
    },
    [flow],
  );

  useSight(flow, wrapper);
  const moved = useMoved(wrapper);

  const many = nodes.length > MANY;
  return (
    <div className={`surface ${far ? 'is-far' : ''} ${tiny ? 'is-tiny' : ''} ${selecting ? 'is-selecting' : ''}`} ref={wrapper} onKeyDown={canvasKeys} data-canvas-surface>
      <ReactFlow<FlowNode, LineEdge>
        nodes={nodes}
        edges={drawn.edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onNodeDragStart={() => counters.hold(true)}
        onNodeDrag={onNodeDrag}
        onNodeDragStop={onNodeDragStop}
        onSelectionDragStart={() => counters.hold(true)}
        onSelectionDragStop={onNodeDragStop}
        onConnect={onConnect}
        onConnectStart={(_, params) => (started.current = params)}
        onConnectEnd={onConnectEnd}
        onReconnect={onReconnect}
        onReconnectStart={onReconnectStart}
        onReconnectEnd={onReconnectEnd}
        isValidConnection={isAllowed}
        {...moved}
        onPaneClick={turnToJourney}
        onNodeClick={(_, node) => wrapper.current && bringIntoSight(flow, wrapper.current, node.id)}
        onNodeDoubleClick={(_, node) => (node.type === 'end' ? selectPort(node.data.outlet) : select([node.id]))}
        nodesConnectable={editable}
        edgesReconnectable={editable}
        // A hand trembles: what moves less than this many pixels is a click, not a drag or a pan.
        nodeClickDistance={TREMBLE}
        paneClickDistance={TREMBLE}
        connectionRadius={28}
        reconnectRadius={14}
        deleteKeyCode={null}
        selectionKeyCode="Shift"
        multiSelectionKeyCode={['Meta', 'Control']}
        selectionOnDrag={selecting}
        panOnDrag={selecting ? [1, 2] : true}
        selectionMode={SelectionMode.Partial}
        selectNodesOnDrag
        disableKeyboardA11y
        zoomOnDoubleClick={false}
        panOnScroll
        minZoom={0.05}
        maxZoom={2}
        snapToGrid={grid}
        snapGrid={[8, 8]}
        onlyRenderVisibleElements={many}
        elevateNodesOnSelect={false}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.12 }}
        proOptions={{ hideAttribution: true }}
        aria-label={t.outlineLabel}
      >
        {grid && <Background variant={BackgroundVariant.Dots} gap={zoomStep < 0.5 ? 48 : 24} size={zoomStep < 0.5 ? 3 : zoomStep < 0.75 ? 2 : 1.4} color="var(--canvas-dot)" />}
        {minimap && nodes.length > 0 && (
          <MiniMap pannable zoomable ariaLabel={t.minimap} className="minimap" nodeClassName={miniClass} nodeBorderRadius={10} maskColor="var(--minimap-mask)" />
        )}
      </ReactFlow>
    </div>
  );
}

/** Marks the surface when a hand has moved the view so far that it is no click any more. */
function useMoved(surface: RefObject<HTMLDivElement | null>): { onMoveStart: OnMove; onMove: OnMove } {
  return useMemo(() => {
    let from: Viewport = { x: 0, y: 0, zoom: 1 };
    return {
      onMoveStart: (_, view) => {
        from = view;
        delete surface.current?.dataset.moved;
      },
      onMove: (_, view) => {
        if (surface.current && Math.hypot(view.x - from.x, view.y - from.y) > TREMBLE) surface.current.dataset.moved = '';
      },
    };
  }, [surface]);
}

/** Nothing is chosen any more: beside the canvas stands what is about the whole, where there is room beside it. */
const turnToJourney = (): void => (window.innerWidth >= ROOMY ? showProperties() : clear());

const miniClass = (node: FlowNode): string => (node.type === 'end' ? 'mini-end' : `mini-${node.data.activity?.category ?? 'broken'}`);

function stepAt(point: Position): string | undefined {
  const { catalogue, graph } = get();
  return graph.nodes.find((node) => {
    const { width, height } = sizeOf(catalogue, graph, node);
    return point.x >= node.position.x - 8 && point.x <= node.position.x + width + 8 && point.y >= node.position.y - 8 && point.y <= node.position.y + height + 8;
  })?.id;
}

