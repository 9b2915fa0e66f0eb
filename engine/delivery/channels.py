"""What every channel promises: hand one thing over, once, and say what came of it. Retrying is the courier's affair."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """It was handed over. `response`: what the other side said, as far as journeys may use it."""

    code: str = "ok"
    response: dict[str, Any] = field(default_factory=dict)


class SendFailed(Exception):
    """It was not handed over. `code` steers the journey; `can_retry` says whether trying again can help.

    `may_have_arrived`: it was on its way, and no answer came.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        can_retry: bool,
        response: dict[str, Any] | None = None,
        may_have_arrived: bool = False,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.can_retry = can_retry
        self.response = response
        self.may_have_arrived = may_have_arrived


class Channel(Protocol):
    """`key` is the delivery's id: whoever receives it may use it to notice a repetition.

    `places`: how many may be under way at once; the courier takes one before it calls `send`.
    """

    places: asyncio.Semaphore

    async def send(self, thing: Any, *, key: str) -> Receipt: ...

    async def close(self) -> None: ...
