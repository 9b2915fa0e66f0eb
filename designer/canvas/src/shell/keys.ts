/** The keyboard. One place for all of it, so that the list of shortcuts and what they do cannot part. */
import { get, set, announce, canEdit } from '../store/canvas';
import { clear, copyChosen, cutChosen, duplicateChosen, moveBy, pasteClip, redo, removeChosen, reveal, select, selectAll, selectPort, tidy, undo, walk } from '../store/commands';
import { endTags } from '../graph/geometry';
import { edgesAt, nodeById } from '../graph/lookup';
import { readingOrder } from '../graph/order';
import { openPorts, portsOf } from '../graph/ports';
import { endId } from '../graph/types';
import { t } from '../messages';
import { isTyping } from './typing';

export const shortcuts: [keys: string, what: string][] = [
  ['Arrow keys', 'Follow the lines: right to what comes next, left to what came before, up and down between ways out'],
  ['Enter', 'Choose the step and go to its settings'],
  ['A', 'Add a step after this one'],
  ['C', 'Connect by list: lead this step’s ways out to other steps'],
  ['M', 'Move mode: arrow keys move the chosen steps (Shift: further)'],
  ['Delete, Backspace', 'Delete what is chosen'],
  ['Esc', 'Back: close a menu, end move mode, choose nothing'],
  ['Ctrl A', 'Choose all steps'],
  ['Ctrl C, X, V, D', 'Copy, cut, paste, duplicate'],
  ['Ctrl Z, Ctrl Shift Z', 'Undo, redo'],
  ['Ctrl F', 'Search on the canvas'],
  ['Ctrl Shift L', 'Tidy up the layout'],
  ['Shift and drag', 'Choose with a frame'],
  ['Ctrl Enter', 'In an expression: open the editor; in the editor: apply'],
  ['?', 'This list'],
];


const inDialog = (): boolean => document.querySelector('dialog[open]') !== null;

const focusedNode = (): string | undefined => (document.activeElement as HTMLElement | null)?.closest<HTMLElement>('.react-flow__node')?.dataset.id;

/** Keys that hold anywhere on the page, unless the person is typing. */
export function pageKeys(event: KeyboardEvent): void {
  if (inDialog()) return;
  const command = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (command && key === 'f' && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    set({ findOpen: true });
    document.querySelector<HTMLInputElement>('.find input')?.select();
    return;
  }
  if (event.key === 'Escape' && !event.defaultPrevented && (event.target as HTMLElement).closest?.('.panel:not(.people)') && backToCanvas()) return;
  if (isTyping(event.target)) return;
  if (command && key === 'z') {
    event.preventDefault();
    if (event.shiftKey) redo();
    else undo();
  } else if (command && key === 'y') {
    event.preventDefault();
    redo();
  } else if (command && key === 'a') {
    event.preventDefault();
    selectAll();
  } else if (command && key === 'd') {
    event.preventDefault();
    duplicateChosen();
  } else if (command && event.shiftKey && key === 'l') {
    event.preventDefault();
    tidy();
  } else if (key === '?' && !command) {
    set({ dialog: { kind: 'keys' } });
  } else if (event.key === 'Escape') {
    escape();
  } else if ((event.key === 'Delete' || event.key === 'Backspace') && !command && !(event.target as HTMLElement).closest?.('[role="menu"], .panel')) {
    event.preventDefault();
    removeChosen();
  } else if (event.target === document.body) {
    // The focus went with what was removed: the keys of the drawing hold on.
    canvasKeys(event);
  }
}

/** The one step or End tag that is chosen. */
function chosen(): string | undefined {
  const { nodes, port } = get();
  return nodes.size === 1 ? [...nodes][0] : port ? endId(port) : undefined;
}

/** From the panel back to what it belongs to. */
function backToCanvas(): boolean {
  const id = chosen();
  if (id) reveal(id, true);
  return Boolean(id);
}

