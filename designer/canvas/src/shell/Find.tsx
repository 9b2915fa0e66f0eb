/** Search on the canvas: the matching step comes into view and gets the focus. */
import { ChevronDown, ChevronUp, Search, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { readingOrder } from '../graph/order';
import { nameOf, notesOf, summaryOf } from '../graph/summary';
import { t } from '../messages';
import { set, useCanvas } from '../store/canvas';
import { reveal, select } from '../store/commands';
import { IconButton } from './ui';

export function Find() {
  const open = useCanvas((state) => state.findOpen);
  return open ? <FindBox /> : null;
}

function FindBox() {
  const graph = useCanvas((state) => state.graph);
  const catalogue = useCanvas((state) => state.catalogue);
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const matches = useMemo(() => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    return readingOrder(catalogue, graph).filter((node) => {
      const activity = catalogue.get(node.type);
      const text = `${nameOf(activity, node)} ${activity?.label ?? ''} ${activity ? summaryOf(activity, node) : ''} ${notesOf(activity, graph, node).join(' ')} ${node.id} ${node.description} ${JSON.stringify(node.settings)}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
  }, [query, graph, catalogue]);
  const show = (index: number, focus = false): void => {
    const node = matches[(index + matches.length) % Math.max(1, matches.length)];
    if (!node) return;
    setAt((index + matches.length) % matches.length);
    select([node.id]);
    reveal(node.id, focus);
  };
  return (
    <div className="find" role="search">
      <Search size={14} aria-hidden />
      <input
        autoFocus
        value={query}
        placeholder={t.findPlaceholder}
        aria-label={t.find}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(-1);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            event.preventDefault();
            show(event.shiftKey ? at - 1 : at + 1);
          } else if (event.key === 'Escape') {
            event.stopPropagation();
            set({ findOpen: false });
            const node = matches[Math.max(0, at)];
            if (node) reveal(node.id, true);
          }
        }}
      />
      {query && <span className="find-count" aria-live="polite">{t.matches(Math.max(1, at + 1), matches.length)}</span>}
      <IconButton label={`${t.find}: ↑`} disabled={!matches.length} onClick={() => show(at - 1)}><ChevronUp size={15} aria-hidden /></IconButton>
      <IconButton label={`${t.find}: ↓`} disabled={!matches.length} onClick={() => show(at + 1)}><ChevronDown size={15} aria-hidden /></IconButton>
      <IconButton label={t.close} onClick={() => set({ findOpen: false })}><X size={15} aria-hidden /></IconButton>
    </div>
  );
}
