"""The socket of one open canvas."""

from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.contrib.auth.models import AnonymousUser

from designer import queries
from designer.live import LiveFeed
from engine import control

LOG_IN, NOT_YOURS = 4401, 4403


class LiveVersion(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    """Sends a snapshot, then what changes. The browser may ask for a new snapshot, and follow one person."""

    version_id: int | None = None
    following: int | None = None
    path: dict[str, Any] | None = None

    async def connect(self) -> None:
        # Accept first: a refusal before that reaches the browser as a bare 1006, without our code.
        await self.accept()
        user = self.scope.get("user") or AnonymousUser()
        version_id = int(self.scope["url_route"]["kwargs"]["pk"])
        if not user.is_authenticated:
            await self.close(LOG_IN)
        elif not await _sees(user, version_id):
            await self.close(NOT_YOURS)
        else:
            self.version_id, self.feed = version_id, LiveFeed.here()
            # In the group before the snapshot: nothing that happens in between is missed, and `seq` sorts out doubles.
            await self.channel_layer.group_add(self.feed.group(version_id), self.channel_name)
            await self.feed.watch(version_id)
            await self.send_snapshot()

    async def disconnect(self, code: int) -> None:
        if self.version_id is not None:
            await self.channel_layer.group_discard(self.feed.group(self.version_id), self.channel_name)
            self.feed.leave(self.version_id)

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        if self.version_id is None or not isinstance(content, dict):
            return
        match content.get("type"):
            case "snapshot":
                await self.send_snapshot()
            case "follow" if str(content.get("instance", "")).isdecimal():
                self.following, self.path = int(content["instance"]), None
                await self.send_path()
            case "unfollow":
                self.following = self.path = None

    @classmethod
    async def decode_json(cls, text_data: str) -> Any:
        """What is no JSON is nothing we answer."""
        try:
            return await super().decode_json(text_data)
        except ValueError:
            return None

    async def send_snapshot(self) -> None:
        assert self.version_id is not None
        seq, counts, status = await self.feed.snapshot(self.version_id)
        # The status, too: it may have changed since the page was made, before anybody here listened.
        await self.send_json({"type": "snapshot", "seq": seq, "counts": counts, "status": status})

    async def version_said(self, event: dict[str, Any]) -> None:
        await self.send_json(event["message"])

    async def version_moved(self, event: dict[str, Any]) -> None:
        if self.following is not None:
            await self.send_path()

    async def send_path(self) -> None:
        """The way of the person who is followed, if it is news."""
        path = await _path(self.following, self.version_id)
        if path is not None and path != self.path:
            self.path = path
            await self.send_json({**path, "type": "path"})


@database_sync_to_async
def _sees(user: Any, version_id: int) -> bool:
    return queries.versions_of(user).filter(pk=version_id).exists()


@database_sync_to_async
def _path(instance_id: int | None, version_id: int | None) -> dict[str, Any] | None:
    if instance_id is None or not queries.is_instance_of(instance_id, version_id):
        return None
    path: dict[str, Any] | None = control.path(instance_id)
    return path
