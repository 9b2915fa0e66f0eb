/** Conditions as rows in groups: filled in, dragged, and moved with the keyboard. The text of them is written elsewhere. */
import { FolderPlus, Plus, Users, Zap } from 'lucide-react';
import { useEffect, useImperativeHandle, useRef, useState, type Ref } from 'react';
import { eventsIn, happened, sizeOf } from '../../graph/happenings';
import { audienceRow, change, DEEPEST, emptyGroup, emptyRow, find, insert, isGroup, isInside, mayStandIn, MOST, move, parentOf, rowFor, rowsIn, tidied, withField, type Group, type Item, type Row } from '../../graph/rows';
import type { Branch, FieldWord } from '../../graph/words';
import type { Written } from '../../graph/writing';
import { t } from '../../messages';
import { Condition } from './Condition';
import type { DropTarget } from './drag';
import { Happened } from './Happened';
import { Grip, Parts, Tools, useParts, type Landing, type Shared } from './parts';
import type { Verdict } from './setup';

export interface SimpleHandle {
  insertField: (field: Branch) => void;
  focusOn: (id: number) => void;
}

interface Props {
  rows: Group;
  readOnly: boolean;
  fields: readonly FieldWord[];
  /** Rows may speak of events, too: everything that is known of them. */
  words?: readonly FieldWord[];
  audiences?: readonly string[];
  noRowsText?: string;
  written: Written;
  verdict: Verdict | null;
  tried: boolean;
  target: { current: DropTarget | null };
  handle: Ref<SimpleHandle>;
  onChange: (rows: Group, key: string | null) => void;
}

