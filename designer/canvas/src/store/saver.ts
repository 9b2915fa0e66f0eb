/** Saving by itself: waits for a pause in the changes, sends one state at a time, tries again, and stops at a conflict. */

export type SaveState = 'saved' | 'waiting' | 'saving' | 'offline' | 'conflict' | 'failed';

export type SaveResult = { kind: 'saved' } | { kind: 'retry' } | { kind: 'conflict' } | { kind: 'failed' };

export interface SaverOptions {
  /** Sends the newest state; the saver asks again when more changed meanwhile. */
  send: () => Promise<SaveResult>;
  onState: (state: SaveState) => void;
  delay?: number;
  backoff?: (attempt: number) => number;
}

export interface Saver {
  changed: () => void;
  flush: () => Promise<boolean>;
  /** Go on after a conflict was settled or the network came back. */
  resume: () => void;
  /** Nothing more to save: the state on the screen is the server's. */
  settle: () => void;
  readonly dirty: boolean;
}

export function createSaver({ send, onState, delay = 800, backoff = (n) => Math.min(30_000, 1000 * 2 ** n) }: SaverOptions): Saver {
  let edits = 0;
  let savedEdits = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sending: Promise<boolean> | undefined;
  let attempt = 0;
  let halted = false;

  const dirty = (): boolean => edits !== savedEdits;

  const schedule = (after: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void run(), after);
  };

  async function run(): Promise<boolean> {
    clearTimeout(timer);
    if (sending) return sending;
    if (!dirty()) return true;
    if (halted) return false;
    sending = (async () => {
      const at = edits;
      onState('saving');
      const result = await send();
      sending = undefined;
      switch (result.kind) {
        case 'saved':
          attempt = 0;
          savedEdits = Math.max(savedEdits, at);
          onState(dirty() ? 'waiting' : 'saved');
          if (dirty()) schedule(delay);
          return true;
        case 'retry':
          onState('offline');
          schedule(backoff(attempt));
          attempt += 1;
          return false;
        case 'conflict':
        case 'failed':
          halted = true;
          onState(result.kind);
          return false;
      }
    })();
    return sending;
  }

  return {
    changed() {
      edits += 1;
      if (halted) return;
      if (!sending && attempt === 0) {
        onState('waiting');
        schedule(delay);
      }
    },
    async flush() {
      for (let round = 0; round < 3 && (dirty() || sending); round += 1) {
        if (!(await run())) return false;
      }
      return !dirty();
    },
    resume() {
      halted = false;
      attempt = 0;
      if (dirty()) void run();
    },
    settle() {
      savedEdits = edits;
      halted = false;
      attempt = 0;
      clearTimeout(timer);
      onState('saved');
    },
    get dirty() {
      return dirty();
    },
  };
}
