""" "Admin" > "Users": the lists, closing an account and opening it again."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.access.decorators import requires
from core.access.enums import SystemPermission
from tenant_apps.staff import selectors
from tenant_apps.staff.forms.users import LeavingForm, ListForm, ReactivateForm, sent
from tenant_apps.staff.services import leaving, users_closing


@requires(SystemPermission.ADMINISTRATION)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The list of users, with what waits for a second person."""
    asked = ListForm(request.GET).asked()
    context = {
        "page": selectors.users_page(request.access, **asked),
        "asked": asked,
        "waiting": selectors.waiting_changes(request.access),
        "empty_groups": selectors.alert_groups_reaching_nobody(),
        "has_deactivated": selectors.has_deactivated(request.access),
    }
    return render(request, "staff/users.html", context)


@requires(SystemPermission.ADMINISTRATION)
@require_safe
def deactivated(request: HttpRequest) -> HttpResponse:
    """ "Deactivated Users", each with "Reactivate"."""
    asked = ListForm(request.GET).asked()
    context = {"page": selectors.deactivated_page(request.access, **asked), "asked": asked}
    return render(request, "staff/users_deactivated.html", context)


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def deactivate(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """What somebody would leave behind, who takes over, and closing the account."""
    person = selectors.get_user_view(request.access, user_id)
    if not person.is_active:
        messages.info(request, f"The account of {person.full_name} is deactivated already.")
        return redirect("staff:deactivated")
    form = LeavingForm(sent(request), colleagues=selectors.active_choices(but=user_id))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                users_closing.deactivate_user(
                    user_id=user_id, successor_id=form.cleaned_data["successor"], by=request.access
                )
        except ValidationError as error:
            form.take(error)
        else:
            messages.success(
                request,
                f"The account of {person.full_name} is deactivated. What they wrote stays under their name.",
            )
            return redirect("staff:users")
    context = {
        "person": person,
        "form": form,
        "left": leaving.left_behind(user_id),
        "emptied": selectors.alert_groups_left_empty_without(user_id),
    }
    return render(request, "staff/user_deactivate.html", context, status=422 if form.errors else 200)


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def reactivate(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Email and user group of a closed account, and opening it again."""
    person = selectors.get_user_view(request.access, user_id)
    if person.is_active:
        messages.info(request, f"The account of {person.full_name} is active.")
        return redirect("staff:user", user_id)
    form = ReactivateForm(sent(request), person=person, groups=selectors.user_group_choices())
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                waiting = users_closing.reactivate_user(
                    user_id=user_id,
                    email=form.cleaned_data["email"],
                    group_id=form.cleaned_data["group"],
                    ends_at=form.end(),
                    by=request.access,
                )
        except ValidationError as error:
            form.take(error)
        else:
            messages.success(request, f"The account of {person.full_name} is active again.")
            if waiting:
                messages.warning(
                    request, "The new address or user group waits for a second person; see below."
                )
            return redirect("staff:user", user_id)
    context = {"person": person, "form": form}
    return render(request, "staff/user_reactivate.html", context, status=422 if form.errors else 200)
