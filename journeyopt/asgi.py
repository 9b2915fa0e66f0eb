"""What the web server serves: events to the engine, sockets to the designer, everything else to Django."""

import os
import warnings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "journeyopt.settings")

from django.core.asgi import get_asgi_application

# WhiteNoise reads static files as Django's FileResponse does; read in a thread, they hold nobody up.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

django_application = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from django.conf import settings  # noqa: E402

from designer.live import LiveFeed  # noqa: E402
from designer.routing import websocket_urlpatterns  # noqa: E402
from designer.upload_limit import bounded, is_logged_in  # noqa: E402
from engine.ingest.app import Ingest  # noqa: E402

sockets = AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns)))
pages = bounded(django_application, files=settings.LIST_LIMIT, knows=is_logged_in)
ingest = Ingest()
live = LiveFeed()


async def application(scope, receive, send):
    """Route one ASGI connection."""
    if scope["type"] == "http":
        await (ingest if ingest.takes(scope["path"]) else pages)(scope, receive, send)
    elif scope["type"] == "websocket":
        await sockets(scope, receive, send)
    elif scope["type"] == "lifespan":
        await _lifespan(receive, send)


async def _lifespan(receive, send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await ingest.start()
            await live.start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await live.stop()
            await ingest.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return
