/** What a journey can be made of: to be dragged, double-clicked, or chosen with the keyboard. */
import { useReactFlow } from '@xyflow/react';
import { Search } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { edgeNear, endNear, endTags, HEAD, NODE_WIDTH } from '../graph/geometry';
import { byCategory } from '../graph/order';
import { hasStart, mayPlace } from '../graph/rules';
import { edgeId, type Activity, type Position } from '../graph/types';
import { t } from '../messages';
import { Tile } from '../nodes/icons';
import { canEdit, get, set, useCanvas, type Place } from '../store/canvas';
import { add, addNext, fits } from '../store/commands';


export function Palette() {
  const activities = useCanvas((state) => state.activities);
  const catalogue = useCanvas((state) => state.catalogue);
  const graph = useCanvas((state) => state.graph);
  const editable = useCanvas(canEdit);
  const [query, setQuery] = useState('');
  const [ghost, setGhost] = useState<{ activity: Activity; at: Position; place: Place['kind'] | undefined } | null>(null);
  const flow = useReactFlow();
  const press = useRef<{ activity: Activity; from: Position; moved: boolean; place: Place | null } | null>(null);
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = useMemo(() => {
    const shown = activities.filter((one) => one.placeable && words.every((word) => `${one.label} ${one.description} ${one.category}`.toLowerCase().includes(word)));
    const names = [...new Set(byCategory(shown).map((one) => one.category))];
    return names.map((name) => ({ name, activities: shown.filter((one) => one.category === name) }));
  }, [activities, query]);

  /** Where the step would land: on a line, at an End tag, or just there. */
  const placeAt = (activity: Activity, point: Position): Place | null => {
    const surface = document.querySelector('[data-canvas-surface]')?.getBoundingClientRect();
    if (!surface || point.x < surface.left || point.x > surface.right || point.y < surface.top || point.y > surface.bottom) return null;
    const at = flow.screenToFlowPosition(point, { snapToGrid: false });
    const now = get().graph;
    const reach = 30 / Math.max(0.4, flow.getZoom());
    const edge = edgeNear(catalogue, now, at, reach);
    if (edge && fits(activity, { kind: 'line', edge })) return { kind: 'line', edge };
    const end = endNear(endTags(catalogue, now), at, 14);
    if (end && fits(activity, { kind: 'port', outlet: end.outlet })) return { kind: 'port', outlet: end.outlet };
    const corner = { x: at.x - NODE_WIDTH / 2, y: at.y - HEAD / 2 };
    return { kind: 'free', position: get().grid ? { x: Math.round(corner.x / 8) * 8, y: Math.round(corner.y / 8) * 8 } : corner };
  };

  const down = (activity: Activity) => (event: React.PointerEvent<HTMLElement>) => {
    if (!editable || event.button !== 0 || !mayPlace(catalogue, graph, activity)) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    press.current = { activity, from: { x: event.clientX, y: event.clientY }, moved: false, place: null };
  };
  const moveTo = (event: React.PointerEvent): void => {
    const now = press.current;
    if (!now) return;
    const at = { x: event.clientX, y: event.clientY };
    if (!now.moved && Math.hypot(at.x - now.from.x, at.y - now.from.y) < 5) return;
    now.moved = true;
    now.place = placeAt(now.activity, at);
    setGhost({ activity: now.activity, at, place: now.place?.kind });
    set({
      dropEdge: now.place?.kind === 'line' ? edgeId(now.place.edge) : null,
      dropEnd: now.place?.kind === 'port' ? `end:${now.place.outlet.node}.${now.place.outlet.port}` : null,
    });
  };
  const finish = (drop: boolean) => (): void => {
    const now = press.current;
    press.current = null;
    setGhost(null);
    set({ dropEdge: null, dropEnd: null });
    if (drop && now?.moved && now.place) add(now.activity, now.place);
  };

  // One stop for the Tab key; the arrow keys go through the list.
  const list = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState('');
  const inOrder = groups.flatMap((group) => group.activities);
  const stop = inOrder.some((one) => one.type === current) ? current : inOrder[0]?.type;
  const arrows = (event: React.KeyboardEvent): void => {
    const to = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!to) return;
    event.preventDefault();
    const items = [...(list.current?.querySelectorAll<HTMLElement>('.palette-item') ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    items[Math.max(0, Math.min(items.length - 1, at + to))]?.focus();
  };
  const addFirst = (event: React.KeyboardEvent): void => {
    const first = inOrder.find((one) => editable && mayPlace(catalogue, graph, one));
    if (event.key !== 'Enter' || !query || !first) return arrows(event);
    event.preventDefault();
    setQuery('');
    addNext(first);
  };

  return (
    <div className="palette">
      <div className="search-box">
        <Search size={14} aria-hidden />
        <input className="input" type="search" placeholder={t.searchActivities} aria-label={t.searchActivities} value={query} onChange={(event) => setQuery(event.target.value)} onKeyDown={addFirst} />
      </div>
      <div className="palette-list" ref={list} onKeyDown={arrows}>
        {groups.map((group) => (
          <section key={group.name}>
            <h3>{t.category[group.name] ?? group.name}</h3>
            {group.activities.map((activity) => {
              const allowed = editable && mayPlace(catalogue, graph, activity);
              return (
                <button
                  key={activity.type}
                  type="button"
                  className="palette-item"
                  aria-disabled={!allowed}
                  tabIndex={activity.type === stop ? 0 : -1}
                  onFocus={() => setCurrent(activity.type)}
                  title={!allowed && editable ? (hasStart(catalogue, graph) ? t.startsOnly : t.startFirst) : activity.description}
                  data-activity={activity.type}
                  onPointerDown={down(activity)}
                  onPointerMove={moveTo}
                  onPointerUp={finish(true)}
                  onPointerCancel={finish(false)}
                  onDoubleClick={() => allowed && addNext(activity)}
                  onKeyDown={(event) => {
                    if (event.key !== 'Enter' && event.key !== ' ') return;
                    event.preventDefault();
                    if (allowed) addNext(activity);
                  }}
                >
                  <Tile icon={activity.icon} category={activity.category} size={28} />
                  <span>{activity.label}</span>
                </button>
              );
            })}
          </section>
        ))}
        {groups.length === 0 && <p className="nothing">{t.nothingFound}</p>}
      </div>
      <p className="palette-hint">{t.paletteHint}</p>
      {ghost && (
        <div className={`ghost ${ghost.place && ghost.place !== 'free' ? 'is-bound' : ''}`} style={{ transform: `translate(${ghost.at.x}px, ${ghost.at.y}px) translate(-50%, -50%)` }} aria-hidden>
          <Tile icon={ghost.activity.icon} category={ghost.activity.category} />
          <span className="step-name">{ghost.activity.label}</span>
        </div>
      )}
    </div>
  );
}
