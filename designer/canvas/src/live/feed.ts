/** Live: keeps the counters and the followed person fresh, by socket, or by asking every 5 seconds while the socket is down. */
import { useSyncExternalStore } from 'react';
import { create } from 'zustand';
import { t } from '../messages';
import { api, type Counts, type NodeCounts, type PersonPath } from '../store/api';
import { boot } from '../store/boot';
import { get, isLive, set, toast } from '../store/canvas';
import { reveal } from '../store/commands';
import { refresh } from '../store/session';
import { Counters } from './counters';
import { openSocket, type LiveSocket } from './socket';
import { trailOf, type Trail } from './trail';

export const counters = new Counters();

interface LiveState {
  link: 'off' | 'live' | 'polling' | 'refused';
  path: PersonPath | null;
  trail: Trail | null;
}

export const useLive = create<LiveState>(() => ({ link: 'off', path: null, trail: null }));

let socket: LiveSocket | undefined;
let polling: ReturnType<typeof setInterval> | undefined;

type Message =
  | { type: 'snapshot'; seq: number; counts: Counts; status: string }
  | { type: 'counts'; seq: number; counts: Counts }
  | { type: 'status'; status: string }
  | ({ type: 'path' } & PersonPath);

function receive(data: unknown): void {
  const message = data as Message;
  switch (message.type) {
    case 'snapshot':
      counters.snapshot(message.counts, message.seq);
      return became(message.status);
    case 'counts':
      if (!counters.apply(message.counts, message.seq)) socket?.send({ type: 'snapshot' });
      return;
    case 'status':
      return became(message.status);
    case 'path':
      return showPath(message);
  }
}

/** The status of the version, as the server says it: when it is another one, what may be done is another, too. */
function became(status: string): void {
  const { version } = get();
  if (!version || version.status === status) return;
  set({ version: { ...version, status } });
  void refresh();
}

function showPath(path: PersonPath): void {
  const followed = useLive.getState().path;
  if (followed && followed.instance !== path.instance) return;
  const trail = trailOf(get().graph, path);
  const before = useLive.getState().trail?.here;
  useLive.setState({ path, trail });
  const [now] = trail.here;
  if (now && !before?.has(now)) reveal(now, false);
}

async function poll(): Promise<void> {
  try {
    const { seq, counts } = await api.counts();
    counters.snapshot(counts, seq);
    const { path } = useLive.getState();
    if (path) showPath(await api.path(path.instance));
  } catch {
    // The next round asks again.
  }
}

function poller(on: boolean): void {
  clearInterval(polling);
  polling = on ? setInterval(() => void poll(), 5000) : undefined;
  if (on) void poll();
}

export function startLive(): void {
  stopLive();
  if (!isLive(get())) return;
  useLive.setState({ link: 'polling' });
  void poll();
  socket = openSocket(`${boot.urls.ws.replace(/\/$/, '')}/versions/${encodeURIComponent(boot.version_id)}/`, {
    message: receive,
    up: (up) => {
      useLive.setState({ link: up ? 'live' : 'polling' });
      poller(!up);
      const { path } = useLive.getState();
      if (up && path) socket?.send({ type: 'follow', instance: path.instance });
    },
    refused: () => {
      useLive.setState({ link: 'refused' });
      poller(false);
    },
  });
  followFromAddress();
}

/** `?follow=<instance>`, as on the page about a person: follow them, once; the address forgets it. */
function followFromAddress(): void {
  const address = new URL(location.href);
  const instance = address.searchParams.get('follow');
  if (instance === null) return;
  address.searchParams.delete('follow');
  history.replaceState(history.state, '', address);
  if (/^\d{1,19}$/.test(instance)) void follow(instance);
}

export function stopLive(): void {
  socket?.close();
  socket = undefined;
  poller(false);
  useLive.setState({ link: 'off' });
}

export async function follow(instance: string): Promise<void> {
  try {
    const path = await api.path(instance);
    useLive.setState({ path: null, trail: null });
    showPath(path);
    socket?.send({ type: 'follow', instance });
    set({ followOpen: true });
  } catch (error) {
    toast(error instanceof Error ? error.message : t.network, 'bad');
  }
}

export function unfollow(): void {
  socket?.send({ type: 'unfollow' });
  useLive.setState({ path: null, trail: null });
}

const listenTo = new Map<string, (listener: () => void) => () => void>();
const subscriber = (key: string): ((listener: () => void) => () => void) => {
  let one = listenTo.get(key);
  if (!one) listenTo.set(key, (one = (listener) => counters.listen(key, listener)));
  return one;
};

export const useNodeCounts = (id: string): NodeCounts | undefined => useSyncExternalStore(subscriber(`n:${id}`), () => counters.node(id));
export const usePortCount = (key: string): number | undefined => useSyncExternalStore(subscriber(`p:${key}`), () => counters.port(key));
export const useTotals = (): Record<string, number> => useSyncExternalStore(subscriber('journey'), () => counters.total());
