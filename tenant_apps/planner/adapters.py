"""Where the planner meets the frame of every page."""

from django.http import HttpRequest
from django.urls import reverse

from core.access.loading import access_of
from tenant_apps.planner.permissions import may_plan


def remind_url(request: HttpRequest) -> str:
    """Where "Remind Me" leads; empty for whoever has no planner, or has not used the key."""
    return reverse("planner:remind") if may_plan(access_of(request)) else ""
