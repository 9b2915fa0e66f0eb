"""manage.py journey export|validate|import|diff: journeys as code."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from designer.actions.import_journey import import_journey
from designer.as_code import Written, from_yaml, to_yaml
from designer.models import Version
from engine import clock, control
from engine.errors import JourneyOptError
from engine.models import Sandbox
from engine.problems import errors_in


class Command(BaseCommand):
    help = "Export journeys as YAML, check them, bring them in, compare them; see docs/how-to/journeys-as-code.md."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        journey = "the name of a journey, or name@version; without a version the latest"
        out = verbs.add_parser("export", help="write a journey as YAML")
        out.add_argument("journey", help=journey)
        out.add_argument("--to", type=Path, metavar="FILE", help="instead of standard output")
        for verb, what in (("validate", "say every problem of a file"), ("import", "bring a file in, as a draft")):
            parsed = verbs.add_parser(verb, help=what)
            parsed.add_argument("file", help="a YAML file; '-' is standard input")
        into = verbs.choices["import"]
        into.add_argument("--user", required=True, help="who imports it: it is in the audit log under this name")
        both = verbs.add_parser("diff", help="say what changed from one to the other")
        both.add_argument("before", help=f"a YAML file, or {journey}")
        both.add_argument("after", help=f"a YAML file, or {journey}")
        for each in verbs.choices.values():
            each.add_argument("--sandbox", help="its name; needed when there are several")

    def handle(self, *args: Any, **options: Any) -> None:
        verbs: dict[str, Callable[[dict[str, Any]], None]] = {
            "export": self._export, "validate": self._validate, "import": self._import, "diff": self._diff,
        }  # fmt: skip
        try:
            verbs[options["verb"]](options)
        except JourneyOptError as error:
            raise CommandError(f"{error.message} {error.hint}".strip()) from None

    def _export(self, options: dict[str, Any]) -> None:
        text = to_yaml(_written(_version(options["journey"], _sandbox(options))))
        if options["to"]:
            options["to"].write_text(text, encoding="utf-8")
            self.stderr.write(f"{options['to']}: written")
        else:
            self.stdout.write(text, ending="")

    def _validate(self, options: dict[str, Any]) -> None:
        written = from_yaml(_read(options["file"]))
        problems = control.check_structure(written.graph) or control.check(
            sandbox_id=_sandbox(options).pk, graph=dict(written.graph), properties=dict(written.properties)
        )
        for problem in problems:
            place = ".".join(filter(None, (problem.node, problem.field)))
            self.stderr.write(f"{problem.severity} {problem.code} {place}: {problem.message} {problem.hint}")
        if errors_in(problems):
            raise CommandError(f"“{written.name}” could not be published.", returncode=1)
        self.stdout.write(f"“{written.name}” could be published.")

    def _import(self, options: dict[str, Any]) -> None:
        by = User.objects.filter(username=options["user"]).first()
        if by is None:
            raise CommandError(f"There is no user {options['user']!r}.")
        written = from_yaml(_read(options["file"]))
        version, saved = import_journey(written, sandbox=_sandbox(options), by=by, now=clock.now())
        open_ = f" {len(saved.problems)} problems are to be looked at." if saved.problems else ""
        self.stdout.write(f"“{version.journey.name}” {version.number} is a draft with what the file says.{open_}")

    def _diff(self, options: dict[str, Any]) -> None:
        before, after = (_either(options[side], options) for side in ("before", "after"))
        for change in control.differences(
            before.graph, after.graph, properties_before=before.properties, properties_after=after.properties
        ):
            self.stdout.write(change["sentence"])


def _sandbox(options: dict[str, Any]) -> Sandbox:
    found = Sandbox.objects.filter(name=options["sandbox"]) if options["sandbox"] else Sandbox.objects.all()
    names = ", ".join(Sandbox.objects.values_list("name", flat=True))
    if not found:
        raise CommandError(f"There is no such sandbox; there are: {names or 'none'}.")
    if len(found) > 1:
        raise CommandError(f"Say which sandbox with --sandbox: {names}.")
    return found[0]


def _version(journey: str, sandbox: Sandbox) -> Version:
    name, at, number = journey.rpartition("@")
    name = name if at else journey
    versions = Version.objects.filter(journey__sandbox=sandbox, journey__name__iexact=name.strip())
    found = [version for version in versions.select_related("journey") if not at or version.number == number]
    if not found:
        raise CommandError(f"There is no journey {journey!r} in the sandbox {sandbox.name}.")
    return found[0]  # the latest stands first


def _written(version: Version) -> Written:
    return Written(
        name=version.journey.name,
        description=version.journey.description,
        version=version.number,
        properties=version.properties,
        graph=control.canonical(version.graph),
    )


def _either(what: str, options: dict[str, Any]) -> Written:
    if what == "-" or Path(what).is_file():
        return from_yaml(_read(what))
    return _written(_version(what, _sandbox(options)))


def _read(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise CommandError(f"{file} is no text in UTF-8.") from None
