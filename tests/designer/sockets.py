"""A browser's end of a socket. (channels.testing wants daphne, which the product does not use.)"""

import json
from typing import Any

from asgiref.testing import ApplicationCommunicator


class Socket(ApplicationCommunicator):
    def __init__(self, application: Any, path: str, user: Any) -> None:
        super().__init__(
            application, {"type": "websocket", "path": path, "headers": [], "subprotocols": [], "user": user}
        )

    async def open(self) -> None:
        await self.send_input({"type": "websocket.connect"})
        assert (await self.receive_output(5))["type"] == "websocket.accept"

    async def say(self, text: str) -> None:
        await self.send_input({"type": "websocket.receive", "text": text})

    async def hear(self, kind: str) -> dict[str, Any]:
        """The next message of this kind."""
        while True:
            event = await self.receive_output(5)
            assert event["type"] == "websocket.send", event
            message = json.loads(event["text"])
            if message["type"] == kind:
                return message

    async def closed_with(self) -> int:
        event = await self.receive_output(5)
        assert event["type"] == "websocket.close", event
        return event["code"]

    async def leave(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(5)
