"""Receivers in a process of their own, as cheap as can be. python -m journeyopt.capacity.sink http|smtp FILE

Prints its port, then takes everything. On SIGTERM it writes FILE: how many came, and for HTTP calls with a body
{"at": t} how many ms passed since t.
"""

import asyncio
import json
import re
import signal
import sys
import time
from pathlib import Path

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
AT = re.compile(rb'"at":\s*([0-9.]+)')


class Http(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        self.buffer = b""

    def data_received(self, data):
        now = time.time()
        self.buffer += data
        while True:
            head, found, rest = self.buffer.partition(b"\r\n\r\n")
            if not found:
                return
            length = re.search(rb"(?i)content-length:\s*(\d+)", head)
            size = int(length[1]) if length else 0
            if len(rest) < size:
                return
            at = AT.search(rest[:size])
            seen.append((now - float(at[1])) * 1000 if at else None)
            self.buffer = rest[size:]
            self.transport.write(ANSWER)


class Smtp(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        self.buffer = b""
        self.is_data = False
        transport.write(b"220 sink\r\n")

    def data_received(self, data):
        self.buffer += data
        while self.buffer:
            end = b"\r\n.\r\n" if self.is_data else b"\r\n"
            line, found, rest = self.buffer.partition(end)
            if not found:
                return
            self.buffer = rest
            self.transport.write(self._answer(line))

    def _answer(self, line):
        if self.is_data:
            self.is_data = False
            seen.append(None)
            return b"250 OK\r\n"
        word = line[:4].upper()
        if word == b"DATA":
            self.is_data = True
            return b"354 go\r\n"
        return b"250 OK\r\n"


seen: list[float | None] = []


async def main() -> None:
    kind, file = sys.argv[1:]
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, over.set)
    server = await loop.create_server(Http if kind == "http" else Smtp, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await over.wait()
    Path(file).write_text(json.dumps({"count": len(seen), "ms": [ms for ms in seen if ms is not None]}))


asyncio.run(main())
