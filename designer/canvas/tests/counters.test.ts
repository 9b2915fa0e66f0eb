import { describe, expect, it } from 'vitest';
import { Counters } from '../src/live/counters';

/** Counters whose frames are shown by hand, and a record of who was told. */
function counting() {
  const frames: (() => void)[] = [];
  const told: string[] = [];
  const counters = new Counters((flush) => frames.push(flush));
  const listen = (...keys: string[]): (() => void)[] => keys.map((key) => counters.listen(key, () => told.push(key)));
  const show = (): string[] => {
    frames.splice(0).forEach((flush) => flush());
    return told.splice(0);
  };
  return { counters, listen, show, frames };
}

describe('live numbers', () => {
  it('tell only those who show what changed, once a frame', () => {
    const { counters, listen, show, frames } = counting();
    listen('n:a', 'n:b', 'p:a.next', 'journey');

    counters.snapshot({ nodes: { a: { entered: 1 }, b: { entered: 1 } }, ports: { 'a.next': 1 }, journey: { entered: 1 } }, 0);
    expect(show().sort()).toEqual(['journey', 'n:a', 'n:b', 'p:a.next']);

    counters.apply({ nodes: { a: { entered: 2 }, b: { entered: 1 } } }, 1);
    counters.apply({ nodes: { a: { entered: 3 } }, ports: { 'a.next': 1 } }, 2);
    expect(frames).toHaveLength(1);
    expect(show()).toEqual(['n:a']);
    expect(counters.node('a')).toEqual({ entered: 3 });
  });

  it('keep the numbers of a node that a change does not speak of', () => {
    const { counters } = counting();

    counters.snapshot({ nodes: { a: { entered: 5, waiting: 2, error: 0 } } }, 0);
    counters.apply({ nodes: { a: { entered: 5, waiting: 1 } } }, 1);

    expect(counters.node('a')).toEqual({ entered: 5, waiting: 1, error: 0 });
  });

  it('notice that a message was missed, and take an old one for what it is', () => {
    const { counters } = counting();
    counters.snapshot({}, 3);

    expect(counters.apply({}, 4)).toBe(true);
    expect(counters.apply({}, 6)).toBe(false);
    expect(counters.apply({ nodes: { a: { entered: 9 } } }, 5)).toBe(true);
    expect(counters.node('a')).toBeUndefined();
  });

  it('forget what a snapshot no longer knows, and say so', () => {
    const { counters, listen, show } = counting();
    counters.snapshot({ nodes: { a: { entered: 1 } }, ports: { 'a.next': 1 } }, 0);
    show();
    listen('n:a', 'p:a.next');

    counters.snapshot({ nodes: {}, ports: {} }, 1);

    expect(show().sort()).toEqual(['n:a', 'p:a.next']);
    expect(counters.node('a')).toBeUndefined();
    expect(counters.port('a.next')).toBeUndefined();
  });

  it('redraw nothing while a step is dragged, and everything that changed after it', () => {
    const { counters, listen, show, frames } = counting();
    listen('n:a', 'n:b');

    counters.hold(true);
    counters.apply({ nodes: { a: { entered: 1 } } }, 1);
    counters.apply({ nodes: { b: { entered: 1 } } }, 2);
    expect(frames).toHaveLength(0);
    expect(show()).toEqual([]);
    counters.hold(false);

    expect(show().sort()).toEqual(['n:a', 'n:b']);
  });

  it('show a frame that was asked for before the drag only after it', () => {
    const { counters, listen, show } = counting();
    listen('n:a');

    counters.apply({ nodes: { a: { entered: 1 } } }, 1);
    counters.hold(true);
    expect(show()).toEqual([]);
    counters.hold(false);

    expect(show()).toEqual(['n:a']);
  });

  it('rest while they are too far away to be read, all but those of the journey', () => {
    const { counters, listen, show, frames } = counting();
    listen('n:a', 'p:a.next', 'journey');

    counters.rest(true);
    counters.apply({ nodes: { a: { entered: 1 } }, ports: { 'a.next': 1 } }, 1);
    expect(frames).toHaveLength(0);
    counters.apply({ nodes: { a: { entered: 2 } }, journey: { entered: 2 } }, 2);
    expect(show()).toEqual(['journey']);
    counters.rest(false);

    expect(show().sort()).toEqual(['n:a', 'p:a.next']);
    expect(counters.node('a')).toEqual({ entered: 2 });
  });

  it('do not tell who has gone', () => {
    const { counters, listen, show } = counting();
    const [stop] = listen('n:a');

    stop();
    counters.apply({ nodes: { a: { entered: 1 } } }, 1);

    expect(show()).toEqual([]);
  });
});
