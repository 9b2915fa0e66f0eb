"""Typical mistakes: each is told at its place, by its class, with a hint that helps."""

import pytest

from engine.expressions import Schema, Scope, check, parse_type

ORDER = {
    "total": "decimal", "coupon": "string", "count": "integer", "at": "dateTime", "tags": "list<string>",
    "items": "list<object>", "items.price": "decimal", "items.name": "string", "labels": "map<string>",
}  # fmt: skip
SCOPE = Scope(
    events={"OrderCompleted": Schema(ORDER, closed=True), "Login": Schema({"device": "string"}, closed=True)},
    sources={
        "Profile": {"attributes": Schema({"city": "string", "orders": "integer"}, closed=True)},
        "Weather": {"today": Schema({"rain": "decimal"}, closed=True, params=("city", "unit"))},
    },
    actions={"Score": Schema({"value": "integer"}, closed=True)},
    lookups={"Prices": Schema({"entities": "list<object>", "entities.sku": "string"}, closed=True)},
    decisions={"Offers": Schema({"items": "list<object>", "items.name": "string"}, closed=True)},
)
O = "@event{OrderCompleted."  # noqa: E741

MISTAKES = (
    # the expression, where it is wrong, the class, and words of the message or the hint
    ('uper("a")', "1:1", "unknown_function", "Did you mean `upper`?"),
    ('Upper("a")', "1:1", "unknown_function", "Did you mean `upper`?"),
    ('startsWith("ab", "a")', "1:1", "unknown_function", "`startWith`"),
    ('contains("ab", "a")', "1:1", "unknown_function", "`contain`"),
    ('substring("abc", 1)', "1:1", "unknown_function", "`substr`"),
    ('len("a")', "1:1", "unknown_function", "`length`"),
    ('toUpperCase("a")', "1:1", "unknown_function", "`upper`"),
    ("size([1])", "1:1", "unknown_function", "`listSize`"),
    (f"isNull({O}coupon}})", "1:1", "unknown_function", "Write `value is null`."),
    (f"isNotNull({O}coupon}})", "1:1", "unknown_function", "Write `value is not null`."),
    ('isBlank("a")', "1:1", "unknown_function", "isEmpty(trim(text))"),
    ("coalesce(1, 2)", "1:1", "unknown_function", "`defaultValue`"),
    ("today()", "1:1", "unknown_function", "toDateOnly(now())"),
    ('containWithIgnoreCase("a", "b")', "1:1", "unknown_function", "containIgnoreCase"),
    (f"1 == 1 and\n  uper({O}coupon}}) is null", "2:3", "unknown_function", "Did you mean `upper`?"),
    (f"{O}items.frist()}}", "1:29", "unknown_function", "Did you mean `first`?"),
    (f"{O}items.filter(true)}}", "1:29", "unknown_function", "Known: all, first, last"),
    (f"{O}totl}} > 1.0", "1:23", "unknown_field", "Did you mean `total`?"),
    (f"{O}Total}} > 1.0", "1:23", "unknown_field", "Did you mean `total`?"),
    (f"{O}items.prize}}", "1:29", "unknown_field", "Did you mean `price`?"),
    (f"{O}total.amount}}", "1:29", "unknown_field", "what stands before it is of type decimal"),
    ("@event{OrdersCompleted.total}", "1:8", "unknown_field", "Did you mean `OrderCompleted`?"),
    ("@event{Logout.device}", "1:8", "unknown_field", "Known here: Login, OrderCompleted."),
    ("#{Profil.attributes.city}", "1:3", "unknown_field", "Did you mean `Profile`?"),
    ("#{Profile.atributes.city}", "1:11", "unknown_field", "Did you mean `attributes`?"),
    ("#{Profile.attributes.citty}", "1:22", "unknown_field", "Did you mean `city`?"),
    ("#{Profile.city}", "1:11", "unknown_field", "Known here: attributes."),
    ("@action{Scor.value}", "1:9", "unknown_field", "Did you mean `Score`?"),
    ("@action{Score.jo_status}", "1:15", "unknown_field", "Did you mean `jo_status_code`?"),
    ("@datasetLookup{Price.entities}", "1:16", "unknown_field", "Did you mean `Prices`?"),
    ("@decision{Offer.items}", "1:11", "unknown_field", "Did you mean `Offers`?"),
    ("${journeyUid}", "1:1", "unknown_field", "Did you mean `journeyUID`?"),
    (f"{O}items.all(currentEventField.prize > 1.0)}}", "1:51", "unknown_field", "Did you mean `price`?"),
    (f"{O}items.all(currentDataPackField.price > 1.0)}}", "1:33", "unknown_field", "of a data source"),
    (f"sort({O}items}}, 'prise', true)", "1:36", "unknown_field", "Did you mean `price`?"),
    (f"distinctCount({O}items}}, 'sku')", "1:45", "unknown_field", "Known: price, name."),
    ("currentEventField.price > 1.0", "1:1", "unknown_field", "only means something inside a condition"),
    ('#{Weather.today.rain, params: {cty: "Bern", city: "", unit: ""}}', "1:32", "type", "Did you mean `city`?"),
    ('#{Weather.today.rain, params: {city: "Bern"}}', "1:1", "type", "The parameter `unit` is missing."),
    ('nowWithDelta(1, "day")', "1:17", "type", "Did you mean `days`?"),
    ('nowWithDelta(1, "weeks")', "1:17", "type", "Known: years, months, days"),
    ('now("Europe/Pariss")', "1:5", "type", "`Europe/Paris`"),
    ('now("Paris")', "1:5", "type", "Did you mean `Europe/Paris`?"),
    ('now("x")', "1:5", "type", "Use an IANA name such as Europe/Paris"),
    (f"now({O}coupon}})", "1:5", "type", "wants a text in quotes here"),
    ('inAudience("Gold" + "en")', "1:12", "type", "wants a text in quotes here"),
    ("upper(1)", "1:1", "type", "It is upper(string) -> string."),
    ('contain("a")', "1:1", "type", "It is contain(string, string) -> boolean."),
    ('matchRegExp("a", "[")', "1:18", "type", "The regular expression is not valid"),
    (f"{O}coupon}} > 1", "1:1", "type", "convert it with toInteger"),
    ("1 > 2 > 3", "1:1", "type", "Join two comparisons with `and`."),
    ("2 * 2.5", "1:1", "type", "convert one with toDecimal or toInteger"),
    ("[1, 2.5]", "1:5", "type", "Write all of them with a fraction"),
    ('if (true) then (1) else ("a")', "1:1", "type", "these are integer and string"),
    ("if (1) then (2) else (3)", "1:5", "type", "The condition of `if` is a boolean"),
    (f"{O}coupon}} and true", "1:1", "type", "Compare the value with something."),
    (f"{O}total, defaultValue : 0}}", "1:45", "type", "such as 0.0"),
    (f"{O}items.at('0')}}", "1:32", "type", "a value of type integer"),
    ('now() - toDuration("PT1H")', "1:1", "type", "Add a negative duration."),
    ('(toDuration("PT1H")) + (now())', "1:1", "type", "The duration stands on the right"),
    ("true AND false", "1:6", "syntax", "Write `and`: keywords are in lower case."),
    ("Not true", "1:1", "syntax", "Write `not`: keywords are in lower case."),
    (f"{O}coupon}} == NULL", "1:34", "syntax", "Write `null`: keywords are in lower case."),
    ("1 = 1", "1:3", "syntax", "Equality is written `==`."),
    ("1 === 1", "1:3", "syntax", "Equality is written `==`."),
    ("1 <> 2", "1:3", "syntax", "Inequality is written `!=`."),
    ("1 => 2", "1:3", "syntax", "Write `>=`."),
    ("true && false", "1:6", "syntax", "Write `and`."),
    ("true || false", "1:6", "syntax", "Write `or`."),
    ("!true", "1:1", "syntax", "Write `not`"),
    ("true ? 1 : 2", "1:6", "syntax", "Write `if (condition) then (a) else (b)`."),
    ('"ab" like "a"', "1:6", "syntax", "Use contain, startWith"),
    ('"a" in ["a"]', "1:5", "syntax", "It is a function: `in(value, list)`."),
    ("1 is not numeric", "1:10", "syntax", "Write `not value is numeric`."),
    (f"{O}coupon}} is empty", "1:34", "syntax", "Use `isEmpty(text)`"),
    ("“Bern” == 'Bern'", "1:1", "syntax", "Texts stand between straight quotes"),
    ('1 == 1 and "Bern', "1:12", "syntax", "The text that begins here is not closed."),
    ("'Bern", "1:1", "syntax", "Its end quote ' is missing."),
    ("'it's'", "1:5", "syntax", "an operator is missing between them"),
    ("if (true) (1) else (2)", "1:11", "syntax", "expected `then`"),
    ("if (true) then (1)", "1:19", "syntax", "expected `else`"),
    ("if true then (1) else (2)", "1:4", "syntax", "The condition of `if` stands in parentheses."),
    (f"{O}total > 1.0", "1:29", "syntax", "The reference is not closed: its `}` is missing."),
    (f"{O}total}}}} > 1.0", "1:29", "syntax", "Its opening brace is missing."),
    (f"{O}my field}}", "1:26", "syntax", "stands in quotes"),
    ("@event{1st.x}", "1:8", "syntax", "stands in quotes"),
    (f"{O}tags[0]}}", "1:27", "syntax", "`.at(0)`"),
    (f"{O}total, default: 1.0}}", "1:30", "syntax", "The options are `defaultValue : value`"),
    (f"{O}total defaultValue: 1.0}}", "1:29", "syntax", "A comma is missing before `defaultValue`."),
    ("(1 + 2", "1:7", "syntax", "expected `)`"),
    ("1 + 2)", "1:6", "syntax", "Its opening parenthesis is missing."),
    ("[1, 2][0]", "1:7", "syntax", "getListItem(list, 0)"),
    ("1 +", "1:4", "syntax", "a value is missing"),
    ("", "1:1", "syntax", "The expression is empty."),
    ('now() + (toDuration("PT1H"))', "1:1", "syntax", "Write `(now())`."),
    (f"{O}at, defaultValue: now()}}", "1:41", "syntax", "Write `(now())`."),
    (f"-{O}total}}", "1:1", "syntax", "write `0 - value`"),
    ("1 + .5", "1:5", "syntax", "digits before and after the point"),
    ("1e5", "1:2", "syntax", "Numbers have no exponent"),
    ('"\\d+"', "1:2", "syntax", "A backslash itself is written twice."),
    ('date("2026-02-30")', "1:6", "syntax", "`2026-02-30` is not a date."),
    ("9223372036854775808", "1:1", "syntax", "outside the 64-bit range"),
    (f"{O}items.last(currentEventFeild.price > 1.0)}}", "1:34", "syntax", "Did you mean `currentEventField`"),
    (f"{O}items.all(price > 1.0)}}", "1:33", "syntax", "`price` is no value."),
    ("inAudience(Gold)", "1:12", "syntax", "A text stands in quotes"),
    ("OrderCompleted.total > 1.0", "1:1", "syntax", "A field is read by a reference"),
    ("@event(OrderCompleted.total)", "1:7", "syntax", "What is read stands in braces"),
    ("@OrderCompleted.total", "1:1", "syntax", "References are written @event{...}"),
    ("$journeyUID", "1:1", "syntax", "Journey properties are written ${name}."),
    ("{{profile.city}}", "1:1", "syntax", "Braces belong to references"),
    ("1\u00a0+ 2", "1:2", "syntax", "An invisible character (U+00A0)"),
    ("1 == 1\nand\n  true AND false", "3:8", "syntax", "Write `and`: keywords are in lower case."),
    ("now", "1:1", "syntax", "functions are called with parentheses"),
)


