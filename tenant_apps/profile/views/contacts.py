""" "Contact Details": contacts of the MIS and of one's own, court orders, withheld addresses."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access.decorators import requires
from core.access.enums import SystemPermission
from core.web.hiding import asks_to_show_names
from tenant_apps.documents.adapters.uploads import csrf_refusal, receive_file
from tenant_apps.documents.services import UploadRefused, show_to_students
from tenant_apps.profile import selectors
from tenant_apps.profile.forms import ContactForm, CourtOrderForm
from tenant_apps.profile.views.frame import tab_context
from tenant_apps.students.selectors import get_court_order, get_own_contact, student_header
from tenant_apps.students.services import (
    add_contact,
    add_court_order,
    change_contact,
    change_court_order,
    end_contact,
    end_court_order,
    note_viewed,
    withhold_address,
)

MOST_PAPERS = 20


@requires(SystemPermission.VIEW_STUDENT_DETAILS)
@require_safe
def contacts(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """The tab "Contact Details"."""
    details = selectors.contact_details(request.access, student_id)
    note_viewed(student_id=student_id, by=request.access)
    context = {**tab_context(request, details.header, "contacts"), "details": details}
    return render(request, "profile/contacts.html", context)


@requires(SystemPermission.VIEW_STUDENT_DETAILS)
@require_http_methods(["GET", "HEAD", "POST"])
@asks_to_show_names
def new_contact(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """ "Add contact": somebody whom the MIS does not know, such as a social worker."""
    student = selectors.student_with_contacts(request.access, student_id)
    form = ContactForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        add_contact(student_id=student_id, given=form.given(), by=request.access)
        messages.success(request, "The contact was added.")
        return redirect("profile:contacts", student_id=student_id)
    context = {"student": student_header(student), "form": form, "contact": None}
    return render(request, "profile/contact.html", context, status=422 if form.errors else 200)


@requires(SystemPermission.VIEW_STUDENT_DETAILS)
@require_http_methods(["GET", "HEAD", "POST"])
@asks_to_show_names
def contact(request: HttpRequest, student_id: UUID, contact_id: UUID) -> HttpResponse:
    """A contact of one's own: corrected, or ended."""
    student = selectors.student_with_contacts(request.access, student_id)
    row = get_own_contact(student_id, contact_id)
    if "end" in request.POST:
        end_contact(student_id=student_id, contact_id=contact_id, by=request.access)
        messages.success(request, "The contact was ended.")
        return redirect("profile:contacts", student_id=student_id)
    names = list(ContactForm.base_fields)
    hides = row.address_withheld and not selectors.contact_details(request.access, student_id).keeps_orders
    initial = {name: getattr(row, name) for name in names if not (hides and name in ("address", "postcode"))}
    form = ContactForm(request.POST if request.method == "POST" else None, initial=initial)
    if hides:
        # Who is not told the address neither reads it in the form nor writes over it.
        for name in ("address", "postcode"):
            form.fields[name].disabled = True
    if form.is_valid():
        given = form.given()
        if hides:
            given = selectors.keeping_address(given, row)
        change_contact(student_id=student_id, contact_id=contact_id, given=given, by=request.access)
        messages.success(request, "The contact was changed.")
        return redirect("profile:contacts", student_id=student_id)
    note_viewed(student_id=student_id, by=request.access)
    context = {"student": student_header(student), "form": form, "contact": row}
    return render(request, "profile/contact.html", context, status=422 if form.errors else 200)


@requires(SystemPermission.EDIT_INCIDENTS)
@require_POST
def withhold(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """Withhold an address, or tell it again: of the contact in the form, or else the home address."""
    selectors.student_with_contacts(request.access, student_id)
    try:
        contact_id = UUID(request.POST["contact"]) if request.POST.get("contact") else None
    except ValueError:
        raise Http404 from None
    withholds = request.POST.get("withhold") == "yes"
    withhold_address(student_id=student_id, contact_id=contact_id, is_withheld=withholds, by=request.access)
    told = "The address is withheld: it prints nowhere." if withholds else "The address is told again."
    messages.success(request, told)
    return redirect("profile:contacts", student_id=student_id)


@requires(SystemPermission.EDIT_INCIDENTS)
@require_http_methods(["GET", "HEAD", "POST"])
@asks_to_show_names
def new_court_order(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """Write down a court order; its papers are added on its own page."""
    student = selectors.student_with_contacts(request.access, student_id)
    form = CourtOrderForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        order = add_court_order(student_id=student_id, given=form.given(), by=request.access)
        messages.success(request, "The court order stands on every page with contacts. Add its papers here.")
        return redirect("profile:court-order", student_id=student_id, order_id=order.pk)
    context: dict[str, Any] = {"student": student_header(student), "form": form, "order": None}
    return render(request, "profile/court_order.html", context, status=422 if form.errors else 200)


@requires(SystemPermission.EDIT_INCIDENTS)
@require_http_methods(["GET", "HEAD", "POST"])
@asks_to_show_names
def court_order(request: HttpRequest, student_id: UUID, order_id: UUID) -> HttpResponse:
    """A court order: corrected, ended, or its papers added."""
    student = selectors.student_with_contacts(request.access, student_id)
    order = get_court_order(request.access, student_id, order_id)
    if "end" in request.POST:
        end_court_order(student_id=student_id, order_id=order_id, by=request.access)
        messages.success(request, "The court order was ended.")
        return redirect("profile:contacts", student_id=student_id)
    initial = {name: getattr(order, name) for name in CourtOrderForm.base_fields}
    form = CourtOrderForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        change_court_order(student_id=student_id, order_id=order_id, given=form.given(), by=request.access)
        messages.success(request, "The court order was saved.")
        return redirect("profile:contacts", student_id=student_id)
    note_viewed(student_id=student_id, by=request.access)
    context = {
        "student": student_header(student),
        "form": form,
        "order": order,
        "papers": selectors.papers_of(order_id),
        "upload_url": reverse("profile:court-order-file", args=[student_id, order_id]),
    }
    return render(request, "profile/court_order.html", context, status=422 if form.errors else 200)


# A slow upload holds no transaction open; csrf_refusal looks at the token before the file is read.
@csrf_exempt
@transaction.non_atomic_requests
@require_POST
@requires(SystemPermission.EDIT_INCIDENTS)
def court_order_file(request: HttpRequest, student_id: UUID, order_id: UUID) -> HttpResponseBase:
    """Take one file as a paper of the court order."""
    if refused := csrf_refusal(request):
        return refused
    selectors.student_with_contacts(request.access, student_id)
    order = get_court_order(request.access, student_id, order_id)
    owner = (selectors.COURT_ORDER, order.pk)
    try:
        if len(selectors.papers_of(order.pk)) >= MOST_PAPERS:
            raise UploadRefused(f"No more than {MOST_PAPERS} files can be added to one court order.", 400)
        document = receive_file(request, owner=owner, by=request.access)
    except UploadRefused as refusal:
        return JsonResponse({"error": refusal.sentence}, status=refusal.status)
    show_to_students(owner=owner, student_ids=[student_id], by=request.access)
    url = reverse("documents:open", args=[document.id])
    return JsonResponse({"id": str(document.id), "name": document.name, "url": url}, status=201)
