"""What the demo must remember outside the database: its write key, of which the product itself keeps a digest only."""

import os
from pathlib import Path

from django.conf import settings

from engine import control
from engine.models import Sandbox


def key_file() -> Path:
    return Path(settings.VAR_DIR) / "demo_write_key"


def kept_key(sandbox: Sandbox) -> str | None:
    """The demo's write key, if there is one that still opens its sandbox."""
    if not key_file().exists():
        return None
    key = key_file().read_text().strip()
    return key if control.opens(key) == sandbox.pk else None


def keep_key(key: str) -> None:
    with open(os.open(key_file(), os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
        file.write(key)
