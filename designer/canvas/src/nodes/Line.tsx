/** A line between steps, with what can be done on it: add a step, remove it; and, live, how many passed. */
import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import { Plus, X } from 'lucide-react';
import { memo, useState } from 'react';
import { curvePath, curvePoint, HANDLE } from '../graph/geometry';
import { outletKey } from '../graph/types';
import { useLive, usePortCount } from '../live/feed';
import { compact, number, t } from '../messages';
import { canEdit, isLive, set, useCanvas } from '../store/canvas';
import { removeLine } from '../store/commands';
import type { LineEdge } from './flow';

export const Line = memo(function Line({ id, sourceX, sourceY, targetX, targetY, data, selected }: EdgeProps<LineEdge>) {
  const editable = useCanvas(canEdit);
  const live = useCanvas((state) => isLive(state) && !state.far);
  const [near, setNear] = useState(false);
  const passed = useLive((state) => state.trail?.edges.has(id.replace(/^to-/, '')) ?? false);
  const followed = useLive((state) => state.trail !== null);
  const edge = data?.edge;
  const from = { x: sourceX, y: sourceY };
  // React Flow ends a line where the handle begins; ours goes on to the step itself.
  const to = { x: targetX + (edge ? HANDLE : 0), y: targetY };
  const path = curvePath(from, { x: to.x - (edge ? 1 : 0), y: to.y });
  const middle = curvePoint(from, to, 0.5);
  // A thousand lines need no thousand pairs of buttons.
  const inReach = near || selected || data?.target;
  const classes = ['line', edge ? '' : 'is-open', selected ? 'is-chosen' : '', data?.target ? 'is-target' : '', passed ? 'is-passed' : followed ? 'is-off' : '', near ? 'is-near' : ''].join(' ');
  return (
    <g className={classes} onPointerEnter={() => setNear(true)} onPointerLeave={() => setNear(false)}>
      <BaseEdge id={id} path={path} interactionWidth={edge ? 22 : 0} />
      {edge && <path className="arrow" d={`M${to.x - 6},${to.y - 4} L${to.x - 1},${to.y} L${to.x - 6},${to.y + 4}`} />}
      {edge && (inReach || (live && data?.counted)) && (
        <EdgeLabelRenderer>
          <div
            className={`line-tools nodrag nopan ${inReach ? 'is-shown' : ''} ${data?.target ? 'is-target' : ''}`}
            style={{ transform: `translate(-50%, -50%) translate(${middle.x}px, ${middle.y}px)` }}
            onPointerEnter={() => setNear(true)}
            onPointerLeave={() => setNear(false)}
          >
            {live && data?.counted && <LineCount outlet={outletKey(edge.from)} />}
            {editable && inReach && (
              <span className="line-buttons">
                <button
                  type="button"
                  tabIndex={-1}
                  className="line-add"
                  title={t.addOnLine}
                  aria-label={t.addOnLine}
                  onClick={(event) => {
                    event.stopPropagation();
                    const box = event.currentTarget.getBoundingClientRect();
                    set({ menu: { place: { kind: 'line', edge }, at: { x: box.right + 6, y: box.top } } });
                  }}
                >
                  <Plus size={13} aria-hidden />
                </button>
                <button
                  type="button"
                  tabIndex={-1}
                  className="line-remove"
                  title={t.deleteLine}
                  aria-label={t.deleteLine}
                  onClick={(event) => {
                    event.stopPropagation();
                    removeLine(edge);
                  }}
                >
                  <X size={12} aria-hidden />
                </button>
              </span>
            )}
          </div>
        </EdgeLabelRenderer>
      )}
    </g>
  );
});

function LineCount({ outlet }: { outlet: string }) {
  const passed = usePortCount(outlet);
  if (!passed) return null;
  return <span className="line-count" title={`${number(passed)} ${t.passed}`}>{compact(passed)}</span>;
}
