/** The End tag at an open port: where a journey stops, and where the next step goes. */
import { Handle, Position, type NodeProps } from '@xyflow/react';
import { Plus, Square } from 'lucide-react';
import { memo } from 'react';
import { outletKey } from '../graph/types';
import { useLive, usePortCount } from '../live/feed';
import { compact, t } from '../messages';
import { canEdit, isLive, set, useCanvas } from '../store/canvas';
import type { EndNode } from './flow';

export const EndFace = memo(function EndFace({ data, selected, id }: NodeProps<EndNode>) {
  const editable = useCanvas(canEdit);
  const live = useCanvas((state) => isLive(state) && !state.far);
  const passed = useLive((state) => state.trail?.edges.has(id) ?? false);
  const label = data.label || t.end;
  return (
    <div className={`end ${selected ? 'is-chosen' : ''} ${data.target ? 'is-target' : ''} ${passed ? 'is-passed' : ''}`}>
      <Handle type="target" position={Position.Left} id="in" className="hidden-handle" isConnectable={false} />
      {editable && (
        <button
          type="button"
          tabIndex={-1}
          className="end-add nodrag"
          title={t.addHere}
          aria-label={t.addHere}
          onClick={(event) => {
            event.stopPropagation();
            const box = event.currentTarget.getBoundingClientRect();
            set({ menu: { place: { kind: 'port', outlet: data.outlet }, at: { x: box.right + 6, y: box.top } } });
          }}
        >
          <Plus size={13} aria-hidden />
        </button>
      )}
      <span className="end-tag" title={label}>
        <Square size={8} fill="currentColor" aria-hidden />
        <span className="end-label">{label}</span>
        {live && <EndCount outlet={outletKey(data.outlet)} />}
      </span>
    </div>
  );
});

function EndCount({ outlet }: { outlet: string }) {
  const passed = usePortCount(outlet);
  return passed ? <span className="end-count">{compact(passed)}</span> : null;
}
