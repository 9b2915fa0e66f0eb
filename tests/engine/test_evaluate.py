"""manage.py evaluate: a process of its own, without a database."""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]


def evaluate(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """The command where no database runs; it is to make none either."""
    with TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "manage.py", "evaluate", *arguments],
            input=given, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False,
            env={"PATH": os.environ["PATH"], "VAR_DIR": folder},
        )  # fmt: skip
        assert not (Path(folder) / "postgres" / "PG_VERSION").exists()
    return done


def test_one_expression_over_a_context_file(tmp_path):
    (tmp_path / "paris.json").write_text('{"events": {"Order": {"total": 150.5}}, "now": "2026-01-15T10:00:00Z"}')

    done = evaluate(
        "if (@event{Order.total} > 100.0) then (now()) else (null)", "--context", str(tmp_path / "paris.json")
    )

    assert json.loads(done.stdout) == {"result": "2026-01-15T10:00:00Z", "type": "dateTime"}
    assert done.returncode == 0


def test_a_wrong_expression_is_told_with_every_place():
    done = evaluate("nope(1) and\n  upper(@event{Order.note})")

    assert done.returncode == 1
    assert "1:1 unknown_function: There is no function `nope`." in done.stderr
    assert "2:16 unknown_field: There is no event `Order`" in done.stderr
    assert done.stdout == ""


def test_an_expression_for_a_place_must_be_of_its_type():
    assert "boolean is needed" in evaluate("1 + 1", "--usage", "condition").stderr
    assert json.loads(evaluate("null", "--usage", "condition").stdout) == {"result": False, "type": "boolean"}


def test_cases_are_answered_line_by_line_and_a_bad_line_stops_nothing():
    lines = [
        '{"id": "sum", "expr": "1 + 2"}',
        "not json",
        '{"id": 7}',
        '{"id": "context", "expr": "1", "context": {"evnts": {}}}',
        '{"id": "half", "expr": "1 +"}',
        '{"id": "late", "expr": "not @event{Order.items}", "context": {"events": {"Order": {"items": [[1]]}}}}',
        '{"id": "last", "expr": "@event{Order.items.first(currentEventField.price > 5).name}",'
        ' "context": {"events": {"Order": {"items": [{"price": 1, "name": "a"}, {"price": 7.5, "name": "b"}]}}}}',
    ]

    done = evaluate("--jsonl", given="\n".join(lines))

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert answers[0] == {"id": "sum", "result": 3, "type": "integer"}
    assert [one.get("error") for one in answers] == [None, "case", "case", "case", "syntax", "type", None]
    assert answers[4]["at"] == {"line": 1, "column": 4}
    assert answers[6] == {"id": "last", "result": "b", "type": "string"}
    assert done.returncode == 0


def test_checked_cases_fail_the_run_when_one_differs():
    fine = '{"id": "fine", "expr": "0.1 + 0.2", "expect": 0.3, "expect_type": "decimal"}'
    wrong = '{"id": "wrong", "expr": "1 + 2", "expect": 4}'

    assert evaluate("--jsonl", "--check", given=fine).returncode == 0
    done = evaluate("--jsonl", "--check", given=f"{fine}\n{wrong}")

    assert done.returncode == 1
    assert "wrong: expected 4, got 3" in done.stderr
    assert "1 of 2 cases" in done.stderr


def test_what_the_command_cannot_do_is_said(tmp_path):
    assert "cannot be read" in evaluate("1", "--context", str(tmp_path / "none.json")).stderr
    assert "Give an expression" in evaluate().stderr
    assert "standard input" in evaluate("1", "--jsonl").stderr
