"""One user: "Personal Details", "Permissions" and "Security Keys"."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.access.decorators import requires
from core.access.enums import SystemPermission
from shared_apps.people.selectors import keys_of_user
from tenant_apps.staff import selectors
from tenant_apps.staff.forms.users import DetailsForm, KeysForm, PermissionsForm, sent
from tenant_apps.staff.services import users_changing

WAITS = (
    "{what} waits for a second person: another administrator or {name} has to confirm it. Until then"
    " everything stays as it was."
)


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Names, address, extension, end of the account, absence."""
    person = selectors.get_user_view(request.access, user_id)
    form = DetailsForm(sent(request), person=person, colleagues=selectors.active_choices(but=user_id))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                waiting = users_changing.change_details(
                    user_id=user_id,
                    name=form.name(),
                    email=form.cleaned_data["email"],
                    ends_at=form.end(),
                    absence=form.absence(),
                    by=request.access,
                )
        except ValidationError as error:
            form.take(error)
        else:
            messages.success(request, "The details were saved.")
            if waiting:
                messages.warning(request, WAITS.format(what="The new address", name=person.formal_name))
            return redirect("staff:user", user_id)
    return _page(request, "staff/user_details.html", person, form)


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def permissions(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """The user group, and whether students without a group are seen."""
    person = selectors.get_user_view(request.access, user_id)
    form = PermissionsForm(sent(request), groups=selectors.user_group_choices(), person=person)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                waiting = users_changing.change_permissions(
                    user_id=user_id,
                    group_id=form.cleaned_data["group"],
                    sees_ungrouped=form.cleaned_data["sees_ungrouped"],
                    by=request.access,
                )
        except ValidationError as error:
            form.take(error)
        else:
            messages.success(request, "The permissions were saved. They count from the next click on.")
            if waiting:
                messages.warning(request, WAITS.format(what="The new user group", name=person.formal_name))
            return redirect("staff:user-permissions", user_id)
    return _page(request, "staff/user_permissions.html", person, form)


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """The user's devices, and removing all of them after a notice was confirmed."""
    person = selectors.get_user_view(request.access, user_id)
    form = KeysForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                waiting = users_changing.remove_keys(user_id=user_id, by=request.access)
        except ValidationError as error:
            form.take(error)
        else:
            if waiting:
                what = "The removal of the security keys"
                messages.warning(request, WAITS.format(what=what, name=person.formal_name))
            else:
                messages.success(request, f"All security keys of {person.full_name} were removed.")
            return redirect("staff:user-keys", user_id)
    return _page(request, "staff/user_keys.html", person, form, keys=keys_of_user(user_id))


def _page(
    request: HttpRequest, template: str, person: selectors.UserView, form: object, **more: object
) -> HttpResponse:
    context = {
        "person": person,
        "form": form,
        "waiting": selectors.waiting_about(request.access, user_id=person.id),
        **more,
    }
    return render(request, template, context, status=422 if getattr(form, "errors", None) else 200)
