"""manage.py reference: writes the pages of docs/reference that the code can say itself; --check only compares."""

import io
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from engine import control
from engine.expressions import reference as expressions

FOLDER = Path(settings.BASE_DIR) / "docs" / "reference"


class Command(BaseCommand):
    help = "Write the generated pages of docs/reference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Change nothing; fail when a page is out of date.")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        stale = [name for name, text in pages().items() if not _is_current(name, text)]
        if check and stale:
            raise CommandError(f"Out of date in docs/reference: {', '.join(stale)}. Run: manage.py reference")
        for name in stale:
            (FOLDER / name).write_text(pages()[name], encoding="utf-8")
        self.stdout.write(f"reference: {len(stale)} pages written" if stale else "reference: up to date")


def pages() -> dict[str, str]:
    """File name -> text, of every generated page."""
    return {"openapi.yaml": _openapi(), "expressions.md": expressions.page(), "activities.md": _activities()}


def _is_current(name: str, text: str) -> bool:
    file = FOLDER / name
    return file.exists() and file.read_text(encoding="utf-8") == text


def _openapi() -> str:
    out = io.StringIO()
    call_command("spectacular", stdout=out)
    return out.getvalue().rstrip() + "\n"


def _activities() -> str:
    parts = ["# Activities", "", "What can be placed on the canvas. Written from `engine/activities/`."]
    for activity in control.catalogue()["activities"]:
        if not activity["placeable"]:
            continue
        parts += [
            "",
            f"## {activity['label']}",
            "",
            activity["description"],
            "",
            "| setting | type | default | |",
            "|---|---|---|---|",
        ]
        schema = activity["settings_schema"]
        for name, field in schema.get("properties", {}).items():
            default = (
                "required"
                if name in schema.get("required", [])
                else f"`{json.dumps(field['default'])}`"
                if "default" in field
                else "none"
            )
            words = " ".join(filter(None, [f"**{field.get('title', name)}.**", field.get("description", "")]))
            parts.append(f"| `{name}` | {_type(field)} | {default} | {words} |")
        ports = [port.get("name") or f"one for each of `{port['each']}`" for port in activity["ports"]]
        parts += ["", f"Ports: {', '.join(f'`{port}`' if ' ' not in port else port for port in ports)}."]
    return "\n".join(parts) + "\n"


def _type(field: dict[str, Any]) -> str:
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    kinds = [field, *field.get("anyOf", [])]
    found = [kind for kind in kinds if kind.get("type") not in (None, "null")]
    kind = found[0] if found else {}
    return str(field.get("format") or kind.get("format") or kind.get("type", "any"))
