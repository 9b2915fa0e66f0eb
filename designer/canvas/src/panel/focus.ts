/** Putting the cursor into the field that a problem speaks of. */
import { useEffect, type RefObject } from 'react';

const PATIENCE = 10_000; // on a slow line the editor comes late; whoever does something else meanwhile is left alone
const controls = 'input, textarea, select, .cm-content, button';

/** The field of a path such as `paths.0.condition`, or the nearest around it that is shown. */
function fieldAt(form: HTMLElement, path: string): HTMLElement | null {
  const parts = path.split('.');
  for (let length = parts.length; length > 0; length -= 1) {
    const field = form.querySelector<HTMLElement>(`[data-field="${CSS.escape(parts.slice(0, length).join('.'))}"]`);
    if (field) return field;
  }
  return null;
}

/** Looks for the field frame by frame: the panel may only just be drawn, and the editor in it still on its way. */
export function useFieldFocus(form: RefObject<HTMLElement | null>, wanted: { field: string; at: number } | null): void {
  useEffect(() => {
    if (!wanted) return;
    const until = performance.now() + PATIENCE;
    let frame = 0;
    let found = false;
    let flash: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      const field = form.current && fieldAt(form.current, wanted.field);
      if (field && !found) {
        found = true;
        field.closest('details')?.setAttribute('open', '');
        field.scrollIntoView({ block: 'center' });
        field.classList.add('is-flashed');
        flash = setTimeout(() => field.classList.remove('is-flashed'), 1200);
      }
      const control = field?.querySelector('.is-loading') ? null : field?.querySelector<HTMLElement>(controls);
      if (!field || !control) {
        if (performance.now() < until) frame = requestAnimationFrame(look);
        return;
      }
      field.scrollIntoView({ block: 'center' });
      control.focus({ preventScroll: true });
    };
    const stop = (): void => cancelAnimationFrame(frame);
    frame = requestAnimationFrame(look);
    window.addEventListener('pointerdown', stop, { once: true });
    window.addEventListener('keydown', stop, { once: true });
    return () => {
      stop();
      window.removeEventListener('pointerdown', stop);
      window.removeEventListener('keydown', stop);
      clearTimeout(flash);
    };
  }, [form, wanted]);
}
