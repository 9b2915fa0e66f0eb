"""Installs the client libraries that are tried against the event endpoint. python -m tests.clients.install

They ask for versions that exclude each other, so each Python library gets a folder of its own below var/clients; the
npm ones share one. A folder is named by a hash of what was asked for: it is made once, and made anew when that changes.
"""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parents[1] / "var" / "clients"
PYTHON = sorted(path.stem for path in (HERE / "python").glob("*.txt"))
NODE_FILES = [HERE / "node" / name for name in ("package.json", "package-lock.json", ".npmrc")]


def python_library(name: str) -> Path:
    """The folder with this library and what it rests on, for PYTHONPATH. Installed on first use."""
    return installed(HERE / "python" / f"{name}.txt")


def installed(pinned: Path) -> Path:
    """The folder with what a file names, with exact versions."""
    return _made(
        f"{pinned.stem}-{_digest([pinned], sys.version)}",
        lambda folder: _run(
            sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--no-deps", "--disable-pip-version-check",
            "--target", str(folder), "-r", str(pinned),
        ),
    )  # fmt: skip


def node_libraries() -> Path | None:
    """The folder whose node_modules holds the npm libraries; None where there is no node."""
    if not shutil.which("node") or not shutil.which("npm"):
        return None
    return _made(f"node-{_digest(NODE_FILES, '')}", _install_node)


def _install_node(folder: Path) -> None:
    folder.mkdir()
    for file in NODE_FILES:
        shutil.copy(file, folder)
    _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error", cwd=folder)


def _made(name: str, make: Callable[[Path], None]) -> Path:
    """The folder, made whole or not at all: an install that is cut off leaves nothing that looks finished."""
    folder = FOLDER / name
    if not folder.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        unfinished = FOLDER / f".{name}"
        shutil.rmtree(unfinished, ignore_errors=True)
        make(unfinished)
        unfinished.rename(folder)
    return folder


def _digest(files: list[Path], more: str) -> str:
    digest = hashlib.sha256(more.encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _run(*command: str, cwd: Path | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")


def main() -> None:
    for name in PYTHON:
        print(f"{name}: {python_library(name)}")
    print(f"npm libraries: {node_libraries() or 'not installed, there is no node'}")


if __name__ == "__main__":
    main()
