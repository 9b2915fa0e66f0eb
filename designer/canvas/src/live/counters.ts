/** Live numbers, apart from the document: a node listens to its own key only, and all changes of a moment are shown in one frame. */
import type { Counts, NodeCounts } from '../store/api';

export type Frame = (flush: () => void) => void;

export class Counters {
  private nodes = new Map<string, NodeCounts>();
  private ports = new Map<string, number>();
  private journey: Record<string, number> = {};
  private listeners = new Map<string, Set<() => void>>();
  private touched = new Set<string>();
  private queued = false;
  private held = false;
  private resting = false;
  seq = -1;

  constructor(private readonly frame: Frame = (flush) => requestAnimationFrame(flush)) {}

  /** Everything anew. */
  snapshot(counts: Counts, seq = 0): void {
    this.seq = seq;
    for (const key of this.nodes.keys()) if (!counts.nodes?.[key]) this.touch(`n:${key}`);
    for (const key of this.ports.keys()) if (!counts.ports?.[key]) this.touch(`p:${key}`);
    this.nodes = new Map([...this.nodes].filter(([key]) => counts.nodes?.[key]));
    this.ports = new Map([...this.ports].filter(([key]) => counts.ports?.[key] !== undefined));
    this.merge(counts);
  }

  /** What changed, in absolute numbers. False when something was missed and a snapshot is needed. */
  apply(counts: Counts, seq: number): boolean {
    if (seq <= this.seq) return true;
    const gap = this.seq >= 0 && seq > this.seq + 1;
    this.seq = seq;
    this.merge(counts);
    return !gap;
  }

  private merge(counts: Counts): void {
    for (const [key, value] of Object.entries(counts.nodes ?? {})) {
      const old = this.nodes.get(key);
      if (old && old.entered === value.entered && old.waiting === value.waiting && old.error === value.error) continue;
      this.nodes.set(key, { ...old, ...value });
      this.touch(`n:${key}`);
    }
    for (const [key, value] of Object.entries(counts.ports ?? {})) {
      if (this.ports.get(key) === value) continue;
      this.ports.set(key, value);
      this.touch(`p:${key}`);
    }
    if (counts.journey) {
      this.journey = { ...this.journey, ...counts.journey };
      this.touch('journey');
    }
  }

  private touch(key: string): void {
    this.touched.add(key);
    if (this.queued || this.held || !this.isShown(key)) return;
    this.queued = true;
    this.frame(() => this.flush());
  }

  private flush(): void {
    this.queued = false;
    if (this.held) return;
    const keys = [...this.touched].filter((key) => this.isShown(key));
    for (const key of keys) this.touched.delete(key);
    for (const key of keys) for (const listener of this.listeners.get(key) ?? []) listener();
  }

  /** While a step is dragged nothing is redrawn for a number. */
  hold(held: boolean): void {
    this.held = held;
    if (!held && this.touched.size) this.flush();
  }

  /** From far the numbers of steps and lines are not drawn, so nobody is told of them; the journey's own always are. */
  rest(resting: boolean): void {
    this.resting = resting;
    if (!resting && !this.held && this.touched.size) this.flush();
  }

  private isShown(key: string): boolean {
    return !this.resting || key === 'journey';
  }

  listen(key: string, listener: () => void): () => void {
    const set = this.listeners.get(key) ?? new Set();
    this.listeners.set(key, set.add(listener));
    return () => {
      set.delete(listener);
      if (set.size === 0) this.listeners.delete(key);
    };
  }

  node(id: string): NodeCounts | undefined {
    return this.nodes.get(id);
  }

  port(key: string): number | undefined {
    return this.ports.get(key);
  }

  total(): Record<string, number> {
    return this.journey;
  }
}