export function Simple({ rows, readOnly, fields, words = [], audiences, noRowsText = t.noRowsText, written, verdict, tried, target, handle, onChange }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const live = useRef(rows);
  live.current = rows;
  const [landing, setLanding] = useState<Landing>(null);
  const [held, setHeld] = useState<number | null>(null);
  const [said, setSaid] = useState('');
  const wanted = useRef<{ id: number; on: string } | null>(null);
  /** The group that something was last done in: what is clicked in the tree goes there. */
  const lastGroup = useRef(rows.id);

  const put = (next: Group, focus?: { id: number; on: string }, key?: string): void => {
    if (next === live.current) return;
    wanted.current = focus ?? null;
    live.current = next;
    onChange(next, key ?? null);
  };
  useEffect(() => {
    const focus = wanted.current;
    wanted.current = null;
    if (focus) focusOn(focus.id, focus.on);
  }, [rows]);

  const focusOn = (id: number, on = ''): void => {
    const item = box.current?.querySelector<HTMLElement>(`[data-item="${id}"], [data-group="${id}"]`);
    // What is wrong comes first; what belongs to an item within a group is not the group's own.
    const wanted = on ? [`[data-on="${on}"]`] : ['[aria-invalid="true"]', '[data-on="field"].is-empty', '[data-on="value"]', '[data-on="field"]'];
    const found = wanted.flatMap((one) => [...(item?.querySelectorAll<HTMLElement>(one) ?? [])]);
    const part = found.find((one) => one.closest('[data-item]') === item) ?? found[0];
    part?.focus();
    item?.scrollIntoView({ block: 'nearest' });
  };

  const landingAt = (x: number, y: number, moved: Item | null): Landing => {
    const frame = box.current?.getBoundingClientRect();
    if (!frame || x < frame.left || x > frame.right || y < frame.top || y > frame.bottom) return null;
    const under = document.elementsFromPoint(x, y);
    if (!moved) {
      const field = under.find((one): one is HTMLElement => one instanceof HTMLElement && one.dataset.rowField !== undefined);
      if (field) return { row: Number(field.dataset.rowField) };
    }
    const inner = under.find((one): one is HTMLElement => one instanceof HTMLElement && one.dataset.group !== undefined);
    let group = find(live.current, Number(inner?.dataset.group ?? live.current.id));
    // A group held over itself lands beside itself.
    while (group && moved && isGroup(group) && !mayStandIn(live.current, moved, group.id)) group = parentOf(live.current, group.id);
    if (!group || !isGroup(group)) return null;
    const drawn = [...(box.current?.querySelectorAll<HTMLElement>(`[data-group="${group.id}"] > .group-items > [data-item]`) ?? [])];
    const below = drawn.filter((one) => {
      const place = one.getBoundingClientRect();
      return place.top + place.height / 2 < y;
    });
    return { group: group.id, at: below.length };
  };

  useEffect(() => {
    target.current = {
      over: (x, y) => !readOnly && setLanding(landingAt(x, y, null)),
      leave: () => setLanding(null),
      drop: (x, y, field) => {
        const place = readOnly ? null : landingAt(x, y, null);
        if (place && 'row' in place) put(change(live.current, place.row, (row) => (isGroup(row) ? row : withField(row, field.insert, field.type))), { id: place.row, on: 'operator' });
        else if (place) add(rowFor(field.insert, field.type), place.group, place.at, 'operator');
      },
    };
    return () => {
      target.current = null;
    };
  }, [readOnly, onChange]);

  const add = (item: Item, into: number, at: number, on: string): void => {
    if (sizeOf(live.current) < MOST) put(insert(live.current, into, at, item), { id: item.id, on });
  };

  useImperativeHandle(handle, () => ({
    insertField: (field) => {
      const empty = rowsIn(live.current).find((row) => !row.field && row.type !== 'audience');
      if (empty) return put(change(live.current, empty.id, (row) => withField(row as Row, field.insert, field.type)), { id: empty.id, on: 'operator' });
      const near = find(live.current, lastGroup.current);
      const into = near && isGroup(near) ? near : live.current;
      return add(rowFor(field.insert, field.type), into.id, into.items.length, 'operator');
    },
    focusOn: (id) => focusOn(id),
  }));

  const grip = (id: number): React.HTMLAttributes<HTMLElement> => ({
    onPointerDown: (event) => {
      if (readOnly || event.button !== 0) return;
      event.preventDefault();
      event.currentTarget.setPointerCapture(event.pointerId);
      setHeld(id);
    },
    onPointerMove: (event) => {
      if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
      setLanding(landingAt(event.clientX, event.clientY, find(live.current, id) ?? null));
    },
    onPointerUp: (event) => {
      if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
      const place = landingAt(event.clientX, event.clientY, find(live.current, id) ?? null);
      setHeld(null);
      setLanding(null);
      if (place && 'group' in place) put(tidied(move(live.current, id, place.group, place.at)));
    },
    onPointerCancel: () => {
      setHeld(null);
      setLanding(null);
    },
  });

  /** What the server says about the part of the text that the row stands for. */
  const problemsOf = (id: number): string[] => {
    const place = written.places.get(id);
    if (!place || !verdict) return [];
    return verdict.problems.filter((one) => one.from >= place[0] && one.to <= place[1]).map((one) => [one.message, one.hint].filter(Boolean).join(' '));
  };

  const shared: Shared = {
    rows, readOnly, fields, events: eventsIn(words), words, audiences, tried, landing, held, problemsOf, grip,
    put: (next, focus, key) => {
      // The same words twice are not said twice.
      if (focus?.on === 'up' || focus?.on === 'down') setSaid(`${t.moved}${said.endsWith(' ') ? '' : ' '}`);
      put(next, focus, key);
    },
  };
  return (
    <Parts.Provider value={shared}>
      <div className="simple" ref={box} onFocus={(event) => (lastGroup.current = Number((event.target as HTMLElement).closest<HTMLElement>('[data-group]')?.dataset.group ?? rows.id))}>
        <GroupBox group={rows} depth={0} noRowsText={noRowsText} />
        {written.text && (
          <details className="as-expression">
            <summary>{t.asExpression}</summary>
            <code>{written.text}</code>
          </details>
        )}
        <p className="unseen" aria-live="polite">{said}</p>
      </div>
    </Parts.Provider>
  );
}

