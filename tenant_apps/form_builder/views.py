""" "Admin" > "Form Builder"."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access.decorators import requires
from core.access.enums import SystemPermission
from tenant_apps.categories.selectors import category_map
from tenant_apps.form_builder import services
from tenant_apps.form_builder.enums import FIRST, Form
from tenant_apps.form_builder.forms import AdviceForm, FieldForm
from tenant_apps.form_builder.selectors import (
    FieldView,
    StandingItem,
    changed_forms,
    get_field,
    get_item,
    working_form,
)

NOT_YET = "It is on the form after “Update Custom form”."


@requires(SystemPermission.ADMINISTRATION)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The three forms, each with "Edit"."""
    changed = changed_forms()
    rows = [(form, form in changed) for form in Form]
    return render(request, "form_builder/forms.html", {"rows": rows})


@requires(SystemPermission.ADMINISTRATION)
@require_safe
def edit_form(request: HttpRequest, form: str) -> HttpResponse:
    """The fields of a form in order, as administrators work on it."""
    return _form_page(request, _form(form))


@requires(SystemPermission.ADMINISTRATION)
@require_POST
def order(request: HttpRequest, form: str) -> HttpResponse:
    """Put the fields in the order sent; without script, one of them a place up or down.

    Script asks for JSON: {"seen", "changed"}, or {"error"} with 422.
    """
    chosen = _form(form)
    keys, moved = request.POST.getlist("keys"), ""
    for way, step in (("up", -1), ("down", 1)):
        if (key := request.POST.get(way)) in keys:
            moved = str(key)
            keys = _moved(keys, moved, step)
    wants_json = request.accepts("application/json") and not request.accepts("text/html")
    try:
        services.set_order(form=chosen, keys=keys, by=request.access)
    except ValidationError as error:
        if wants_json:
            return JsonResponse({"error": error.messages[0]}, status=422)
        messages.error(request, error.messages[0])
        return _form_page(request, chosen, status=422)
    if wants_json:
        working = working_form(chosen)
        return JsonResponse({"seen": working.token, "changed": working.is_changed})
    return redirect(_page_of(chosen) + (f"#field-{moved}" if moved else ""))


@requires(SystemPermission.ADMINISTRATION)
@require_POST
def publish(request: HttpRequest, form: str) -> HttpResponse:
    """ "Update Custom form": from now on all staff have the form as it was shown here."""
    chosen = _form(form)
    try:
        services.publish(form=chosen, seen=request.POST.get("seen", ""), by=request.access)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return _form_page(request, chosen, status=422)
    messages.success(request, f"The {chosen.label.lower()} is updated. All staff have it so from now on.")
    return redirect(_page_of(chosen))


@requires(SystemPermission.ADMINISTRATION)
@require_POST
def drop(request: HttpRequest, form: str) -> HttpResponse:
    """ "Take back changes": the form is worked on as it stands."""
    chosen = _form(form)
    services.drop_changes(form=chosen, by=request.access)
    messages.success(request, f"The {chosen.label.lower()} is here again as all staff have it.")
    return redirect(_page_of(chosen))


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def new_field(request: HttpRequest, form: str) -> HttpResponse:
    """ "+ New custom field"."""
    return _field_page(request, _form(form), None)


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def field(request: HttpRequest, field_id: UUID) -> HttpResponse:
    """Amend a custom field."""
    shown = get_field(field_id)
    return _field_page(request, shown.form, shown)


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def delete_field(request: HttpRequest, field_id: UUID) -> HttpResponse:
    """Delete a custom field, after saying what becomes of its answers."""
    shown = get_field(field_id)
    if request.method != "POST":
        return render(request, "form_builder/field_delete.html", {"form_of": shown.form, "field": shown})
    services.delete_field(form=shown.form, field_id=field_id, by=request.access)
    messages.success(request, f"“{shown.item.name}” is off the form with the next “Update Custom form”.")
    return redirect(_page_of(shown.form))


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def advice(request: HttpRequest, form: str, key: str) -> HttpResponse:
    """The pencil: the "Advice Message" of any field."""
    chosen = _form(form)
    item = get_item(chosen, key)
    typed = AdviceForm(request.POST if request.method == "POST" else None, initial={"advice": item.advice})
    if request.method == "POST" and typed.is_valid():
        services.set_advice(form=chosen, key=key, advice=typed.cleaned_data["advice"], by=request.access)
        messages.success(request, f"The advice message of “{item.name}” is kept. {NOT_YET}")
        return redirect(f"{_page_of(chosen)}#field-{key}")
    context = {"form_of": chosen, "item": item, "form": typed}
    return render(request, "form_builder/advice.html", context, status=422 if typed.errors else 200)


def _field_page(request: HttpRequest, form: Form, shown: FieldView | None) -> HttpResponse:
    is_sent = request.method == "POST"
    typed = FieldForm(request.POST if is_sent else None, form=form, categories=category_map(), field=shown)
    is_more = is_sent and "add_option" in request.POST
    if is_sent and not is_more and typed.is_valid():
        try:
            field_id = services.save_field(
                form=form, field_id=shown.id if shown else None, **typed.values(), by=request.access
            )
        except ValidationError as refusal:
            typed.take(refusal)
        else:
            messages.success(request, f"The field “{typed.cleaned_data['name']}” is kept. {NOT_YET}")
            return redirect(f"{_page_of(form)}#field-{field_id}")
    context: dict[str, Any] = {"form_of": form, "field": shown, "form": typed, "is_more": is_more}
    is_refused = is_sent and not is_more and typed.errors
    return render(request, "form_builder/field.html", context, status=422 if is_refused else 200)


def _form_page(request: HttpRequest, form: Form, *, status: int = 200) -> HttpResponse:
    working = working_form(form)
    categories = category_map()
    rows: list[tuple[StandingItem, list[Any]]] = [
        (item, [one for one in categories.values() if one.id in item.category_ids]) for item in working.items
    ]
    context = {"form_of": form, "working": working, "rows": rows, "first": FIRST}
    return render(request, "form_builder/form.html", context, status=status)


def _moved(keys: list[str], key: str, step: int) -> list[str]:
    place = keys.index(key)
    rest = keys[:place] + keys[place + 1 :]
    place = max(place + step, 0)
    return [*rest[:place], key, *rest[place:]]


def _page_of(form: Form) -> str:
    return reverse("forms:form", args=[form])


def _form(name: str) -> Form:
    try:
        return Form(name)
    except ValueError:
        raise Http404("no such form") from None
