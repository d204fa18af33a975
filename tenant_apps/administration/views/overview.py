"""The pages of "Admin" that belong to no single room."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.access.decorators import requires
from core.access.enums import SystemPermission


@requires(SystemPermission.ADMINISTRATION)
def overview(request: HttpRequest) -> HttpResponse:
    """The first tab of "Admin"."""
    return render(request, "administration/overview.html")
