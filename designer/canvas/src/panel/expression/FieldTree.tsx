/** What is available here, as a tree to search in: a click inserts, and every field can be dragged where it shall stand. */
import { ChevronRight, Search } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { forestOf, matching, type Branch, type FieldWord } from '../../graph/words';
import { t } from '../../messages';
import { useFieldDrag, type DropTarget } from './drag';

interface Props {
  fields: readonly FieldWord[];
  readOnly: boolean;
  hint: string;
  target: { current: DropTarget | null };
  onInsert: (field: Branch) => void;
}

interface Line {
  branch: Branch;
  depth: number;
  open: boolean | null;
  first: boolean;
}

/** The sources with their payloads, without the levels that hold only one thing. */
function roots(fields: readonly FieldWord[]): Branch[] {
  const forest = forestOf(fields);
  const made = (key: string, name: string, children: Branch[], type = ''): Branch => ({ key, name, type, element: '', insert: '', children });
  // What an event is about comes before what every event carries.
  const nearFirst = (children: readonly Branch[]): Branch[] => [...children].sort((one, other) => Number(other.children.length > 0) - Number(one.children.length > 0));
  const events = (forest.get('@event') ?? []).map((one) => ({ ...one, type: t.rootKind.event, children: nearFirst(one.children) }));
  const people = (forest.get('#') ?? []).flatMap((source) => source.children.map((group) => made(group.key, source.name === 'Profile' && group.name === 'attributes' ? t.sources.profile : `${source.name} ${group.name}`, group.children)));
  const actions = (forest.get('@action') ?? []).map((one) => ({ ...one, type: t.rootKind.action }));
  const journey = forest.get('$') ?? [];
  return [...events, ...people, ...actions, ...(journey.length ? [made('journey', t.sources.journey, journey)] : [])];
}

const OPEN_AT_FIRST = 40;

export function FieldTree({ fields, readOnly, hint, target, onInsert }: Props) {
  const [query, setQuery] = useState('');
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [current, setCurrent] = useState('');
  const list = useRef<HTMLUListElement>(null);
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const all = useMemo(() => roots(fields), [fields]);
  const shown = matching(all, words);
  const drag = useFieldDrag(target, readOnly);

  const lines: Line[] = [];
  const lay = (branches: readonly Branch[], depth: number): void => {
    branches.forEach((branch, at) => {
      const holder = branch.children.length > 0;
      // Events and what is in them, and the profile, stand open: what is needed most is seen at once.
      const open = holder ? (words.length > 0 || (toggled.get(branch.key) ?? (depth < 2 && branch.key !== 'journey' && branch.children.length < OPEN_AT_FIRST))) : null;
      lines.push({ branch, depth, open, first: at === 0 });
      if (open) lay(branch.children, depth + 1);
    });
  };
  lay(shown, 0);
  const stop = lines.some((line) => line.branch.key === current) ? current : lines[0]?.branch.key;

  const toggle = (branch: Branch, open: boolean): void => setToggled(new Map(toggled).set(branch.key, open));
  const focusAt = (at: number): void => list.current?.querySelectorAll<HTMLElement>('[role="treeitem"]')[Math.max(0, Math.min(lines.length - 1, at))]?.focus();
  const keys = (event: React.KeyboardEvent, at: number): void => {
    const { branch, depth, open } = lines[at];
    const act = {
      ArrowDown: () => focusAt(at + 1),
      ArrowUp: () => focusAt(at - 1),
      Home: () => focusAt(0),
      End: () => focusAt(lines.length - 1),
      ArrowRight: () => (open === false ? toggle(branch, true) : focusAt(at + (open ? 1 : 0))),
      ArrowLeft: () => (open ? toggle(branch, false) : focusAt(lines.findLastIndex((line, index) => index < at && line.depth < depth))),
      Enter: () => choose(branch, open),
      ' ': () => choose(branch, open),
    }[event.key];
    if (!act || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
  };
  const choose = (branch: Branch, open: boolean | null): void => {
    // Of an object one asks for what is in it; a list is asked about itself, too.
    if (branch.insert && !readOnly && (open === null || branch.type.startsWith('list'))) onInsert(branch);
    else if (open !== null) toggle(branch, !open);
  };

  return (
    <div className="field-tree">
      <div className="search-box">
        <Search size={14} aria-hidden />
        <input
          className="input"
          type="search"
          placeholder={t.searchFields}
          aria-label={t.searchFields}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') {
              event.preventDefault();
              focusAt(0);
            }
          }}
        />
      </div>
      {lines.length === 0 ? (
        <p className="list-empty">{query ? t.nothingFound : t.noFields}</p>
      ) : (
        <ul role="tree" aria-label={t.fields} ref={list}>
          {lines.map(({ branch, depth, open }, at) => (
            <li
              key={branch.key}
              role="treeitem"
              aria-level={depth + 1}
              aria-expanded={open ?? undefined}
              aria-selected={false}
              tabIndex={branch.key === stop ? 0 : -1}
              className={`tree-line ${depth === 0 ? 'is-root' : ''} ${branch.insert && !readOnly ? 'is-field' : ''}`}
              style={{ paddingInlineStart: 6 + depth * 14 }}
              title={branch.insert || branch.name}
              data-insert={branch.insert || undefined}
              onFocus={() => setCurrent(branch.key)}
              onKeyDown={(event) => keys(event, at)}
              onClick={() => !drag.dragged() && choose(branch, open)}
              {...(branch.insert && !readOnly ? drag.handlers(branch) : {})}
            >
              <span
                aria-hidden
                className="tree-arrow"
                data-open={open ?? undefined}
                onPointerDown={(event) => open !== null && event.stopPropagation()}
                onClick={(event) => {
                  if (open === null) return;
                  event.stopPropagation();
                  toggle(branch, !open);
                }}
              >
                {open !== null && <ChevronRight size={12} />}
              </span>
              <span className="tree-name">{branch.name}</span>{' '}
              {branch.type && <span className="tree-type">{branch.type}</span>}
            </li>
          ))}
        </ul>
      )}
      {!readOnly && <p className="side-hint">{hint}</p>}
      {drag.ghost}
    </div>
  );
}
