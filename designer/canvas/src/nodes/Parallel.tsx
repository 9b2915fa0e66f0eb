/** While a step is looked at: a "+" at each way out beside which another event or wait may stand. */
import { Plus } from 'lucide-react';
import { portOffset } from '../graph/geometry';
import { besides } from '../graph/rules';
import type { Port } from '../graph/ports';
import { t } from '../messages';
import { set, useCanvas } from '../store/canvas';

export function Parallel({ id, ports, rows }: { id: string; ports: readonly Port[]; rows: number }) {
  const graph = useCanvas((state) => state.graph);
  const catalogue = useCanvas((state) => state.catalogue);
  return ports.map((port, at) =>
    besides(catalogue, graph, { node: id, port: port.name }) ? (
      <button
        key={port.name}
        type="button"
        tabIndex={-1}
        className="parallel-add nodrag nopan"
        style={{ top: portOffset(rows, at) + 10 }}
        title={t.addSibling}
        aria-label={port.label ? `${t.addSibling}: ${port.label}` : t.addSibling}
        onClick={(event) => {
          event.stopPropagation();
          const box = event.currentTarget.getBoundingClientRect();
          set({ menu: { place: { kind: 'port', outlet: { node: id, port: port.name } }, at: { x: box.right + 6, y: box.top } } });
        }}
      >
        <Plus size={12} aria-hidden />
      </button>
    ) : null,
  );
}
