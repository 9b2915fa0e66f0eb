"""Reads the environment, once, and refuses to guess."""

import os
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import unquote, urlparse

from django.core.exceptions import ImproperlyConfigured

# A database that is gone without a word is noticed after half a minute, not after the two hours of TCP. libpq's words.
PATIENCE = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def flag(name: str, default: bool) -> bool:
    """An on/off variable. Anything but True, False or empty is a mistake."""
    value = os.environ.get(name, "")
    if value not in ("", "True", "False"):
        raise ImproperlyConfigured(f"{name}={value!r}: say True or False.")
    return default if not value else value == "True"


def number(name: str, default: int, *, least: int = 0) -> int:
    value = os.environ.get(name, "")
    if not value:
        return default
    try:
        found = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r}: give a whole number.") from None
    if found < least:
        raise ImproperlyConfigured(f"{name}={value!r}: give a number of at least {least}.")
    return found


def choice(name: str, choices: Sequence[str]) -> str:
    """One of `choices`; the first one when it is not set."""
    value = text(name) or choices[0]
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}; it is {value!r}.")
    return value


def words(name: str, default: list[str]) -> list[str]:
    """A list, separated by commas."""
    value = os.environ.get(name, "")
    return [word.strip() for word in value.split(",") if word.strip()] if value else default


def kept_secret(name: str, keep_in: Path, *, draw: Callable[[], str] = lambda: secrets.token_urlsafe(48)) -> str:
    """The variable `name`, or else a secret made on the first run and kept in the file `keep_in` (mode 0600)."""
    value = os.environ.get(name, "")
    if value:
        return value
    if not keep_in.exists():
        keep_in.parent.mkdir(parents=True, exist_ok=True)
        drawn = draw()
        try:
            with open(os.open(keep_in, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(drawn)
        except FileExistsError:
            pass  # another process of the same start was first
    return keep_in.read_text().strip()


def database(url: str) -> dict[str, object]:
    """Django's DATABASES entry for a PostgreSQL address such as postgresql://user:secret@host:5432/name."""
    parts = urlparse(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured(f"DATABASE_URL starts with {parts.scheme!r}: give a postgresql:// address.")
    options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/") or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(options.pop("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "OPTIONS": {**PATIENCE, **{key: unquote(value) for key, value in options.items()}},
    }


def smtp(url: str) -> dict[str, object]:
    """The mail server of an address such as smtp://user:secret@host:587?tls=start (tls: none, start, direct)."""
    parts = urlparse(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    tls = query.get("tls", "none")
    if parts.scheme != "smtp" or not parts.hostname or tls not in ("none", "start", "direct"):
        raise ImproperlyConfigured("SMTP_URL: give smtp://[user:secret@]host:port[?tls=none|start|direct].")
    return {
        "hostname": parts.hostname,
        "port": parts.port or (465 if tls == "direct" else 587 if tls == "start" else 25),
        "username": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "use_tls": tls == "direct",
        "start_tls": tls == "start",
    }
