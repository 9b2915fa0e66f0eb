/** Keeping what matters in sight: by the shortest move that shows it, never by jumping. */
import type { ReactFlowInstance } from '@xyflow/react';
import { useEffect, type RefObject } from 'react';
import { END_WIDTH, HEAD, NODE_WIDTH, shift } from '../graph/geometry';
import { get } from '../store/canvas';
import { onReveal } from '../store/commands';
import type { FlowNode, LineEdge } from '../nodes/flow';

type Flow = ReactFlowInstance<FlowNode, LineEdge>;

const EDGE = 24;
/** The controls at the lower edge lie above the drawing. */
const FOOT = 64;
/** Room for what stands behind a step: its End tag, and the "+" in front of it. */
const BEHIND = END_WIDTH + 64;

export const stillness = (): boolean => window.matchMedia('(prefers-reduced-motion: reduce)').matches;

export function bringIntoSight(flow: Flow, surface: HTMLElement, id: string): void {
  const node = flow.getInternalNode(id);
  if (!node) return;
  const { x, y } = node.internals.positionAbsolute;
  const width = node.width ?? NODE_WIDTH;
  const height = node.height ?? HEAD;
  const { x: left, y: top, zoom } = flow.getViewport();
  const behind = node.type === 'step' && surface.clientWidth > 640 ? BEHIND : 0;
  const dx = shift(x * zoom + left, (x + width + behind) * zoom + left, EDGE, surface.clientWidth - EDGE);
  const dy = shift(y * zoom + top, (y + height) * zoom + top, EDGE, surface.clientHeight - FOOT);
  if (dx === 0 && dy === 0) return;
  const duration = stillness() ? 0 : 160;
  if (zoom < 0.5) void flow.setCenter(x + width / 2, y + height / 2, { zoom: 0.75, duration });
  else void flow.setViewport({ x: left + dx, y: top + dy, zoom }, { duration });
}

/** Shows what a command asks for, and keeps the chosen step in sight when a panel takes room from the drawing. */
export function useSight(flow: Flow, surface: RefObject<HTMLDivElement | null>): void {
  useEffect(
    () =>
      onReveal(({ id, focus }) => {
        if (!surface.current) return;
        bringIntoSight(flow, surface.current, id);
        if (focus) surface.current.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
      }),
    [flow, surface],
  );
  useEffect(() => {
    const element = surface.current;
    if (!element) return;
    let before = element.clientWidth;
    const watch = new ResizeObserver(() => {
      const now = element.clientWidth;
      const { nodes, port } = get();
      const id = nodes.size === 1 ? [...nodes][0] : port ? `end:${port.node}.${port.port}` : undefined;
      if (now < before && id) bringIntoSight(flow, element, id);
      before = now;
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, [flow, surface]);
}
