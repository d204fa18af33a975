""" "Admin" > "Groups": which kinds of group are restricted, and who may see the students of which."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access.decorators import requires
from core.access.enums import SystemPermission
from tenant_apps.classes import selectors, services
from tenant_apps.classes.enums import GroupKind
from tenant_apps.classes.forms import ClassesForm, PeopleForm, ProposalsForm


@requires(SystemPermission.ADMINISTRATION)
@require_safe
def restrictions(request: HttpRequest) -> HttpResponse:
    """The kinds of group of the MIS with "Restrict Access", their groups and who is listed for each."""
    context = {
        "kinds": selectors.restriction_lines(request.access),
        "proposals": selectors.proposals(request.access),
        "last_change": selectors.last_change(request.access),
    }
    return render(request, "classes/restrictions.html", context)


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def restrict(request: HttpRequest, kind: str) -> HttpResponse:
    """ "Restrict Access" for one kind, or its end, after saying for how many people what changes."""
    if kind not in GroupKind.values:
        raise Http404
    restricted = selectors.restricted_kinds()
    wanted = restricted ^ {kind}
    if request.method == "POST":
        # Whoever sends the page twice must not undo by the second what the first did.
        wanted = restricted | {kind} if request.POST.get("restrict") == "on" else restricted - {kind}
        services.set_restricted_kinds(kinds=wanted, by=request.access)
        messages.success(request, "Access is restricted." if kind in wanted else "The restriction is lifted.")
        return redirect("classes:restrictions")
    context = {
        "kind": GroupKind(kind),
        "turns_on": kind in wanted,
        "any_left": bool(wanted),
        "change": selectors.change_of_kinds(request.access, wanted),
    }
    return render(request, "classes/restrict.html", context)


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def group(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Who may see the students of one group."""
    shown = selectors.get_group(request.access, group_id)
    listed = selectors.listed_for(request.access, group_id)
    people, user_groups = selectors.people_to_list(request.access, listed)
    form = PeopleForm(
        *([request.POST] if request.method == "POST" else []),
        people=[one.id for one in people],
        user_groups=[one.id for one in user_groups],
    )
    if form.is_valid():
        services.set_group_people(
            group_id=group_id,
            user_ids=form.cleaned_data["people"],
            user_group_ids=form.cleaned_data["user_groups"],
            by=request.access,
        )
        messages.success(request, f"{shown.name} is saved.")
        return redirect("classes:restrictions")
    context = {
        "group": shown,
        "is_restricted": shown.kind in selectors.restricted_kinds(),
        "form": form,
        "people": [_option(one) for one in people],
        "chosen": form["people"].value() if form.is_bound else listed.user_ids,
        "user_groups": user_groups,
        "chosen_groups": form["user_groups"].value() if form.is_bound else listed.user_group_ids,
    }
    return render(request, "classes/group.html", context, status=422 if form.is_bound else 200)


@requires(SystemPermission.ADMINISTRATION)
@require_POST
def accept_proposals(request: HttpRequest) -> HttpResponse:
    """Take over all proposals that stood on the page, each still as it stood there or wider."""
    proposed = selectors.proposals(request.access)
    form = ProposalsForm(request.POST, groups=[one.group_id for one in proposed])
    if form.is_valid():
        count = services.accept_proposals(group_ids=form.cleaned_data["groups"], by=request.access)
        messages.success(request, f"{count} new class{'' if count == 1 else 'es'} saved as proposed.")
    else:
        messages.error(request, "The proposals have changed. Look at them again; nothing was saved.")
    return redirect("classes:restrictions")


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def user_classes(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """The classes that one user may see: a page, and by htmx a part of the user's "Permissions"."""
    person = selectors.get_person(request.access, user_id)
    kinds = selectors.restriction_lines(request.access)
    own, through = selectors.classes_of_user(request.access, user_id)
    form = ClassesForm(
        *([request.POST] if request.method == "POST" else []),
        groups=[line.id for kind in kinds for line in kind.groups],
    )
    if form.is_valid():
        services.set_classes_of_user(
            user_id=user_id, group_ids=form.cleaned_data["groups"], by=request.access
        )
        messages.success(request, f"The classes of {person.formal_name} are saved.")
        return redirect(_permissions_of(user_id))
    context = {
        "person": person,
        "kinds": [kind for kind in kinds if kind.is_restricted],
        "resting": [kind for kind in kinds if not kind.is_restricted],
        "chosen": form["groups"].value() if form.is_bound else own,
        "own": own,
        "through": through,
        "form": form,
    }
    template = "classes/user_classes_form.html" if request.htmx else "classes/user_classes.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def _permissions_of(user_id: UUID) -> str:
    try:
        return reverse("staff:user-permissions", args=[user_id])
    except NoReverseMatch:
        return reverse("classes:user-classes", args=[user_id])


def _option(person: selectors.RegisteredPerson) -> dict[str, object]:
    notes = [
        "" if person.is_active else "account closed",
        "sees all classes" if person.is_above_classes else "",
    ]
    return {
        "id": person.id,
        "name": person.formal_name,
        "note": ", ".join(note for note in notes if note),
        "group": person.group_name,
    }
