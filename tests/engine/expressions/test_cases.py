"""Our cases of the language: each comes out as it says, and every rule of the reference page has one."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from engine.expressions import check, tree
from engine.expressions.cases import answer, disagreement, read_context
from engine.expressions.functions import FUNCTIONS
from engine.expressions.operators import equal
from engine.expressions.reference import page
from engine.expressions.signatures import ANY_SCALAR, Parameter, Signature
from engine.expressions.types import NULL, SCALARS, Type
from tests.engine.expressions.cases import FILES, cases

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 1, 15, 10, tzinfo=UTC)
KEYS = {"id", "section", "rule", "expr", "context", "expect", "expect_type", "expect_error", "usage", "note", "open"}
CHAPTER = re.compile(r"^#{2,3} ([0-9]+(?:\.[0-9]+)?)\.? ", re.MULTILINE)
RULE = re.compile(r"^\| \*\*(.+?)\*\* \||^#### (\S+)$", re.MULTILINE)


def rules() -> dict[str, set[str]]:
    """The rules of the reference page by section: bold beginnings of rows, and functions."""
    parts = CHAPTER.split(page())[1:]
    found = zip(parts[::2], parts[1::2], strict=True)
    return {
        section: {(bold or function).replace("`", "").replace("\\", "") for bold, function in RULE.findall(text)}
        for section, text in found
    }


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_case_comes_out_as_it_says(file: Path) -> None:
    differing = {case["id"]: disagreement(case, answer(case, NOW)) for case in cases(file) if "open" not in case}

    assert {name: why for name, why in differing.items() if why} == {}


def test_a_case_that_is_marked_open_fails_still() -> None:
    assert [case["id"] for case in cases() if "open" in case and not disagreement(case, answer(case, NOW))] == []


def test_every_case_comes_out_the_same_through_the_command(tmp_path: Path) -> None:
    closed = [case for case in cases() if "open" not in case]

    done = subprocess.run(
        [sys.executable, "manage.py", "evaluate", "--jsonl", "--check"],
        input="\n".join(map(json.dumps, closed)), capture_output=True, text=True, cwd=ROOT, timeout=300, check=False,
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path)},
    )  # fmt: skip

    assert done.stderr == ""
    assert done.returncode == 0
    assert [json.loads(line)["id"] for line in done.stdout.rstrip("\n").split("\n")] == [case["id"] for case in closed]


def test_cases_have_a_name_of_their_own_and_expect_one_thing() -> None:
    known = list(cases())

    assert len({case["id"] for case in known}) == len(known)
    assert [case["id"] for case in known if not case.keys() <= KEYS] == []
    assert [case["id"] for case in known if ("expect" in case) == ("expect_error" in case)] == []
    assert [case["id"] for case in known if ("expect" in case) != ("expect_type" in case)] == []


def test_every_rule_of_the_reference_page_has_a_case() -> None:
    held: dict[str, set[str]] = {}
    for case in cases():
        held.setdefault(case["section"], set()).add(case["rule"])
    known = rules()

    without = {section: sorted(names - held.get(section, set())) for section, names in known.items()}

    assert [section for section, names in known.items() if not names and section != "13"] == []
    assert {section: names for section, names in without.items() if names} == {}
    assert {section: names - known.get(section, set()) for section, names in held.items()} == {s: set() for s in held}


EXAMPLE = re.compile(r"`([^`@#$.]*[^`@#$.\w][^`@#$]*)` is (a mistake|null|`[^`]+`|[-0-9.]+)(?=[; |,]|$)")


def examples() -> list[tuple[str, str]]:
    """`(expression, what it is)`: the examples in the tables of the page that stand for themselves."""
    rows = [line for line in page().splitlines() if line.startswith("| ")]
    return [(text, outcome.strip("`").rstrip(".")) for row in rows for text, outcome in EXAMPLE.findall(row)]


@pytest.mark.parametrize(("text", "outcome"), examples())
def test_an_example_in_the_tables_of_the_reference_page_is_true(text: str, outcome: str) -> None:
    given = answer({"expr": text}, NOW)

    if outcome == "a mistake":
        assert given.problems
    else:
        assert not given.error
        assert equal(given.value, answer({"expr": outcome}, NOW).value)


def test_the_tables_of_the_reference_page_have_examples() -> None:
    assert len(examples()) > 15


# --- Functions ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Called:
    """A call of a function in a case."""

    name: str
    types: tuple[Type, ...]
    case: dict[str, Any]

    @property
    def has_null(self) -> bool:
        return NULL in self.types or self.case["section"] == "11"


@lru_cache(maxsize=1)
def calls() -> tuple[Called, ...]:
    found = []
    for case in cases():
        checked = check(case["expr"], read_context(case.get("context") or {}, NOW)[0])
        for node, _ in tree.walk(checked.tree) if checked.tree else ():
            if isinstance(node, tree.Call) and node.name in FUNCTIONS:
                found.append(Called(node.name, tuple(checked.notes.types[one] for one in node.arguments), case))
    return tuple(found)


def test_every_signature_of_every_function_is_called() -> None:
    """For each of the types that `T` may stand for."""
    called = {
        (call.name, str(signature), bound(signature, call.types))
        for call in calls()
        if "expect" in call.case and not any(type_.is_open or NULL in (type_, type_.element) for type_ in call.types)
        for signature, _ in FUNCTIONS[call.name].fitting(call.types)
    }

    known = {
        (name, str(signature), one)
        for name, function in FUNCTIONS.items()
        for signature in function.signatures
        for one in (SCALARS if any(map(is_any, signature.parameters)) else (None,))
    }
    assert known - called == set()


def is_any(parameter: Parameter) -> bool:
    return ANY_SCALAR in (parameter.type, parameter.type.element)


def bound(signature: Signature, types: Sequence[Type]) -> Type | None:
    """What `T` stands for in a call."""
    pairs = zip(signature.parameters, types, strict=True)
    return next((type_.element or type_ for parameter, type_ in pairs if is_any(parameter)), None)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_called_wrongly_and_with_null(name: str) -> None:
    function = FUNCTIONS[name]
    counts = {len(signature.parameters) for signature in function.signatures}
    refused = [call for call in calls() if call.name == name and not function.fitting(call.types)]

    assert [call for call in refused if len(call.types) not in counts], "no case has a wrong number of arguments"
    if counts != {0}:
        assert [call for call in refused if len(call.types) in counts], "no case has an argument of a wrong type"
        assert [call for call in calls() if call.name == name and call.has_null], "no case has a null argument"
