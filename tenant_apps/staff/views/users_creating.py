""" "New User" and "Add Non-MIS Users"."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.access.decorators import requires
from core.access.enums import SystemPermission
from tenant_apps.staff import selectors
from tenant_apps.staff.forms.users import NewUserForm, OutsideMISForm, sent
from tenant_apps.staff.services import users_creating


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def new_user(request: HttpRequest) -> HttpResponse:
    """Make somebody a user whom the MIS lists."""
    people = selectors.mis_staff_without_account(request.access, today=timezone.localdate())
    form = NewUserForm(sent(request), people=people, groups=selectors.user_group_choices())
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                user_id = users_creating.create_from_mis(
                    mis_staff_id=given["person"],
                    email=given["email"],
                    group_id=given["group"],
                    sends_reset=given["sends_reset"],
                    by=request.access,
                )
        except ValidationError as error:
            form.take(error)
        else:
            return _created(request, user_id, is_told=given["sends_reset"])
    context = {"form": form, "people": people}
    return render(request, "staff/user_new.html", context, status=422 if form.errors else 200)


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def add_non_mis_user(request: HttpRequest) -> HttpResponse:
    """Make somebody a user whom the MIS does not list, until an end date."""
    form = OutsideMISForm(sent(request), groups=selectors.user_group_choices(), today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                user_id = users_creating.create_outside_mis(
                    name=form.name(),
                    email=given["email"],
                    group_id=given["group"],
                    ends_at=form.end_or_default(),
                    sends_reset=given["sends_reset"],
                    by=request.access,
                )
        except ValidationError as error:
            form.take(error)
        else:
            if selectors.get_user_view(request.access, user_id).in_mis:
                messages.info(request, "The MIS lists somebody with this address: the account is tied to it.")
            return _created(request, user_id, is_told=given["sends_reset"])
    return render(request, "staff/user_add_non_mis.html", {"form": form}, status=422 if form.errors else 200)


def _created(request: HttpRequest, user_id: UUID, *, is_told: bool) -> HttpResponse:
    person = selectors.get_user_view(request.access, user_id)
    mail = " A link for setting a password is on its way to them." if is_told else ""
    messages.success(request, f"{person.full_name} is a user now, in “{person.group_name}”.{mail}")
    return redirect("staff:users")
