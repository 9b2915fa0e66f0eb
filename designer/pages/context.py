"""What every template may use."""

import hashlib
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from designer import preferences
from designer.queries import sandboxes_of

THEMES = ("system", "light", "dark")


def everywhere(request: HttpRequest) -> dict[str, Any]:
    """The theme, the sandboxes to switch between, the sidebar. Read when a template asks for them."""
    workplace = getattr(request, "workplace", None)
    user = getattr(request, "user", None)
    if workplace is None or user is None or not user.is_authenticated:
        return {"theme": "system", "assets": assets_version()}
    return {
        "theme": theme_of(request),
        "assets": assets_version(),
        "workplace": workplace,
        "sandboxes": sandboxes_of(user),
        "sections": sections(request.path),
    }


def theme_of(request: HttpRequest) -> str:
    theme = preferences.read(request.user, "theme", "system")
    return theme if theme in THEMES else "system"


SECTIONS = (
    ("Journeys", "/journeys/", "workflow"),
    ("Audiences", "/audiences/", "filter"),
    ("Events", "/events/", "zap"),
    ("Profiles", "/profiles/", "users"),
    ("Messages", "/messages/", "send"),
    ("Event stream", "/stream/", "activity"),
    ("Settings", "/settings/", "settings"),
)


def sections(path: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": url, "icon": icon, "current": path.startswith(url)} for label, url, icon in SECTIONS
    ]


@cache
def assets_version() -> str:
    """Changes when a hand-written asset does, so that no browser keeps an old one. Read once per process."""
    folder = settings.BASE_DIR / "static" / "ui"
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*.*")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:10]
