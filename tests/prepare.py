"""python -m tests.prepare: a Chromium for the browser tests: looked for, else installed where that may be."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def chromium() -> str | None:
    """The browser that tests drive: CHROMIUM, or the first one on PATH."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if os.access(named, os.X_OK) else None
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def main() -> int:
    if chromium():
        return 0
    if os.environ.get("CHROMIUM"):
        return _refuse(f"CHROMIUM={os.environ['CHROMIUM']} is not a program that can be run.")
    if not shutil.which("apt-get"):
        return _refuse("No Chromium was found, and this is not a Debian system that could install one.")
    become = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if become and subprocess.run([*become, "true"], capture_output=True, check=False).returncode:
        return _refuse("No Chromium was found, and installing one needs root.")
    print("  browser   installing Debian's Chromium (about 90 MB)", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    for command in (
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"],
    ):
        if subprocess.run([*become, *command], check=False, **quiet).returncode:  # type: ignore[call-overload]
            return _refuse(f"`{' '.join(command)}` failed.")
    return 0 if chromium() else _refuse("Chromium was installed, but is not on PATH.")


def _refuse(reason: str) -> int:
    print(
        f"{reason}\nThe browser tests need Chromium: install one, or name it with CHROMIUM=/path/to/chromium.",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