@pytest.mark.parametrize(("text", "place", "code", "words"), MISTAKES, ids=lambda value: value if value else "empty")
def test_a_mistake_is_told_where_it_is_with_a_hint(text: str, place: str, code: str, words: str) -> None:
    (problem,) = check(text, SCOPE).problems

    assert f"{problem.line}:{problem.column}" == place
    assert problem.code == code
    assert words in f"{problem.message} {problem.hint}"


def test_all_mistakes_of_an_expression_are_told_at_once_by_class_and_place() -> None:
    text = (
        f"uper(1) == {O}totl}} and\n"
        "(${nope} == 1 or 2 * 2.5 == lowr('a')) and\n"
        "  upper(3) == 'x' and [1, 'a'] is null"
    )

    problems = check(text, SCOPE, parse_type("boolean")).problems

    assert [(problem.code, problem.line, problem.column) for problem in problems] == [
        ("unknown_function", 1, 1),
        ("unknown_function", 2, 29),
        ("unknown_field", 1, 34),
        ("unknown_field", 2, 2),
        ("type", 2, 18),
        ("type", 3, 3),
        ("type", 3, 27),
    ]


def test_all_mistakes_of_form_that_can_be_told_apart_are_told_at_once() -> None:
    problems = check('now() + toDuration("\\d") == date("2026-13-01")', SCOPE).problems

    assert [(problem.code, problem.column) for problem in problems] == [
        ("syntax", 1),
        ("syntax", 9),
        ("syntax", 21),
        ("syntax", 34),
    ]


def test_a_mistake_is_not_told_twice() -> None:
    problems = check(f"{O}totl.x.y.first(currentEventField.z == 1)}} == 1", SCOPE).problems

    assert [problem.message for problem in problems] == ["There is no field `totl` here."]


def test_a_place_that_wants_another_type_says_which() -> None:
    (problem,) = check("1 + 1", SCOPE, parse_type("boolean")).problems

    assert problem.message == "Here a value of type boolean is needed; this expression is of type integer."