export function escape(): void {
  const state = get();
  if (state.menu) set({ menu: null });
  else if (state.moveMode) set({ moveMode: false });
  else if (state.findOpen) set({ findOpen: false });
  else if (state.people) {
    set({ people: null });
    if (state.people.node) reveal(state.people.node, true);
  }
  else if (state.nodes.size || state.edges.size || state.port) clear();
  else if (state.problemsOpen) set({ problemsOpen: false });
  else if (state.comparison) set({ comparison: null });
  else set({ propertiesOpen: false });
}

const arrows: Record<string, 'left' | 'right' | 'up' | 'down' | undefined> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' };

/** Keys on the drawing surface: walking, adding, connecting, moving. */
export function canvasKeys(event: KeyboardEvent | React.KeyboardEvent): void {
  if (isTyping(event.target) || event.ctrlKey || event.metaKey || inDialog()) return;
  const state = get();
  const here = focusedNode() ?? chosen();
  const arrow = arrows[event.key];
  if (arrow) {
    event.preventDefault();
    if ((state.moveMode || event.altKey) && state.nodes.size && canEdit(state)) {
      const far = event.shiftKey ? 64 : 8;
      moveBy(arrow === 'left' ? -far : arrow === 'right' ? far : 0, arrow === 'up' ? -far : arrow === 'down' ? far : 0);
      return;
    }
    const from = here ?? [...state.nodes][0];
    const to = from ? walk(from, arrow) : readingOrder(state.catalogue, state.graph)[0]?.id;
    if (to) go(to);
    return;
  }
  if (event.altKey || !here) return;
  switch (event.key) {
    case 'Enter':
    case ' ':
      if ((event.target as HTMLElement).tagName === 'BUTTON') return;
      event.preventDefault();
      go(here);
      if (event.key === 'Enter') requestAnimationFrame(() => document.querySelector<HTMLElement>('.panel [data-first]')?.focus());
      return;
    case 'a':
    case 'A':
      event.preventDefault();
      return openAdd(here);
    case 'c':
    case 'C':
      event.preventDefault();
      if (!here.startsWith('end:') && canEdit(state)) set({ dialog: { kind: 'connect', node: here } });
      return;
    case 'm':
    case 'M':
      if (!canEdit(state) || here.startsWith('end:')) return;
      event.preventDefault();
      if (!state.nodes.has(here)) select([here]);
      set({ moveMode: !state.moveMode });
      if (!state.moveMode) announce(t.moveMode);
      return;
  }
}

/** Choose and focus a step or an End tag. */
export function go(id: string): void {
  const { catalogue, graph } = get();
  const tag = id.startsWith('end:') ? endTags(catalogue, graph).find((one) => one.id === id) : undefined;
  if (tag) selectPort(tag.outlet);
  else select([id]);
  reveal(id, true);
}

/** The menu of activities at the first open port of a step (or beside its first line). */
export function openAdd(id: string): void {
  const { catalogue, graph } = get();
  if (!canEdit(get())) return;
  const element = document.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`);
  const box = element?.getBoundingClientRect();
  const at = box ? { x: box.right + 8, y: box.top } : { x: window.innerWidth / 2, y: 200 };
  const tag = endTags(catalogue, graph).find((one) => one.id === id);
  const node = nodeById(graph, id);
  const outlet = tag?.outlet ?? (node && openPorts(catalogue, graph, node)[0]);
  if (outlet) return set({ menu: { place: { kind: 'port', outlet }, at } });
  const first = node && portsOf(catalogue, graph, node)[0];
  const edge = first && edgesAt(graph, { node: id, port: first.name })[0];
  if (edge) set({ menu: { place: { kind: 'line', edge }, at } });
}

/** The system's own copy, cut and paste: they work without asking for the right to read the clipboard. */
export function watchClipboard(): void {
  const own = (event: ClipboardEvent): boolean => !isTyping(event.target) && !inDialog() && (window.getSelection()?.isCollapsed ?? true);
  document.addEventListener('copy', (event) => {
    const text = own(event) && copyChosen();
    if (!text) return;
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
  });
  document.addEventListener('cut', (event) => {
    const text = own(event) && canEdit(get()) && cutChosen();
    if (!text) return;
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
  });
  document.addEventListener('paste', (event) => {
    if (!own(event)) return;
    event.preventDefault();
    void pasteClip(event.clipboardData?.getData('text/plain') ?? '');
  });
}
