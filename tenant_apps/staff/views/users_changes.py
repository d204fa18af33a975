"""A change that waits for a second person: what it is, who asked, and the decision."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.access.decorators import signed_in
from tenant_apps.staff import selectors
from tenant_apps.staff.forms.users import DecisionForm
from tenant_apps.staff.services import second_person

DECIDE = {
    "confirm": (second_person.confirm, "The change was confirmed and is in force."),
    "refuse": (second_person.refuse, "The change was refused. Nothing changed."),
    "take_back": (second_person.take_back, "The change was taken back. Nothing changed."),
}


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """For administrators, for whom it concerns and for who asked; nobody else finds it."""
    shown = selectors.get_change(request.access, change_id)
    errors = []
    form = DecisionForm(request.POST)
    if request.method == "POST" and not form.is_valid():
        errors = [{"message": "Choose one of the buttons."}]
    elif request.method == "POST":
        decide, said = DECIDE[form.cleaned_data["decision"]]
        try:
            with transaction.atomic():
                decide(change_id=change_id, by=request.access)
        except ValidationError as error:
            errors = [{"message": sentence} for sentence in error.messages]
        else:
            messages.success(request, said)
            return redirect("staff:change", change_id)
        shown = selectors.get_change(request.access, change_id)
    context = {"change": shown, "errors": errors}
    return render(request, "staff/users_change.html", context, status=422 if errors else 200)
