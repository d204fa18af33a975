"""How a record is kept: sealed, of a child who died, on hold."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.access.decorators import requires
from core.access.enums import SystemPermission
from tenant_apps.profile import selectors
from tenant_apps.profile.forms import DeathForm, HoldForm, SealForm
from tenant_apps.profile.views.frame import tab_context
from tenant_apps.staff.permissions import can_block_readers
from tenant_apps.staff.selectors import colleagues, keepers_of_blocks
from tenant_apps.students.selectors import (
    get_student,
    keeping_of,
    sealed_for,
    student_header,
    students_blocked_among,
)
from tenant_apps.students.services import (
    CannotReadError,
    lift_seal,
    note_death,
    note_listed,
    note_viewed,
    seal_record,
    set_hold,
    take_back_death,
)

DONE = {
    "seal": "The record is sealed.",
    "lift": "The seal is lifted. The record is one of a student who has left.",
    "died": "It is noted. The student is in no list any more, and the record is on hold.",
    "alive": "It is taken back. The next import of the MIS makes the student current again.",
    "hold": "The record is on hold.",
    "release": "The hold has ended.",
}


@requires(SystemPermission.VIEW_STUDENT_DETAILS)
@require_http_methods(["GET", "HEAD", "POST"])
def keeping(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """The tab "Keeping": for editors and administrators."""
    if not can_block_readers(request.access):
        raise PermissionDenied
    student = get_student(request.access, student_id)
    asked = request.POST.get("do") if request.method == "POST" else None
    seal = SealForm(request.POST if asked == "seal" else None, people=colleagues(keepers_of_blocks()))
    death = DeathForm(request.POST if asked == "died" else None)
    hold = HoldForm(request.POST if asked == "hold" else None)
    if asked and _carried_out(request, student_id, asked, seal, death, hold):
        messages.success(request, DONE[asked])
        if students_blocked_among(request.access, [student_id]):
            return redirect("dashboard:home")
        return redirect("profile:keeping", student_id=student_id)
    if not asked:
        note_viewed(student_id=student_id, by=request.access)
    failed = next((form for form in (seal, death, hold) if form.errors), None)
    context = {
        **tab_context(request, student_header(student), "keeping"),
        "keeping": keeping_of(student),
        "marks_review_on": selectors.marks_review_on(request.access, student_id),
        "seal": seal,
        "death": death,
        "hold": hold,
        "failed": failed,
    }
    return render(request, "profile/keeping.html", context, status=422 if failed else 200)


def _carried_out(
    request: HttpRequest, student_id: UUID, asked: str, seal: SealForm, death: DeathForm, hold: HoldForm
) -> bool:
    """Does what was asked; False with the form's faults where it cannot."""
    by = request.access
    if asked == "lift":
        lift_seal(student_id=student_id, by=by)
    elif asked == "alive":
        take_back_death(student_id=student_id, by=by)
    elif asked == "release":
        set_hold(student_id=student_id, reason="", by=by)
    elif asked == "died":
        if not death.is_valid():
            return False
        note_death(student_id=student_id, died_on=death.cleaned_data["died_on"], by=by)
    elif asked == "hold":
        if not hold.is_valid():
            return False
        set_hold(student_id=student_id, reason=hold.cleaned_data["reason"], by=by)
    elif asked == "seal":
        if not seal.is_valid():
            return False
        try:
            seal_record(student_id=student_id, readers=seal.readers, by=by)
        except CannotReadError:
            seal.add_error(
                "first",
                "Choose two people who have a key and may open the records of students who have left.",
            )
            return False
    else:
        raise BadRequest("This is not something the page asks.")
    return True


@requires(SystemPermission.VIEW_STUDENT_DETAILS)
@require_safe
def sealed(request: HttpRequest) -> HttpResponse:
    """The sealed records that this person may open; no search finds them."""
    students = sealed_for(request.access)
    note_listed(student_ids=[student.id for student in students], by=request.access)
    return render(request, "profile/sealed.html", {"students": students})
