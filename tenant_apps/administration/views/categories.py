""" "Admin" > "Categories"."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access.decorators import requires
from core.access.enums import SystemPermission
from tenant_apps.administration.forms.categories import CategoryForm, MergeForm
from tenant_apps.administration.services import categories as services
from tenant_apps.categories.selectors import (
    CategoryView,
    all_categories,
    category_map,
    get_category,
    is_deletable,
)
from tenant_apps.categories.services import delete_or_disable, set_category_enabled
from tenant_apps.staff.selectors.category_rights import rights_of_category

WAITS = (
    "What opens Restricting records further waits for a second person: another administrator, or somebody in"
    " the group, has to confirm it."
)


@requires(SystemPermission.ADMINISTRATION)
@require_safe
def categories(request: HttpRequest) -> HttpResponse:
    """Categories and their sub-categories. Names of Restricting ones are administrators' to see here."""
    return render(request, "administration/categories.html", {"categories": all_categories()})


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def new_category(request: HttpRequest) -> HttpResponse:
    """ "New Category"."""
    form = _form(request, None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_category(values=form.values(), rights=form.rights(), by=request.access)
        except ValidationError as error:
            form.take(_by_field(error))
        else:
            messages.success(request, f"The category “{form.cleaned_data['name']}” is saved.")
            return redirect("administration:categories")
    return _page(request, form, None)


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def category(request: HttpRequest, category_id: UUID) -> HttpResponse:
    """ "Edit": the whole of a category, with its permissions; at the very bottom "Merge category"."""
    shown = get_category(category_id)
    form = _form(request, shown)
    asks: services.ToConfirmError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.change_category(
                category_id=category_id,
                values=form.values(),
                rights=form.rights(),
                confirmed_rights=form.cleaned_data["confirmed_rights"],
                confirmed_readers=form.cleaned_data["confirmed_readers"],
                by=request.access,
            )
        except services.ToConfirmError as error:
            asks = error
        except ValidationError as error:
            form.take(_by_field(error))
        else:
            _tell(request, f"The category “{form.cleaned_data['name']}” is saved.", saved)
            return redirect("administration:categories")
    return _page(request, form, shown, asks=asks)


@requires(SystemPermission.ADMINISTRATION)
@require_POST
def merge_category(request: HttpRequest, category_id: UUID) -> HttpResponse:
    """ "Merge": carries it out, or asks first who would read more."""
    shown = get_category(category_id)
    tree = category_map()
    merging = MergeForm(request.POST, category=shown, categories=tree)
    asks: services.ToConfirmError | None = None
    if merging.is_valid():
        target = tree[merging.cleaned_data["target"]]
        try:
            saved = services.merge(
                source_id=category_id,
                target_id=target.id,
                confirmed_readers=merging.cleaned_data["confirmed_readers"],
                by=request.access,
            )
        except services.ToConfirmError as error:
            asks = error
        except ValidationError as error:
            merging.add_error("target", error)
        else:
            _tell(request, f"“{shown.name}” was merged with “{target.name}”.", saved)
            return redirect("administration:categories")
    return _page(request, _form(request, shown, is_typed=False), shown, merging=merging, merge_asks=asks)


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def delete_category(request: HttpRequest, category_id: UUID) -> HttpResponse:
    """ "Delete/Disable": says first which of the two it will be."""
    shown = get_category(category_id)
    if request.method != "POST":
        context = {"category": shown, "is_deletable": is_deletable(category_id)}
        return render(request, "administration/category_delete.html", context)
    is_gone = delete_or_disable(category_id=category_id, by=request.access)
    messages.success(request, f"“{shown.name}” is {'deleted' if is_gone else 'disabled'}.")
    return redirect("administration:categories")


@requires(SystemPermission.ADMINISTRATION)
@require_POST
def enable_category(request: HttpRequest, category_id: UUID) -> HttpResponse:
    """ "Enable"."""
    shown = get_category(category_id)
    set_category_enabled(category_id=category_id, enabled=True, by=request.access)
    messages.success(request, f"“{shown.name}” is offered on forms again.")
    return redirect("administration:categories")


def _form(request: HttpRequest, shown: CategoryView | None, *, is_typed: bool = True) -> CategoryForm:
    return CategoryForm(
        request.POST if request.method == "POST" and is_typed else None,
        category=shown,
        categories=category_map(),
        rights=rights_of_category(request.access, shown.id if shown else None),
    )


def _page(
    request: HttpRequest,
    form: CategoryForm,
    shown: CategoryView | None,
    *,
    asks: services.ToConfirmError | None = None,
    merging: MergeForm | None = None,
    merge_asks: services.ToConfirmError | None = None,
) -> HttpResponse:
    if merging is None and shown is not None:
        merging = MergeForm(category=shown, categories=category_map())
    context: dict[str, Any] = {
        "form": form,
        "category": shown,
        "asks": asks,
        "merging": merging,
        "merge_asks": merge_asks,
    }
    is_refused = form.errors or asks or merge_asks or (merging is not None and merging.errors)
    return render(request, "administration/category.html", context, status=422 if is_refused else 200)


def _tell(request: HttpRequest, sentence: str, saved: services.Saved) -> None:
    messages.success(request, sentence)
    if saved.waits:
        messages.warning(request, WAITS)
    if saved.lost:
        names = ", ".join(f"“{line.group_name}”" for line in saved.lost)
        messages.warning(request, f"Fewer incidents can be read since then by {names}.")


def _by_field(error: ValidationError) -> ValidationError:
    """What the service calls a value, the form may call by another name."""
    if not hasattr(error, "error_dict"):
        return error
    called = {"parent_id": "parent"}
    return ValidationError({called.get(field, field): faults for field, faults in error.error_dict.items()})
