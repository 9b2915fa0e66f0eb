"""A new sandbox, made in the browser by whoever administers the server."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse

from designer.actions.create_sandbox import create_sandbox_titled
from designer.errors import NameTaken, NotAllowed
from designer.pages.access import Request, refused
from designer.pages.dialogs import dialog, done
from designer.permissions import require_superuser
from engine import clock
from engine.models import Sandbox


class NewSandbox(forms.Form):
    title = forms.CharField(max_length=120, error_messages={"required": "Give it a name."})
    kind = forms.ChoiceField(choices=Sandbox.Kind.choices)


@login_required
def create(request: Request) -> HttpResponse:
    """Ask for its name, make it, and go on working there."""
    try:
        require_superuser(
            request.user,
            "Sandboxes are made by the person who runs this server.",
            hint="Ask them to make one, and you its member.",
        )
    except NotAllowed as error:
        return refused(request, error)
    form = NewSandbox(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = create_sandbox_titled(**form.cleaned_data, by=request.user, now=clock.now())
            request.workplace.enter(made)
            return done(request, reverse("journeys"), f"“{made.title}” is made. You work in it now.")
        except NameTaken as error:
            form.add_error("title", f"{error.message} {error.hint}")
    context = {"form": form, "kinds": Sandbox.Kind.choices}
    back = reverse("journeys")
    return dialog(request, "designer/new_sandbox.html", context, back=back, status=422 if form.errors else 200)
