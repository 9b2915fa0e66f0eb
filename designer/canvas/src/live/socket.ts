/** A WebSocket that comes back by itself, with growing, jittered pauses; not after "log in" (4401) or "not yours" (4403). */
import { backoff } from '../store/api';

export interface LiveSocket {
  send: (message: unknown) => void;
  close: () => void;
}

export function openSocket(url: string, on: { message: (data: unknown) => void; up: (up: boolean) => void; refused: (code: number) => void }): LiveSocket {
  let socket: WebSocket | undefined;
  let attempt = 0;
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const connect = (): void => {
    const address = new URL(url, window.location.href);
    address.protocol = address.protocol.replace(/^http/, 'ws');
    socket = new WebSocket(address);
    socket.onopen = () => {
      attempt = 0;
      on.up(true);
    };
    socket.onmessage = (event) => {
      try {
        on.message(JSON.parse(String(event.data)));
      } catch {
        // Not for us.
      }
    };
    socket.onclose = (event) => {
      on.up(false);
      if (stopped) return;
      if (event.code === 4401 || event.code === 4403) return on.refused(event.code);
      timer = setTimeout(connect, backoff(attempt));
      attempt += 1;
    };
  };
  connect();

  return {
    send: (message) => {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    close: () => {
      stopped = true;
      clearTimeout(timer);
      socket?.close();
    },
  };
}
