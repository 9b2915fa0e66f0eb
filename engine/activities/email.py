"""E-mail: one message, rendered for the person, sent by SMTP."""

import re
from collections.abc import Iterator
from html import unescape

from pydantic import Field

from engine.activities.base import (
    Activity,
    Behaviour,
    CompileExpression,
    Deliver,
    ExpressionUse,
    Face,
    Mail,
    NotDeliverable,
    PortRule,
)
from engine.activities.templating import Template, TemplateProblem, values_of
from engine.expressions import Facts
from engine.problems import Problem

# An address as people have them; control characters and spaces are refused, so that no header can be injected.
ADDRESS = re.compile(r"^[^\s@<>,;:\"()\[\]\\\x00-\x1f]{1,64}@[^\s@<>,;:\"()\[\]\\\x00-\x1f]{1,255}\Z")
DELIVER = Deliver("email")

# For the plain reading. None of these looks at a character twice: < begins no tag that has another < in it.
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*|[!?])[^<>]*>")
_HREF = re.compile(r"""\bhref="([^"]*)\"""", re.I)
_ENDS_LINE = re.compile(r"p|div|tr|h[1-6]|li")
_UNSEEN = frozenset({"script", "style", "head"})
_BLANKS = re.compile(r"[ \t]+")
_EMPTY_LINES = re.compile(r"\n{3,}")


class Email(Activity):
    face = Face(
        kind="email",
        needs_person=True,
        label="E-mail",
        description="Sends an e-mail to the person.",
        category="message",
        icon="mail",
        summary="{subject}",
        ports=(PortRule(name="next"), PortRule(name="error", label="Timeout or error", when="error_path")),
    )

    subject: str = Field(title="Subject", min_length=1, max_length=900, json_schema_extra={"x-widget": "liquid-line"})
    html: str = Field(default="", title="HTML", json_schema_extra={"x-widget": "liquid-html"})
    text: str = Field(
        default="",
        title="Text",
        description="For readers without HTML. Empty: made from the HTML.",
        json_schema_extra={"x-widget": "liquid-text"},
    )
    to: str = Field(
        default="",
        title="Address",
        description="Empty: the profile's attribute `email`.",
        json_schema_extra={"format": "expression", "x-expect": "string", "x-group": "Advanced"},
    )
    from_name: str = Field(default="", title="Sender's name", max_length=100, json_schema_extra={"x-group": "Advanced"})
    error_path: bool = Field(default=False, title="Add an alternative path in case of a timeout or an error")

    def expressions(self) -> Iterator[ExpressionUse]:
        if self.to:
            yield ExpressionUse(field="to", text=self.to, expect="string")

    def problems(self) -> Iterator[Problem]:
        for name in ("subject", "html", "text"):
            try:
                Template(getattr(self, name))
            except TemplateProblem as problem:
                yield Problem(
                    code="ERR_TEMPLATE",
                    message=f"The {name} cannot be read: {problem.message}",
                    hint="Check the braces and the tags of the template.",
                    field=name,
                    line=problem.line,
                )
        if not self.html.strip() and not self.text.strip():
            yield Problem(
                code="ERR_EMPTY_MESSAGE",
                message="The e-mail has no content.",
                hint="Write an HTML or a text body.",
                field="html",
            )

    def compile(self, expression: CompileExpression) -> Behaviour:
        subject, html, text = Template(self.subject), Template(self.html, html=True), Template(self.text)
        address = expression(self.to, "string") if self.to else None

        def build(facts: Facts) -> Mail:
            values = values_of(facts)
            to = address(facts) if address else values["profile"].get("email")
            if not isinstance(to, str) or not ADDRESS.match(to):
                raise NotDeliverable("no_address", "This person has no e-mail address that can be written to.")
            try:
                page = html.render(values)
                return Mail(
                    to=to,
                    subject=" ".join(subject.render(values).split()),
                    html=page,
                    text=text.render(values) or as_text(page),
                    from_name=self.from_name,
                )
            except TemplateProblem as problem:
                raise NotDeliverable("template", f"The message cannot be rendered: {problem.message}") from problem

        return Behaviour(enter=lambda facts, chance: DELIVER, build=build, has_error_path=self.error_path, acts=True)


def as_text(page: str) -> str:
    """A plain reading of an HTML body: paragraphs as lines, links with their addresses. One pass, whatever it holds."""
    lines = unescape("".join(_read(page))).splitlines()
    text = "\n".join(_BLANKS.sub(" ", line).strip() for line in lines)
    return _EMPTY_LINES.sub("\n\n", text).strip()


def _read(page: str) -> Iterator[str]:
    unseen_until = {found.group(2).lower(): found.start() for found in _TAG.finditer(page) if found.group(1)}
    skipped, links, place = "", [""], 0
    for found in _TAG.finditer(page):
        closes, name = found.group(1), found.group(2).lower()
        if not skipped:
            yield page[place : found.start()]
        place = found.end()
        if skipped:
            skipped = "" if closes and name == skipped else skipped
        elif not closes and name in _UNSEEN and found.start() < unseen_until.get(name, -1):
            skipped = name
        elif name == "a" and not closes:
            href = _HREF.search(found.group())
            links.append(href.group(1) if href else "")
        elif name == "a" and len(links) > 1:
            link = links.pop()
            yield f" ({link})" if link else ""
        elif name == "br" or (closes and _ENDS_LINE.fullmatch(name)):
            yield "\n"
    yield page[place:]
