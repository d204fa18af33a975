""" "Admin" > "Users" > "User Groups": the list, a new group, and one group's permissions."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.access.decorators import requires
from core.access.enums import SystemPermission
from tenant_apps.categories.selectors import all_categories
from tenant_apps.staff import selectors, services
from tenant_apps.staff.forms.groups import UserGroupForm
from tenant_apps.staff.forms.users import sent

WAITS = (
    "What opens Restricting records further waits for a second person: another administrator, or somebody in"
    " the group, has to confirm it."
)


@requires(SystemPermission.ADMINISTRATION)
@require_safe
def user_groups(request: HttpRequest) -> HttpResponse:
    """All groups, and those that the provider deleted lately."""
    context = {
        "groups": selectors.user_group_rows(request.access),
        "deleted": selectors.deleted_user_groups(request.access),
    }
    return render(request, "staff/user_groups.html", context)


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def new_user_group(request: HttpRequest) -> HttpResponse:
    """ "New Group"."""
    form = UserGroupForm(sent(request), group=None, categories=all_categories())
    return _page(request, form)


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def user_group(request: HttpRequest, user_group_id: UUID) -> HttpResponse:
    """One group, for change."""
    categories = all_categories()
    group = selectors.get_user_group(request.access, user_group_id, categories)
    return _page(request, UserGroupForm(sent(request), group=group, categories=categories), group)


def _page(
    request: HttpRequest, form: UserGroupForm, group: selectors.UserGroupView | None = None
) -> HttpResponse:
    unconfirmed = None
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, form, group)
        except services.GainsToConfirmError as error:
            unconfirmed = error
        except ValidationError as error:
            form.take(error)
        else:
            messages.success(request, f"The user group “{form.cleaned_data['name']}” is saved.")
            if saved.waiting is not None:
                messages.warning(request, WAITS)
            return redirect("staff:user-group", saved.id)
    context = {
        "form": form,
        "group": group,
        "unconfirmed": unconfirmed,
        "members": selectors.members_of_user_group(request.access, group.id) if group else [],
        "waiting": selectors.waiting_about(request.access, group_id=group.id) if group else [],
    }
    status = 422 if form.errors or unconfirmed else 200
    return render(request, "staff/user_group.html", context, status=status)


def _save(
    request: HttpRequest, form: UserGroupForm, group: selectors.UserGroupView | None
) -> services.SavedUserGroup:
    given = form.cleaned_data
    return services.save_user_group(
        group_id=group.id if group else None,
        name=given["name"],
        is_key_group=given["is_key_group"],
        system_permissions=given["system"],
        overview_blocks=given["blocks"],
        category_rights=form.rights(),
        confirmed=given["confirmed"],
        by=request.access,
    )
