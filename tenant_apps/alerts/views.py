"""Automatic alerts of a user and of a student, and clearing a user's dashboard."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.access.decorators import requires
from core.access.enums import SystemPermission
from core.web.hiding import asks_to_show_names
from tenant_apps.alerts import selectors, services
from tenant_apps.alerts.forms import RemovalForm, RulesForm
from tenant_apps.alerts.services import Target
from tenant_apps.categories.selectors import all_categories
from tenant_apps.classes.enums import GroupKind
from tenant_apps.classes.selectors import current_groups
from tenant_apps.staff.selectors import active_among, colleagues, get_user_view
from tenant_apps.students.selectors import choosable_among, get_student, student_header, students_by_ids

WAYS = ["GET", "HEAD", "POST"]
Row = dict[str, Any]


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(WAYS)
@asks_to_show_names
def user_alerts(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """ "Admin" > "Users" > name > "Alerts": the rules by category, student group and student."""
    access = request.access
    person = get_user_view(access, user_id)
    held: dict[Target, bool] = {
        (rule.thing, rule.target_id): rule.is_beyond for rule in selectors.rules_of(user_id)
    }
    named = choosable_among(access, [target for thing, target in held if thing == "student"])
    picked = choosable_among(access, _picked(request))
    students = students_by_ids(named | picked)
    groups = current_groups(access)
    blocks: list[tuple[str, list[Row]]] = [
        ("Categories", [_row("category", one.id, one.name, one.parent_id) for one in all_categories()]),
        *(
            (kind.label, [_row("group", one.id, one.name) for one in groups if one.kind == kind])
            for kind in GroupKind
        ),
        ("Students", [_row("student", one, students[one].name) for one in sorted(named)]),
    ]
    offered = [(row["thing"], row["id"]) for _, rows in blocks for row in rows]
    form = RulesForm(
        request.POST if request.method == "POST" else None,
        held=held,
        offered=offered,
        adds="student",
        is_own=lambda target: user_id == access.user_id,
    )
    if request.method == "POST" and form.is_valid():
        # A rule about what this administrator is not shown is not theirs to end.
        kept = {target: beyond for target, beyond in held.items() if target not in offered}
        wanted = {
            (thing, target): beyond
            for (thing, target), beyond in form.wanted.items()
            if thing != "student" or target in named | picked
        }
        services.set_rules_of(user_id=user_id, wanted=kept | wanted, by=access)
        messages.success(request, "The automatic alerts are saved.")
        return redirect("alerts:user-alerts", user_id=user_id)
    context = {
        "person": person,
        "form": form,
        "blocks": [(label, rows) for label, rows in blocks if rows],
        "ticked": form.ticked("rules"),
        "beyond": form.ticked("beyond"),
        "picked": [_token(one, students[one].name) for one in picked],
        "unread": selectors.unread_count_of(user_id),
        "removals": selectors.removals_of(user_id),
        "may_name_students": access.can(SystemPermission.ADD_ENTRIES),
        "is_self": user_id == access.user_id,
    }
    return render(request, "alerts/user_alerts.html", context, status=422 if form.errors else 200)


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(WAYS)
def remove_alerts(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """ "Remove dashboard alerts", after a warning and with a reason."""
    person = get_user_view(request.access, user_id)
    if user_id == request.access.user_id:
        raise PermissionDenied("Your own alerts are marked as read, one by one.")
    form = RemovalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        removal = services.remove_dashboard_alerts(
            user_id=user_id, reason=form.cleaned_data["reason"], by=request.access
        )
        count = removal.count if removal else 0
        ending = "" if count == 1 else "s"
        messages.success(request, f"{count} alert{ending} removed. The incidents are still there.")
        return redirect("alerts:user-alerts", user_id=user_id)
    context = {"person": person, "form": form, "unread": selectors.unread_count_of(user_id)}
    return render(request, "alerts/remove_alerts.html", context, status=422 if form.errors else 200)


@requires(SystemPermission.VIEW_STUDENT_DETAILS)
@require_http_methods(WAYS)
@asks_to_show_names
def student_alerts(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """ "Alert Staff Members" of a student: who is alerted automatically to every new incident and action."""
    access = request.access
    student = get_student(access, student_id)
    if not (access.is_editor or access.is_administrator):
        raise PermissionDenied("People to alert about a student are named by editors and administrators.")
    held: dict[Target, bool] = {
        ("user", rule.user_id): rule.is_beyond for _, rule in selectors.rules_for_student(student_id)
    }
    picked = active_among(_picked(request))
    form = RulesForm(
        request.POST if request.method == "POST" else None,
        held=held,
        offered=held,
        adds="user",
        is_own=lambda target: target[1] == access.user_id,
    )
    if request.method == "POST" and form.is_valid():
        wanted = {
            user_id: beyond
            for (thing, user_id), beyond in form.wanted.items()
            if (thing, user_id) in held or user_id in picked
        }
        services.name_for_student(student_id=student_id, wanted=wanted, by=access)
        messages.success(request, "The people to alert about this student are saved.")
        return redirect("alerts:student-alerts", student_id=student_id)
    context = {
        "student": student_header(student),
        "form": form,
        "rows": [_row("user", one.id, one.full_name) for one in colleagues(user_id for _, user_id in held)],
        "ticked": form.ticked("rules"),
        "beyond": form.ticked("beyond"),
        "picked": [_token(one.id, one.full_name) for one in colleagues(picked)],
    }
    return render(request, "alerts/student_alerts.html", context, status=422 if form.errors else 200)


def _row(thing: str, identifier: UUID, name: str, parent_id: UUID | None = None) -> Row:
    return {
        "thing": thing,
        "id": identifier,
        "name": name,
        "value": f"{thing}:{identifier}",
        "is_sub": parent_id is not None,
    }


def _token(identifier: UUID, name: str) -> dict[str, str]:
    initials = "".join(part[0] for part in name.split() if part)[:2]
    return {"value": str(identifier), "label": name, "note": "", "initials": initials}


def _picked(request: HttpRequest) -> list[UUID]:
    """What was picked and can be an id; the form says so if something cannot."""
    found = []
    for written in request.POST.getlist("added"):
        try:
            found.append(UUID(written))
        except ValueError:
            continue
    return found
