import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSaver, type SaveResult, type SaveState } from '../src/store/saver';

/** A server of which every answer is given by hand. */
function server() {
  const calls: ((result: SaveResult) => void)[] = [];
  const states: SaveState[] = [];
  const saver = createSaver({
    send: () => new Promise((done) => calls.push(done)),
    onState: (state) => states.push(state),
    delay: 800,
    backoff: (attempt) => 1000 * 2 ** attempt,
  });
  const answer = async (kind: SaveResult['kind']): Promise<void> => {
    calls.at(-1)!({ kind });
    await vi.advanceTimersByTimeAsync(0);
  };
  return { calls, states, saver, answer };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('saving by itself', () => {
  it('waits for a pause in the changes, then sends once', async () => {
    const { calls, saver, states, answer } = server();

    saver.changed();
    await vi.advanceTimersByTimeAsync(500);
    saver.changed();
    await vi.advanceTimersByTimeAsync(799);
    expect(calls).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(calls).toHaveLength(1);
    await answer('saved');

    expect(saver.dirty).toBe(false);
    expect(states).toEqual(['waiting', 'waiting', 'saving', 'saved']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls).toHaveLength(1);
  });

  it('sends again what changed while it was sending, and never two at once', async () => {
    const { calls, saver, answer } = server();

    saver.changed();
    await vi.advanceTimersByTimeAsync(800);
    saver.changed();
    await vi.advanceTimersByTimeAsync(5000);
    expect(calls).toHaveLength(1);
    await answer('saved');
    expect(saver.dirty).toBe(true);
    await vi.advanceTimersByTimeAsync(800);
    expect(calls).toHaveLength(2);
    await answer('saved');

    expect(saver.dirty).toBe(false);
  });

  it('tries again with growing pauses while the server is away, and keeps the work', async () => {
    const { calls, saver, states, answer } = server();

    saver.changed();
    await vi.advanceTimersByTimeAsync(800);
    for (const pause of [1000, 2000, 4000]) {
      await answer('retry');
      expect(states.at(-1)).toBe('offline');
      expect(saver.dirty).toBe(true);
      const sent = calls.length;
      await vi.advanceTimersByTimeAsync(pause - 1);
      expect(calls).toHaveLength(sent);
      await vi.advanceTimersByTimeAsync(1);
      expect(calls).toHaveLength(sent + 1);
    }
    await answer('saved');

    expect(states.at(-1)).toBe('saved');
  });

  it('does not hurry when somebody types while the server is away', async () => {
    const { calls, saver, answer } = server();

    saver.changed();
    await vi.advanceTimersByTimeAsync(800);
    await answer('retry');
    saver.changed();
    await vi.advanceTimersByTimeAsync(900);

    expect(calls).toHaveLength(1);
  });

  it('tries at once when it is told that the network came back', async () => {
    const { calls, saver, answer } = server();

    saver.changed();
    await vi.advanceTimersByTimeAsync(800);
    await answer('retry');
    saver.resume();

    expect(calls).toHaveLength(2);
  });

  it('stops at a conflict until it is settled, then sends what is here', async () => {
    const { calls, saver, states, answer } = server();

    saver.changed();
    await vi.advanceTimersByTimeAsync(800);
    await answer('conflict');
    saver.changed();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls).toHaveLength(1);
    expect(await saver.flush()).toBe(false);
    expect(states.at(-1)).toBe('conflict');

    saver.resume();
    expect(calls).toHaveLength(2);
    await answer('saved');
    expect(saver.dirty).toBe(false);
  });

  it('has nothing to send any more once theirs was taken', async () => {
    const { calls, saver, states, answer } = server();

    saver.changed();
    await vi.advanceTimersByTimeAsync(800);
    await answer('conflict');
    saver.settle();
    await vi.advanceTimersByTimeAsync(60_000);

    expect(calls).toHaveLength(1);
    expect(states.at(-1)).toBe('saved');
    expect(saver.dirty).toBe(false);
  });

  it('saves everything before it says that everything is saved', async () => {
    const { calls, saver, answer } = server();

    saver.changed();
    const flushed = saver.flush();
    expect(calls).toHaveLength(1);
    saver.changed();
    await answer('saved');
    expect(calls).toHaveLength(2);
    await answer('saved');

    expect(await flushed).toBe(true);
  });

  it('says so when not everything could be saved', async () => {
    const { saver, answer } = server();

    saver.changed();
    const flushed = saver.flush();
    await answer('retry');

    expect(await flushed).toBe(false);
    expect(saver.dirty).toBe(true);
  });

  it('flushes nothing when there is nothing', async () => {
    const { calls, saver } = server();

    expect(await saver.flush()).toBe(true);
    expect(calls).toHaveLength(0);
  });
});
