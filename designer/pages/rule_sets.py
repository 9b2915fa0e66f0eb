"""A tab of the settings: rule sets, which say how often one person may enter the journeys that carry them."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from designer.actions.change_rule_set import change_rule_set
from designer.actions.create_rule_set import create_rule_set
from designer.actions.delete_rule_set import delete_rule_set
from designer.errors import BadRuleSet, InUse
from designer.event_definitions import listed as in_words
from designer.pages.access import Request, page
from designer.pages.dialogs import confirm, dialog, done
from designer.queries.settings import rule_sets_of
from designer.rule_sets import DESCRIPTION_LENGTH, MOST, NAME_LENGTH, Given, carried_by
from engine import clock
from engine.models import RuleSet
from engine.models.rule_set import CAPS


def _cap() -> forms.IntegerField:
    return forms.IntegerField(min_value=1, max_value=MOST, required=False)


class Form(forms.Form):
    name = forms.CharField(max_length=NAME_LENGTH, error_messages={"required": "Give it a name."})
    description = forms.CharField(max_length=DESCRIPTION_LENGTH, required=False)
    entries_per_day = _cap()
    entries_per_week = _cap()
    entries_per_month = _cap()
    journeys_at_once = _cap()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if all(cleaned.get(cap) is None and cap not in self.errors for cap in CAPS):
            self.add_error(None, "A rule set holds one rule at least: fill in one of the numbers.")
        return cleaned


@page
def listed(request: Request) -> HttpResponse:
    sandbox = request.workplace.sandbox
    carried = carried_by(sandbox.pk)
    found = [(rule_set, *carried.get(rule_set.name, ([], []))) for rule_set in rule_sets_of(sandbox)]
    return render(request, "designer/rule_sets.html", {"rule_sets": found})


@page(needs="manage_rule_sets")
def create(request: Request) -> HttpResponse:
    form = Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = create_rule_set(
                Given(**form.cleaned_data), sandbox=request.workplace.sandbox, by=request.user, now=clock.now()
            )
            return done(request, reverse("rule-sets"), f"The rule set “{made.name}” is there.")
        except BadRuleSet as error:
            form.add_error("name", f"{error.message} {error.hint}")
    return _asked(request, form, title="New rule set", label="Create rule set")


@page(needs="manage_rule_sets")
def change(request: Request, pk: int) -> HttpResponse:
    rule_set = _rule_set(request, pk)
    form = Form(request.POST if request.method == "POST" else None, initial=Given.of(rule_set).columns())
    if form.is_valid():
        try:
            kept = change_rule_set(rule_set, Given(**form.cleaned_data), by=request.user, now=clock.now())
            return done(request, reverse("rule-sets"), f"The rule set “{kept.name}” is saved.")
        except (BadRuleSet, InUse) as error:
            form.add_error("name", f"{error.message} {error.hint}")
    published, _ = carried_by(rule_set.sandbox_id).get(rule_set.name, ([], []))
    return _asked(request, form, title=f"Rule set “{rule_set.name}”", label="Save", carried=in_words(published))


@page(needs="manage_rule_sets")
def delete(request: Request, pk: int) -> HttpResponse:
    rule_set = _rule_set(request, pk)
    if request.method == "POST":
        delete_rule_set(rule_set, by=request.user, now=clock.now())
        return done(request, reverse("rule-sets"), f"The rule set “{rule_set.name}” is deleted.")
    published, drafts = carried_by(rule_set.sandbox_id).get(rule_set.name, ([], []))
    sentences = ["No journey is published with it, so nobody enters more often, or less often, than before."]
    if published:
        sentences = [f"It cannot be deleted while it is carried by {in_words(published)}."]
    elif drafts:
        sentences.append(
            f"The drafts of {in_words(drafts)} name it: they are published only with another one, or none."
        )
    return confirm(
        request,
        title=f"Delete the rule set “{rule_set.name}”?",
        sentences=sentences,
        label="Delete rule set",
        back=reverse("rule-sets"),
        allowed=request.workplace.may("manage_rule_sets") and not published,
    )


def _asked(request: Request, form: Form, *, title: str, label: str, carried: str = "") -> HttpResponse:
    context = {
        "form": form, "title": title, "label": label, "carried": carried,
        "allowed": request.workplace.may("manage_rule_sets"),
    }  # fmt: skip
    return dialog(
        request, "designer/rule_set.html", context, back=reverse("rule-sets"), status=422 if form.errors else 200
    )


def _rule_set(request: Request, pk: int) -> RuleSet:
    found: RuleSet = get_object_or_404(RuleSet, pk=pk, sandbox=request.workplace.sandbox)
    return found
