/** Dragging a field out of the tree. Pointer events, so that it works with mouse, pen and finger alike. */
import { useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import type { Branch } from '../../graph/words';

export interface DropTarget {
  /** Something is held over this point: show where it would land. */
  over: (x: number, y: number) => void;
  leave: () => void;
  drop: (x: number, y: number, field: Branch) => void;
}

const FAR = 5;

export function useFieldDrag(target: { current: DropTarget | null }, readOnly: boolean) {
  const press = useRef<{ field: Branch; x: number; y: number; moved: boolean } | null>(null);
  const justDragged = useRef(false);
  const [ghost, setGhost] = useState<{ field: Branch; x: number; y: number; home: Element } | null>(null);

  const finish = (drop: boolean) => (event: React.PointerEvent): void => {
    const now = press.current;
    press.current = null;
    setGhost(null);
    target.current?.leave();
    if (!now?.moved) return;
    // The click that follows belongs to the drag.
    justDragged.current = true;
    setTimeout(() => (justDragged.current = false));
    if (drop) target.current?.drop(event.clientX, event.clientY, now.field);
  };

  return {
    dragged: () => justDragged.current,
    handlers: (field: Branch) => ({
      onPointerDown: (event: React.PointerEvent<HTMLElement>): void => {
        if (readOnly || event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        press.current = { field, x: event.clientX, y: event.clientY, moved: false };
      },
      onPointerMove: (event: React.PointerEvent<HTMLElement>): void => {
        const now = press.current;
        if (!now || (!now.moved && Math.hypot(event.clientX - now.x, event.clientY - now.y) < FAR)) return;
        now.moved = true;
        setGhost({ field, x: event.clientX, y: event.clientY, home: event.currentTarget.closest('dialog') ?? document.body });
        target.current?.over(event.clientX, event.clientY);
      },
      onPointerUp: finish(true),
      onPointerCancel: finish(false),
    }),
    ghost: ghost && createPortal(
      <div className="field-ghost" style={{ transform: `translate(${ghost.x + 10}px, ${ghost.y + 8}px)` }} aria-hidden>
        <span className="tree-name">{ghost.field.name}</span>
        <span className="tree-type">{ghost.field.type}</span>
      </div>,
      ghost.home,
    ),
  };
}
