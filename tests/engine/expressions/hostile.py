"""The worst expressions and the worst data we know: what an evaluation must answer, or refuse, in a bounded time."""

from datetime import UTC, datetime
from typing import Any

from engine.expressions import Facts, Scope
from engine.expressions.cases import read_context

MANY = 20_000


def data() -> dict[str, Any]:
    """One event, larger than any that is accepted."""
    return {
        "nums": list(range(MANY)),
        "words": [f"word {number}" for number in range(MANY)],
        "things": [
            {"a": number, "b": f"x{number}", "t": "2024-01-01T00:00:00Z", "inner": [{"c": inner} for inner in range(3)]}
            for number in range(MANY // 4)
        ],
        "times": ["2024-01-01T00:00:00+01:00"] * MANY,
        "text": "a" * 500_000,
        "letters": "éß" * 250_000,
        "gaps": "ab " * 100_000,
        "pattern": "(a|b|ab)*c" * 50,
        "patterns": [f"x{{{number}}}[^y]{{900}}" for number in range(100)],
        "nested": [[number, [number]] for number in range(MANY)],
    }


def known() -> tuple[Scope, Facts]:
    types = {"events.E.times": "list<dateTime>", "events.E.things.t": "dateTime"}
    return read_context({"events": {"E": data()}, "types": types}, datetime(2026, 1, 15, 10, tzinfo=UTC))


def _all(text: str, times: int, between: str = " and ") -> str:
    return between.join([text] * times)


_TEXTS = {
    "a list within a list": "count(E.things.all(count(E.things.all(currentEventField.a == 1)}) > 0)})",
    "lists of lists": "E.things.all(currentEventField.inner.all(currentEventField.c > 5) is null)}",
    "a time per element": 'E.things.all(currentEventField.t > date("2024-01-01T00:00:00Z")).b}',
    "a window per element": "count(E.things.all(inLastMonths(currentEventField.t, 30))})",
    "a text read per element": "E.words.all(toDateTime(currentEventField) is null)}",
    "a long text searched per element": 'E.words.all(contain(E.text}, "b"))}',
    "a long list searched per element": "E.things.all(in(currentEventField.a, E.nums})).b}",
    "a field of unknown type": 'E.things.all(contain(currentEventField.zzz, "a"))}',
    "many projections": _all("E.things.inner.c} == E.things.inner.c}", 700),
    "many lists": _all("E.times} == E.times}", 700),
    "deep equality": "E.nested} == E.nested} and E.things} == E.things}",
    "sorting": "sort(E.words}, true)",
    "sorting objects": 'sort(E.things}, "b", true)',
    "sorting again": "count(sort(sort(sort(sort(E.nums},true),false),true),false))",
    "different objects": "distinct(E.things})",
    "different texts": "distinct(E.words})",
    "intersecting": "intersect(E.words}, E.words})",
    "filtering": 'filter(E.things}, "a", E.nums})',
    "the latest time": "max(E.times})",
    "every match replaced": 'length(replaceAll(E.text}, "a", "bb"))',
    "every gap filled": 'length(replaceAll(E.text}, "", "bbbbbbbbbb"))',
    "a text that grows": f'replaceAll(replaceAll(E.gaps}}, " .*", "{"x" * 30_000}"), "x", "yy")',
    "constants that grow": "length(" + "replaceAll(" * 3 + '"' + "a" * 5_000 + '"' + ', "a", "aaaaaaaaaa")' * 3 + ")",
    "splitting": 'listSize(split(E.gaps}, " "))',
    "splitting letters": 'listSize(split(E.letters}, "é"))',
    "joining a list": f'serializeList(E.words}}, "{"z" * 1_000}", true)',
    "joining texts": _all("E.text}", 60, "+"),
    "pairs of long texts": "[" + _all("concat(E.letters}, E.letters})", 20, ",") + "]",
    "long texts in a list": "[" + _all('(E.letters}+"a")', 200, ",") + "]",
    "upper case, often": _all("length(upper(E.letters})) > 1", 500),
    "ignoring case, often": _all("notEqualIgnoreCase(E.letters}, E.text})", 20),
    "trimming, often": _all("length(trim(E.text})) > 0", 1_000),
    "reading a number, often": _all("toInteger(E.text}) is null", 1_000),
    "reading a duration, often": _all("toDuration(E.text}) is null", 1_000),
    "searching for what nearly is there": f'indexOf(E.text}}, "{"a" * 25_000}b{"a" * 25_000}") == -1',
    "a search that could backtrack": 'matchRegExp(E.text}, "(a*)*b")',
    "a search that does backtrack": 'matchRegExp(E.text}, "(?=a)((a|aa)*)*(?!c)b")',
    "many searches that backtrack": " or ".join(
        f'matchRegExp(E.text}}, "(?=a)((a|aa)*)*(?!c){number}b")' for number in range(20)
    ),
    "a pattern from the data": "matchRegExp(E.text}, E.pattern})",
    "patterns from the data": " or ".join(f'matchRegExp("x", getListItem(E.patterns}}, {n}))' for n in range(100)),
    "long paths, deep": "not (" * 45 + f"E.things{'.inner' * 45}}} is null" + ")" * 45,
    "a long path of nobody knows what": f"E.zzz{'.zzz' * 45}}}",
    "deep parentheses": f"{'(' * 95}1{')' * 95}",
    "zones, often": _all('now("Europe/Paris") > nowWithDelta(1, "days", "Asia/Tokyo")', 800),
}
EXPRESSIONS = {name: text.replace("E.", "@event{E.") for name, text in _TEXTS.items()}
REFUSED = {
    "too long": f'"{"a" * 100_000}"',
    "too deep": "(" * 5_000,
    "deep negation": "not " * 5_000 + "true",
    "a path too long": f"@event{{E{'.a' * 30_000}}}",
    "a list too long": f"[{'1,' * 50_000}1]",
    "a pattern too large": 'matchRegExp("a", "(?=a)((a{1000}){1000}){1000}")',
    "a pattern too long": f'matchRegExp("a", "{"a?" * 2_000}")',
}
