"""Our own test cases of the language: one file a chapter of docs/reference/expressions.md, one case a line.

A case is what `manage.py evaluate --jsonl` reads, with the `section` and the name of the `rule` of that page that it
holds. `open` marks one that fails, and says why.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FILES = sorted(Path(__file__).parent.glob("*.jsonl"))


def cases(*files: Path) -> Iterator[dict[str, Any]]:
    """The cases of these files, or of all."""
    for file in files or FILES:
        for line in file.read_text(encoding="utf-8").rstrip("\n").split("\n"):
            yield json.loads(line)
