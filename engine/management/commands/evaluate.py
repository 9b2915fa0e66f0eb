"""manage.py evaluate: what expressions come to, one or many. No database is asked."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from engine.expressions.cases import USAGES, Answer, CaseError, answer, disagreement

FLUSH_AFTER = 100  # lines: a reader at the other end of a pipe sees them while the command still works


class Command(BaseCommand):
    help = (
        "Evaluate an expression, or, with --jsonl, the cases on standard input, one JSON object a line; "
        "see docs/reference/expressions.md, 'Test cases'."
    )
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("expression", nargs="?", help="the expression; '-' reads it from standard input")
        parser.add_argument("--context", metavar="FILE", type=Path, help="a JSON file with what is known")
        parser.add_argument("--usage", choices=USAGES, default="parameter", help="the place it stands at")
        parser.add_argument("--jsonl", action="store_true", help="read cases, write one answer a line")
        parser.add_argument(
            "--check", action="store_true", help="with --jsonl: hold the answers to `expect`, and fail if one differs"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["jsonl"]:
            if options["expression"] is not None or options["context"] is not None:
                raise CommandError("--jsonl takes its expressions and contexts from standard input.")
            return self._many(sys.stdin.buffer, is_check=options["check"])
        if options["expression"] is None:
            raise CommandError("Give an expression, or --jsonl and cases on standard input.")
        if options["check"]:
            raise CommandError("--check belongs to --jsonl.")
        text = sys.stdin.read() if options["expression"] == "-" else options["expression"]
        return self._one(text, _context(options["context"]), options["usage"])

    def _one(self, text: str, context: object, usage: str) -> None:
        try:
            given = answer({"expr": text, "context": context, "usage": usage}, datetime.now(UTC))
        except CaseError as error:
            raise CommandError(str(error)) from None
        for problem in given.problems:
            self.stderr.write(
                f"{problem.line}:{problem.column} {problem.code}: {problem.message} {problem.hint}".rstrip()
            )
        if given.problems:
            raise CommandError("The expression is not valid.", returncode=1)
        if given.error:
            raise CommandError(f"{given.error}: {given.message}", returncode=1)
        self.stdout.write(orjson.dumps(given.as_json()).decode())

    def _many(self, lines: Iterable[bytes], *, is_check: bool) -> None:
        out = sys.stdout.buffer
        count = wrong = 0
        for case, given in _cases(lines, datetime.now(UTC)):
            count += 1
            out.write(orjson.dumps({"id": case.get("id"), **given.as_json()}) + b"\n")
            if count % FLUSH_AFTER == 0:
                out.flush()
            why = disagreement(case, given) if is_check else ""
            if why:
                wrong += 1
                self.stderr.write(f"{case.get('id', f'case {count}')}: {why}")
        out.flush()
        if wrong:
            raise CommandError(f"{wrong:,} of {count:,} cases differ from what they expect.", returncode=1)


def _cases(lines: Iterable[bytes], now: datetime) -> Iterator[tuple[Mapping[str, Any], Answer]]:
    """Each case with its answer. A line that is no case is answered too, with the error `case`."""
    for line in lines:
        if not line.strip():
            continue
        case: Mapping[str, Any] = {}
        try:
            found = orjson.loads(line)
            if not isinstance(found, dict):
                raise CaseError("A case is a JSON object.")
            case = found
            yield case, answer(case, now)
        except orjson.JSONDecodeError as error:
            yield case, Answer(error="case", message=f"The line is no JSON: {error}.")
        except CaseError as error:
            yield case, Answer(error="case", message=str(error))


def _context(path: Path | None) -> object:
    if path is None:
        return {}
    try:
        return orjson.loads(path.read_bytes())
    except OSError as error:
        raise CommandError(f"The context cannot be read: {error.strerror} ({path}).") from None
    except orjson.JSONDecodeError as error:
        raise CommandError(f"The context in {path} is no JSON: {error}.") from None
