import { describe, expect, it } from 'vitest';
import { emptyHistory, LIMIT, PAUSE, record, redo, undo, type History } from '../src/graph/history';
import { dice } from './cast';

describe('undo and redo', () => {
  it('go back and forth over the same states', () => {
    const history = record(record(emptyHistory<string>(), 'a', null, 0), 'b', null, 1);

    const back = undo(history, 'c')!;
    expect(back.present).toBe('b');
    expect(undo(back.history, back.present)?.present).toBe('a');
    expect(redo(back.history, back.present)?.present).toBe('c');
  });

  it('have nothing to give when there is nothing', () => {
    expect(undo(emptyHistory(), 'x')).toBeUndefined();
    expect(redo(emptyHistory(), 'x')).toBeUndefined();
  });

  it('take typing into one field as one step, until a pause', () => {
    let history = record(emptyHistory<string>(), '', 'label', 0);
    history = record(history, 'a', 'label', 100);
    history = record(history, 'ab', 'label', 100 + PAUSE - 1);
    expect(history.past).toEqual(['']);

    history = record(history, 'abc', 'label', 100 + 2 * PAUSE);
    expect(history.past).toEqual(['', 'abc']);
  });

  it('take another field, or a change without a field, as a step of its own', () => {
    let history = record(emptyHistory<string>(), '0', 'label', 0);
    history = record(history, '1', 'description', 1);
    history = record(history, '2', null, 2);
    history = record(history, '3', null, 3);

    expect(history.past).toEqual(['0', '1', '2', '3']);
  });

  it('do not join typing before an undo with typing after it', () => {
    const typed = record(emptyHistory<string>(), '', 'label', 0);
    const { history, present } = undo(record(typed, 'a', 'other', 1), 'b')!;

    expect(record(history, present, 'label', 2).past).toEqual(['', 'a']);
  });

  it('forget what could be redone once something new is done, also while typing', () => {
    const { history, present } = undo(record(emptyHistory<string>(), 'a', null, 0), 'b')!;
    expect(record(history, present, null, 1).future).toEqual([]);

    const typing: History<string> = { past: ['a'], future: ['z'], key: 'label', at: 0 };
    expect(record(typing, 'b', 'label', 1).future).toEqual([]);
  });

  it('keep the last steps only', () => {
    let history = emptyHistory<number>();
    for (let step = 0; step < LIMIT + 25; step += 1) history = record(history, step, null, step);

    expect(history.past).toHaveLength(LIMIT);
    expect(history.past[0]).toBe(25);
  });

  it('lead anywhere back to where it began, through any row of changes', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const { below } = dice(seed);
      let history = emptyHistory<number>();
      let present = 0;
      const seen = [0];
      for (let step = 1; step <= 30; step += 1) {
        history = record(history, present, null, step);
        present = below(1000);
        seen.push(present);
      }
      for (let at = seen.length - 2; at >= 0; at -= 1) ({ history, present } = undo(history, present)!);
      expect(present).toBe(0);
      for (let at = 1; at < seen.length; at += 1) {
        ({ history, present } = redo(history, present)!);
        expect(present).toBe(seen[at]);
      }
    }
  });
});