/** `where`: the conditions about each occurrence of the event that the group speaks of. */
function GroupBox({ group, depth, where = false, noRowsText = '' }: { group: Group; depth: number; where?: boolean; noRowsText?: string }) {
  const { rows, readOnly, events, put, landing, held } = useParts();
  const line = (at: number) => landing && 'group' in landing && landing.group === group.id && landing.at === at && <li className="landing" aria-hidden key={`landing-${at}`} />;
  const add = (item: Item, on: string): void => put(insert(rows, group.id, group.items.length, item), { id: item.id, on });
  const full = sizeOf(rows) >= MOST;
  const addGroup = (): void => {
    const row = emptyRow();
    put(insert(rows, group.id, group.items.length, { ...emptyGroup(group.join === 'and' ? 'or' : 'and'), items: [row] }), { id: row.id, on: 'field' });
  };
  const joined = !where || group.items.length > 1 || group.negated;
  return (
    <div className={`group-box ${where ? 'is-where' : depth ? 'is-inner' : ''} ${held === group.id ? 'is-held' : ''}`} data-group={group.id} role="group" aria-label={where ? t.whereOf(group.about?.event ?? '') : t.joins[`${group.negated ? 'not ' : ''}${group.join}`]}>
      {joined && (
        <div className="group-head">
          {depth > 0 && !where && <Grip id={group.id} />}
          {where && <span className="where-word">{t.whereWord}</span>}
          <select
            className="input is-small"
            aria-label={where ? `${t.joinLabel}: ${t.whereOf(group.about?.event ?? '')}` : t.joinLabel}
            disabled={readOnly}
            value={`${group.negated ? 'not ' : ''}${group.join}`}
            onChange={(event) => {
              const join = event.target.value.endsWith('and') ? 'and' : 'or';
              const negated = event.target.value.startsWith('not ');
              put(change(rows, group.id, (found) => (isGroup(found) ? { ...found, join, negated } : found)));
            }}
          >
            {['and', 'or', 'not and', 'not or'].map((one) => <option key={one} value={one}>{t.joins[one]}</option>)}
          </select>
          {depth > 0 && !where && <Tools item={group} name={t.group} />}
        </div>
      )}
      {group.items.length === 0 && depth === 0 && !readOnly && !landing && (
        <div className="no-conditions">
          <strong>{t.noRows}</strong>
          <p>{noRowsText}</p>
        </div>
      )}
      <ol className="group-items">
        {group.items.map((item, at) => [
          line(at),
          <li key={item.id} data-item={item.id} className={held === item.id ? 'is-held' : ''}>
            {at > 0 ? <span className="join-word">{t.joinWord[group.join]}</span> : where && !joined && <span className="join-word">{t.whereWord}</span>}
            <ItemBox item={item} depth={depth} />
          </li>,
        ])}
        {line(group.items.length)}
      </ol>
      {!readOnly && (
        <div className="group-adds">
          <button type="button" data-on="add" className="button is-quiet" disabled={full} onClick={() => add(emptyRow(), 'field')}><Plus size={13} aria-hidden /> {where && group.items.length === 0 ? t.addWhere : t.addCondition}</button>
          {events.length > 0 && <button type="button" className="button is-quiet" disabled={full} onClick={() => add(happened(), 'field')}><Zap size={13} aria-hidden /> {t.addEvent}</button>}
          {(!where || group.items.length > 0) && <button type="button" className="button is-quiet" disabled={full || depth >= DEEPEST} onClick={addGroup}><FolderPlus size={13} aria-hidden /> {t.addGroup}</button>}
          {!isInside(rows, group.id) && <button type="button" className="button is-quiet" disabled={full} onClick={() => add(audienceRow(), 'value')}><Users size={13} aria-hidden /> {t.addAudience}</button>}
        </div>
      )}
    </div>
  );
}

function ItemBox({ item, depth }: { item: Item; depth: number }) {
  const { rows } = useParts();
  const number = placeOf(rows, item);
  if (!isGroup(item)) return <Condition row={item} number={number} />;
  if (!item.about) return <GroupBox group={item} depth={depth + 1} />;
  return <Happened group={item} about={item.about} number={number}><GroupBox group={item} depth={depth + 1} where /></Happened>;
}

/** The how many-th of the conditions and events an item is, as it reads. */
const placeOf = (rows: Group, item: Item): number => {
  const told = (group: Group): Item[] => group.items.flatMap((one) => (isGroup(one) ? [...(one.about ? [one] : []), ...told(one)] : [one]));
  return told(rows).findIndex((one) => one.id === item.id) + 1;
};
