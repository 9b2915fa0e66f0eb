/** How the canvas is looked at. */
import { useReactFlow, useStore } from '@xyflow/react';
import { BoxSelect, Download, Grid3x3, Map as MapIcon, Maximize, Minus, Plus, Search } from 'lucide-react';
import { t } from '../messages';
import { set, useCanvas } from '../store/canvas';
import { downloadPicture } from './download';
import { stillness } from './sight';
import { IconButton } from './ui';

export function ViewControls() {
  const flow = useReactFlow();
  const zoom = useStore((state) => Math.round(state.transform[2] * 100));
  const grid = useCanvas((state) => state.grid);
  const minimap = useCanvas((state) => state.minimap);
  const selecting = useCanvas((state) => state.selecting);
  const duration = stillness() ? 0 : 120;
  return (
    <div className="view-controls" role="toolbar" aria-label={t.viewControls}>
      <IconButton label={t.zoomOut} onClick={() => void flow.zoomOut({ duration })}><Minus size={15} aria-hidden /></IconButton>
      <button type="button" className="zoom" title="100 %" onClick={() => void flow.zoomTo(1, { duration })}>{zoom} %</button>
      <IconButton label={t.zoomIn} onClick={() => void flow.zoomIn({ duration })}><Plus size={15} aria-hidden /></IconButton>
      <IconButton label={t.fit} onClick={() => void flow.fitView({ duration, maxZoom: 1, padding: 0.12 })}><Maximize size={14} aria-hidden /></IconButton>
      <i className="divider" aria-hidden />
      <IconButton label={t.selectMode} keys={t.shiftDrag} pressed={selecting} onClick={() => set({ selecting: !selecting })}><BoxSelect size={15} aria-hidden /></IconButton>
      <IconButton label={t.grid} pressed={grid} onClick={() => set({ grid: !grid })}><Grid3x3 size={15} aria-hidden /></IconButton>
      <IconButton label={t.minimap} pressed={minimap} onClick={() => set({ minimap: !minimap })}><MapIcon size={15} aria-hidden /></IconButton>
      <IconButton label={t.downloadPicture} onClick={() => void downloadPicture()}><Download size={15} aria-hidden /></IconButton>
      <IconButton label={t.find} keys="Ctrl F" onClick={() => set({ findOpen: true })}><Search size={15} aria-hidden /></IconButton>
    </div>
  );
}
