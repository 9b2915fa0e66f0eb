"""The settings of the sandbox, a tab each: write keys, namespaces, members."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from designer.actions.add_member import add_member
from designer.actions.add_namespace import add_namespace
from designer.actions.change_member import change_member
from designer.actions.make_write_key import make_write_key
from designer.actions.remove_member import remove_member
from designer.actions.revoke_write_key import revoke_write_key
from designer.errors import BadMember, BadNamespace
from designer.models import Membership, Role
from designer.pages.access import Request, page
from designer.pages.dialogs import confirm, done
from designer.queries.settings import members_of, namespaces_of, write_keys_of
from engine import clock
from engine.models import WriteKey


class NewKey(forms.Form):
    name = forms.CharField(max_length=80, error_messages={"required": "Say which program it is for."})


class NewNamespace(forms.Form):
    code = forms.CharField(max_length=60, required=False)
    title = forms.CharField(max_length=120, required=False)
    is_people_based = forms.BooleanField(required=False)


class NewMember(forms.Form):
    username = forms.CharField(max_length=150, error_messages={"required": "Give the user's name."})
    role = forms.ChoiceField(choices=Role.choices)


# Write keys -----------------------------------------------------------------------------------------------------------


@page(needs="manage_write_keys")
def write_keys(request: Request) -> HttpResponse:
    """The keys, and the form for a new one. A key just made is in this answer and in no other."""
    form = NewKey(request.POST if request.method == "POST" else None)
    key = ""
    if form.is_valid():
        key = make_write_key(
            sandbox=request.workplace.sandbox, name=form.cleaned_data["name"], by=request.user, now=clock.now()
        )
    response = render(
        request,
        "designer/write_keys.html",
        {"keys": write_keys_of(request.workplace.sandbox), "form": form, "made": key, "host": settings.BASE_URL},
        status=422 if form.errors else 200,
    )
    if key:
        response["Cache-Control"] = "no-store"
    return response


@page(needs="manage_write_keys")
def revoke(request: Request, pk: int) -> HttpResponse:
    key = get_object_or_404(WriteKey, pk=pk, sandbox=request.workplace.sandbox)
    if request.method == "POST":
        revoke_write_key(key, by=request.user, now=clock.now())
        return done(request, reverse("settings"), f"The key “{key.name}” is revoked.")
    return confirm(
        request,
        title=f"Revoke the key “{key.name}”?",
        sentences=[
            f"Programs that use the key ending in {key.last_four} are refused within seconds (401).",
            "It cannot be brought back. For another one, make a new key.",
        ],
        label="Revoke key",
        back=reverse("settings"),
        allowed=request.workplace.may("manage_write_keys") and key.revoked_at is None,
    )


# Namespaces -----------------------------------------------------------------------------------------------------------


@page(needs="manage_namespaces")
def namespaces(request: Request) -> HttpResponse:
    form = NewNamespace(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = add_namespace(
                sandbox=request.workplace.sandbox, by=request.user, now=clock.now(), **form.cleaned_data
            )
            return done(request, reverse("namespaces"), f"The namespace {made.code} is there.")
        except BadNamespace as error:
            form.add_error("code", f"{error.message} {error.hint}")
    context = {"namespaces": namespaces_of(request.workplace.sandbox), "form": form}
    return render(request, "designer/namespaces.html", context, status=422 if form.errors else 200)


# Members --------------------------------------------------------------------------------------------------------------


@page(needs="manage_members")
def members(request: Request) -> HttpResponse:
    form = NewMember(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = add_member(sandbox=request.workplace.sandbox, by=request.user, now=clock.now(), **form.cleaned_data)
            return done(request, reverse("members"), f"{made.user} is a member.")
        except BadMember as error:
            form.add_error("username", f"{error.message} {error.hint}")
    context: dict[str, Any] = {"members": members_of(request.workplace.sandbox), "form": form, "roles": Role.choices}
    return render(request, "designer/members.html", context, status=422 if form.errors else 200)


@require_POST
@page(needs="manage_members")
def role(request: Request, pk: int) -> HttpResponse:
    membership = _member(request, pk)
    wanted = request.POST.get("role", "")
    if wanted in Role.values:
        change_member(membership, role=wanted, by=request.user, now=clock.now())
    return done(request, reverse("members"), f"{membership.user} is {membership.get_role_display().lower()}.")


@page(needs="manage_members")
def remove(request: Request, pk: int) -> HttpResponse:
    membership = _member(request, pk)
    if request.method == "POST":
        remove_member(membership, by=request.user, now=clock.now())
        return done(request, reverse("members"), f"{membership.user} is no member any more.")
    return confirm(
        request,
        title=f"Remove {membership.user}?",
        sentences=["They see nothing of this sandbox any more.", "What they made stays, and so does their account."],
        label="Remove member",
        back=reverse("members"),
        allowed=request.workplace.may("manage_members"),
    )


def _member(request: Request, pk: int) -> Membership:
    found: Membership = get_object_or_404(
        Membership.objects.select_related("user"), pk=pk, sandbox=request.workplace.sandbox
    )
    return found
