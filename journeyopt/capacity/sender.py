"""A load generator in a process of its own: raw sockets, so that it costs a fraction of what it measures.

python -m journeyopt.capacity.sender PORT KEY CONNECTIONS SECONDS [--batch N] [--rate N] [--people N] [--event NAME]
prints one line of JSON: requests, events, seconds, latencies in ms (p50, p99, most), and how many got which status.
"""

import argparse
import asyncio
import json
import random
import time
from collections import Counter


class Lane(asyncio.Protocol):
    """One keep-alive connection: writes a request, notes when its answer is there, writes the next."""

    def __init__(self, load: "Load") -> None:
        self.load = load
        self.sent_at = 0.0
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.load.free(self)

    def send(self) -> None:
        self.sent_at = time.perf_counter()
        self.transport.write(self.load.request())  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, rest = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        at = head.lower().index(b"content-length:") + 15
        length = int(head[at : head.find(b"\r", at) if b"\r" in head[at:] else None])
        if len(rest) < length:
            return
        self.buffer = rest[length:]
        self.load.answered(int(head[9:12]), time.perf_counter() - self.sent_at)
        self.load.free(self)

    def connection_lost(self, error: Exception | None) -> None:
        self.load.statuses[0] += 1


class Load:
    """Sends as fast as the lanes allow, or at a rate, until time is up."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self.asked = asked
        self.statuses: Counter[int] = Counter()
        self.latencies: list[float] = []
        self.number = 0
        self.run = random.randrange(2**40)
        self.is_over = False
        self.waiting: asyncio.Queue[Lane] = asyncio.Queue()
        path = b"/v1/batch" if asked.batch else b"/v1/track"
        self.head = (
            b"POST %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"
            b"Content-Length: " % (path, asked.key.encode())
        )

    def request(self) -> bytes:
        if self.asked.batch:
            body = b'{"batch":[' + b",".join(self._event() for _ in range(self.asked.batch)) + b"]}"
        else:
            body = self._event()
        return self.head + b"%d\r\n\r\n" % len(body) + body

    def _event(self) -> bytes:
        self.number += 1
        person = self.number % self.asked.people + 1
        return (
            b'{"type":"track","userId":"u%d","event":"%s","messageId":"%x-%d","timestamp":"2026-11-24T12:00:00.000Z",'
            b'"properties":{"total":%d,"currency":"EUR","at":%.6f},"context":{"library":{"name":"bench"}}}'
            % (person, self.asked.event.encode(), self.run, self.number, self.number % 200, time.time())
        )

    def answered(self, status: int, latency: float) -> None:
        self.statuses[status] += 1
        self.latencies.append(latency)

    def free(self, lane: Lane) -> None:
        if self.is_over:
            return
        if self.asked.rate:
            self.waiting.put_nowait(lane)
        else:
            lane.send()

    async def go(self) -> dict[str, object]:
        loop = asyncio.get_running_loop()
        began = time.perf_counter()
        lanes = [
            await loop.create_connection(lambda: Lane(self), "127.0.0.1", self.asked.port)
            for _ in range(self.asked.connections)
        ]
        if self.asked.rate:
            await self._at_rate(began)
        else:
            await asyncio.sleep(self.asked.seconds)
        seconds = time.perf_counter() - began
        self.is_over = True
        answered = len(self.latencies)
        await asyncio.sleep(0.5)
        for transport, lane in lanes:
            lane.connection_lost = lambda error: None  # type: ignore[method-assign]
            transport.abort()
        ordered = sorted(self.latencies[:answered])
        return {
            "requests": answered,
            "events": answered * (self.asked.batch or 1),
            "seconds": seconds,
            "p50": 1000 * ordered[len(ordered) // 2],
            "p99": 1000 * ordered[int(len(ordered) * 0.99)],
            "most": 1000 * ordered[-1],
            "statuses": dict(self.statuses),
        }

    async def _at_rate(self, began: float) -> None:
        for number in range(int(self.asked.rate * self.asked.seconds)):
            pause = began + number / self.asked.rate - time.perf_counter()
            if pause > 0:
                await asyncio.sleep(pause)
            (await self.waiting.get()).send()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("key")
    parser.add_argument("connections", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--batch", type=int, default=0)
    parser.add_argument("--rate", type=float, default=0)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--event", default="Order")
    print(json.dumps(asyncio.run(Load(parser.parse_args()).go())))


if __name__ == "__main__":
    main()
