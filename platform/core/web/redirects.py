"""Where to go after a form: only to a page of the same host."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def safe_next(request: HttpRequest, default: str) -> str:
    """The address in `next` of the form or the query if it stays on this host, else the default.

    Only a path counts, not even a whole address of this host: a link in a mail could otherwise lead through
    our sign-in to a page that looks like it.
    """
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_path = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    if is_path and wanted.isprintable() and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return default
