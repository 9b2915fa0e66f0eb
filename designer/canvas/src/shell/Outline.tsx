/** The journey as a tree to read and work in without seeing the drawing. */
import { CornerDownRight, Link2, Plus, Square, Trash2, Unplug } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { edgesAt, endLabel } from '../graph/lookup';
import { outline, type OutlineRow } from '../graph/order';
import { nameOf } from '../graph/summary';
import { endId, outletKey } from '../graph/types';
import { t } from '../messages';
import { Tile } from '../nodes/icons';
import { canEdit, set, useCanvas } from '../store/canvas';
import { remove, reveal, select, selectPort } from '../store/commands';
import { IconButton } from './ui';

const keyOf = (row: OutlineRow): string =>
  row.kind === 'node' ? row.node.id : row.kind === 'port' ? endId({ node: row.node.id, port: row.port.name }) : `jump:${outletKey(row.from)}>${row.node.id}`;

export function Outline() {
  const graph = useCanvas((state) => state.graph);
  const catalogue = useCanvas((state) => state.catalogue);
  const problems = useCanvas((state) => state.problems);
  const chosen = useCanvas((state) => state.nodes);
  const port = useCanvas((state) => state.port);
  const editable = useCanvas(canEdit);
  const rows = useMemo(() => outline(catalogue, graph), [catalogue, graph]);
  const [current, setCurrent] = useState('');
  const tree = useRef<HTMLDivElement>(null);
  const at = Math.max(0, rows.findIndex((row) => keyOf(row) === current));

  const focusRow = (index: number): void => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (!row) return;
    setCurrent(keyOf(row));
    requestAnimationFrame(() => tree.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(keyOf(row))}"]`)?.focus());
  };
  const open = (row: OutlineRow, settings: boolean): void => {
    if (row.kind === 'port') {
      if (row.open) selectPort({ node: row.node.id, port: row.port.name });
      else select([row.node.id]);
    } else select([row.node.id]);
    reveal(row.kind === 'port' && row.open ? keyOf(row) : row.node.id, false);
    if (settings) requestAnimationFrame(() => document.querySelector<HTMLElement>('.panel [data-first]')?.focus());
  };
  const addAt = (row: OutlineRow, element: Element): void => {
    const box = element.getBoundingClientRect();
    const where = { x: box.left + 24, y: box.bottom + 4 };
    const portName = row.kind === 'port' ? row.port.name : (rows.find((one) => one.kind === 'port' && one.node.id === row.node.id && one.open) as { port?: { name: string } } | undefined)?.port?.name;
    const outlet = { node: row.node.id, port: portName ?? '' };
    if (portName && edgesAt(graph, outlet).length === 0) return set({ menu: { place: { kind: 'port', outlet }, at: where, inOutline: true } });
    const edge = portName ? edgesAt(graph, outlet)[0] : graph.edges.find((one) => one.from.node === row.node.id);
    if (edge) set({ menu: { place: { kind: 'line', edge }, at: where, inOutline: true } });
  };
  const keys = (event: React.KeyboardEvent): void => {
    const row = rows[at];
    if (!row || event.ctrlKey || event.metaKey || (event.target as HTMLElement).closest('.outline-tools')) return;
    const element = event.target as HTMLElement;
    const act = (what: () => void): void => {
      event.preventDefault();
      event.stopPropagation();
      what();
    };
    switch (event.key) {
      case 'ArrowDown': return act(() => focusRow(at + 1));
      case 'ArrowUp': return act(() => focusRow(at - 1));
      case 'Home': return act(() => focusRow(0));
      case 'End': return act(() => focusRow(rows.length - 1));
      case 'ArrowRight': return act(() => focusRow(rows.findIndex((one, index) => index > at && one.depth > row.depth)));
      case 'ArrowLeft': return act(() => focusRow(rows.findLastIndex((one, index) => index < at && one.depth < row.depth)));
      case 'Enter': return act(() => open(row, true));
      case ' ': return act(() => open(row, false));
      case 'a':
      case 'A': return act(() => editable && addAt(row, element));
      case 'c':
      case 'C': return act(() => editable && set({ dialog: { kind: 'connect', node: row.node.id, port: row.kind === 'port' ? row.port.name : undefined } }));
      case 'Delete':
      case 'Backspace': return act(() => {
        if (!editable || row.kind !== 'node') return;
        remove(row.node.id);
        focusRow(at - 1);
      });
    }
  };

  if (rows.length === 0) return <p className="nothing">{t.outlineEmpty}</p>;
  return (
    <div className="outline" role="tree" aria-label={t.outlineLabel} ref={tree} onKeyDown={keys}>
      {rows.map((row, index) => {
        const key = keyOf(row);
        const activity = catalogue.get(row.node.type);
        const name = nameOf(activity, row.node);
        const count = row.kind === 'node' ? problems.filter((one) => one.node === row.node.id).length : 0;
        const selected = row.kind === 'node' ? chosen.has(row.node.id) : row.kind === 'port' && port !== null && endId(port) === key;
        const ending = row.kind === 'port' && row.open ? endLabel(graph, { node: row.node.id, port: row.port.name }) || t.end : '';
        const text = row.kind === 'node' ? name : row.kind === 'port' ? row.port.label || (row.open ? '' : t.wayOut('')) : t.leadsTo(name, row.step);
        return (
          <div
            key={key}
            role="treeitem"
            aria-level={row.depth + 1}
            aria-selected={selected}
            aria-label={row.kind === 'node' ? t.nodeAria(name, activity?.label ?? t.unknownType, count, row.step, '') : row.kind === 'port' ? `${t.wayOut(row.port.label)}${ending ? `: ${ending}` : ''}` : text}
            tabIndex={index === at ? 0 : -1}
            className={`outline-row is-${row.kind} ${selected ? 'is-chosen' : ''}`}
            style={{ paddingInlineStart: 8 + row.depth * 14 }}
            data-key={key}
            onClick={() => {
              setCurrent(key);
              open(row, false);
            }}
            onFocus={(event) => event.target === event.currentTarget && setCurrent(key)}
          >
            {row.kind === 'node' ? activity ? <Tile icon={activity.icon} category={activity.category} size={22} /> : <span className="tile cat-broken" style={{ width: 22, height: 22 }}><Unplug size={12} aria-hidden /></span> : row.kind === 'jump' ? <CornerDownRight size={13} aria-hidden /> : <i className="branch" aria-hidden />}
            <span className="outline-text">
              {text && <span>{text}</span>}
              {ending && <em><Square size={7} fill="currentColor" aria-hidden /> {ending}</em>}
            </span>
            {row.kind === 'node' && <span className="outline-step" aria-hidden data-step={row.step} />}
            {count > 0 && <span aria-hidden className={`count ${problems.some((one) => one.node === row.node.id && one.severity === 'error') ? 'is-error' : 'is-warning'}`} data-count={count} />}
            {editable && row.kind !== 'jump' && (
              <span className="outline-tools">
                  <IconButton label={`${t.addAfter}: ${text || name}`} tabIndex={-1} onClick={(event) => { event.stopPropagation(); addAt(row, event.currentTarget); }}><Plus size={13} aria-hidden /></IconButton>
                <IconButton label={`${t.connect}: ${text || name}`} tabIndex={-1} onClick={(event) => { event.stopPropagation(); set({ dialog: { kind: 'connect', node: row.node.id, port: row.kind === 'port' ? row.port.name : undefined } }); }}><Link2 size={13} aria-hidden /></IconButton>
                {row.kind === 'node' && <IconButton label={`${t.deleteStep}: ${name}`} tabIndex={-1} onClick={(event) => { event.stopPropagation(); remove(row.node.id); }}><Trash2 size={13} aria-hidden /></IconButton>}
              </span>
            )}
          </div>
        );
      })}
    </div>
  );
}
