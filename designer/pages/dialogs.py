"""Small questions: in a dialog over the page, or, without htmx, on a page of their own. The same form either way."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRedirect

from designer.pages.access import Request


def dialog(request: Request, template: str, context: dict[str, Any], *, back: str, status: int = 200) -> HttpResponse:
    """The question. `back` is where its page came from."""
    layout = "dialog" if request.htmx else "dialog_page"
    return render(
        request, template, {**context, "layout": f"designer/layouts/{layout}.html", "back": back}, status=status
    )


def confirm(
    request: Request,
    *,
    title: str,
    sentences: Sequence[str],
    label: str,
    back: str,
    danger: bool = True,
    allowed: bool = True,
    cancel: str = "Cancel",
    typed: str = "",
    typed_wrong: bool = False,
) -> HttpResponse:
    """Say what will happen and ask whether it should. `cancel`: what not doing it is called.

    `typed`: a text to be typed, for what cannot be undone.
    """
    context = {
        "title": title, "sentences": sentences, "label": label, "danger": danger, "allowed": allowed, "cancel": cancel,
        "typed": typed, "typed_wrong": typed_wrong,
    }  # fmt: skip
    return dialog(request, "designer/confirm.html", context, back=back, status=422 if typed_wrong else 200)


def done(request: Request, url: str, message: str = "") -> HttpResponse:
    """It is done: go on to `url`, where `message` is shown."""
    if message:
        messages.success(request, message)
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
