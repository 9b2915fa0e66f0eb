/** What a journey can be made of: to be dragged, double-clicked, or chosen with the keyboard. */
import { useReactFlow } from '@xyflow/react';
import { Search } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { edgeNear, endNear, endTags, HEAD, NODE_WIDTH } from '../graph/geometry';
import { offer } from '../graph/offered';
import { hasStart, mayPlace } from '../graph/rules';
import { edgeId, type Activity, type Position } from '../graph/types';
import { t } from '../messages';
import { Tile } from '../nodes/icons';
import { canEdit, get, set, useCanvas, type Place } from '../store/canvas';
import { add, addNext, fits } from '../store/commands';
import { PaletteFilter } from './PaletteFilter';


export function Palette() {
  const activities = useCanvas((state) => state.activities);
  const catalogue = useCanvas((state) => state.catalogue);
  const graph = useCanvas((state) => state.graph);
  const editable = useCanvas(canEdit);
  const [query, setQuery] = useState('');
  const [ghost, setGhost] = useState<{ activity: Activity; at: Position; place: Place['kind'] | undefined } | null>(null);
  const flow = useReactFlow();
  const press = useRef<{ activity: Activity; from: Position; moved: boolean; place: Place | null } | null>(null);
  const onlyAvailable = useCanvas((state) => state.onlyAvailable);
  const onlyRecent = useCanvas((state) => state.onlyRecent);
  const recent = useCanvas((state) => state.recent);
  const folded = useCanvas((state) => state.folded);
  const { groups, hidden } = useMemo(
    () => offer(activities, { query, available: onlyAvailable ? (one) => mayPlace(catalogue, graph, one) : undefined, recent: onlyRecent ? recent : undefined }),
    [activities, catalogue, graph, query, onlyAvailable, onlyRecent, recent],
  );
  const isFolded = (name: string): boolean => !query && folded.includes(name);

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

  // One stop for the Tab key, and one for each folded group; the arrow keys go through the list.
  const list = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState('');
  const inOrder = groups.flatMap((group) => (isFolded(group.name) ? [] : group.activities));
  const stop = inOrder.some((one) => one.type === current) ? current : inOrder[0]?.type;
  const fold = (name: string): void => set({ folded: folded.includes(name) ? folded.filter((one) => one !== name) : [...folded, name] });
  const arrows = (event: React.KeyboardEvent): void => {
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      // As in a tree: left folds the group that one is in, right unfolds it.
      const head = (event.target as HTMLElement).closest('section')?.querySelector<HTMLElement>('.fold');
      if (!head || (head.getAttribute('aria-expanded') === 'true') !== (event.key === 'ArrowLeft')) return;
      event.preventDefault();
      head.focus();
      head.click();
      return;
    }
    const to = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!to) return;
    event.preventDefault();
    const here = document.activeElement as HTMLElement;
    const items = [...(list.current?.querySelectorAll<HTMLElement>('.palette-item, .fold') ?? [])].filter((one) => one === here || one.getAttribute('aria-expanded') !== 'true');
    const at = items.indexOf(here);
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
        <PaletteFilter />
      </div>
      <div className="palette-list" ref={list} onKeyDown={arrows}>
        {groups.map((group) => (
          <section key={group.name}>
            <h3>
              <button
                type="button"
                className="fold"
                aria-expanded={!isFolded(group.name)}
                tabIndex={isFolded(group.name) ? 0 : -1}
                onClick={() => fold(group.name)}
              >
                {t.category[group.name] ?? group.name}
              </button>
            </h3>
            {!isFolded(group.name) && group.activities.map((activity) => {
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
        {groups.length === 0 && !hidden && <p className="nothing">{onlyRecent && !query ? t.nothingRecent : t.nothingFound}</p>}
        {hidden > 0 && (
          <p className="palette-hidden">
            {t.hiddenNow(hidden)} {hasStart(catalogue, graph) ? '' : t.startFirst}{' '}
            <button type="button" className="link" onClick={() => set({ onlyAvailable: false })}>{t.showThem}</button>
          </p>
        )}
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
