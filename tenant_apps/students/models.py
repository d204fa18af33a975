"""Pupils as the MIS knows them, with their groups, contacts and links.

Nothing here is ever deleted: a leaver is archived, a membership, contact or link ends.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from core.db.models import Record
from tenant_apps.form_builder.enums import Kind
from tenant_apps.students.enums import EnrolmentStatus, SenStatus, Sex, Source


def _person() -> models.ForeignKey:
    """Who did something; nobody looks rows up by it."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )


class Student(Record):
    """One child, for as long as the school holds a record of them.

    A fact the MIS does not give is empty (text) or null (dates, yes and no), which is not "no".
    The three keys are unaccented and case-folded, written with the names: `sort_key` and
    `legal_sort_key` are "surname forename" as known and as on the birth certificate,
    `search_key` holds every part of every name the child has or had.
    """

    mis_id = models.TextField(null=True, blank=True)
    upn = models.TextField("UPN", null=True, blank=True)
    former_upn = models.TextField("former UPN", blank=True, default="")
    legal_forename = models.TextField()
    legal_surname = models.TextField()
    preferred_forename = models.TextField(blank=True, default="")
    preferred_surname = models.TextField(blank=True, default="")
    former_surname = models.TextField(blank=True, default="")
    middle_names = models.TextField(blank=True, default="")
    date_of_birth = models.DateField("date of birth", null=True, blank=True)
    sex = models.TextField(blank=True, default="", choices=Sex)
    gender = models.TextField(blank=True, default="")
    email = models.TextField(blank=True, default="")
    year_group = models.TextField(blank=True, default="")
    enrolment_status = models.TextField(blank=True, default="", choices=EnrolmentStatus)
    start_date = models.DateField(null=True, blank=True)
    leaving_date = models.DateField(null=True, blank=True)
    leaving_destination = models.TextField(blank=True, default="")
    sen_status = models.TextField("SEN status", blank=True, default="", choices=SenStatus)
    sen_needs = ArrayField(models.TextField(), default=list, blank=True)
    pupil_premium = models.BooleanField(null=True, blank=True)
    free_school_meals = models.BooleanField(null=True, blank=True)
    eal = models.BooleanField("English as an additional language", null=True, blank=True)
    first_language = models.TextField(blank=True, default="")
    ethnicity = models.TextField(blank=True, default="")
    religion = models.TextField(blank=True, default="")
    looked_after = models.BooleanField(null=True, blank=True)
    service_child = models.BooleanField(null=True, blank=True)
    medical_conditions = ArrayField(models.TextField(), default=list, blank=True)
    medical_notes = models.TextField(blank=True, default="")
    address = models.TextField(blank=True, default="")
    postcode = models.TextField(blank=True, default="")
    # Set by hand and never by an import: the home address is told to nobody and prints nowhere.
    address_withheld = models.BooleanField(default=False, db_default=False)
    # Documents know students, not the other way round: the photograph is named without a foreign key.
    photo_document_id = models.UUIDField(null=True, blank=True)
    # SHA-256 of the file that the MIS sent for it: the same file again changes nothing.
    photo_sha256 = models.TextField(blank=True, default="", db_default="")
    sort_key = models.TextField()
    legal_sort_key = models.TextField()
    search_key = models.TextField()
    archived_at = models.DateTimeField(null=True, blank=True)
    died_on = models.DateField(null=True, blank=True)
    # Nothing of the record is reduced or destroyed while this stands.
    legal_hold = models.BooleanField(default=False, db_default=False)
    legal_hold_reason = models.TextField(blank=True, default="", db_default="")
    # When everything but names, date of birth, UPN and dates was taken out of a leaver's record.
    reduced_at = models.DateTimeField(null=True, blank=True)
    # What the import found odd about this child's data: [{"code": ..., "field": ..., "value": ...}].
    warnings = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            # Deferred, so that one statement may swap the numbers of two pupils.
            models.UniqueConstraint(
                fields=["mis_id"], name="student_mis_id_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.UniqueConstraint(
                fields=["upn"], name="student_upn_once", deferrable=models.Deferrable.DEFERRED
            ),
        ]
        indexes = [
            models.Index(fields=["sort_key", "id"], name="student_sort"),
            models.Index(fields=["legal_sort_key", "id"], name="student_legal_sort"),
        ]


class Membership(Record):
    """A pupil's time in a year, tutor group, house or class, from the first day to the last."""

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="memberships")
    group = models.ForeignKey("classes.StudentGroup", on_delete=models.PROTECT, related_name="memberships")
    start_date = models.DateField()
    end_date = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["student", "group", "start_date"], name="membership_once"),
        ]


class Contact(Record):
    """Someone to turn to about a pupil, in order of priority.

    Those with source `hand` are the school's own, such as a social worker. Correcting one ends its row and
    makes another, so that what stood there before stays on record.
    """

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="contacts")
    mis_id = models.TextField(null=True, blank=True)
    source = models.TextField(choices=Source, default=Source.MIS)
    priority = models.PositiveSmallIntegerField()
    title = models.TextField(blank=True, default="")
    forename = models.TextField()
    surname = models.TextField()
    relationship = models.TextField()
    parental_responsibility = models.BooleanField(null=True, blank=True)
    court_order = models.BooleanField(null=True, blank=True)
    lives_with = models.BooleanField(null=True, blank=True)
    email = models.TextField(blank=True, default="")
    mobile = models.TextField(blank=True, default="")
    home_phone = models.TextField(blank=True, default="")
    work_phone = models.TextField(blank=True, default="")
    address = models.TextField(blank=True, default="")
    postcode = models.TextField(blank=True, default="")
    # Set by hand and never by an import, for a contact of the MIS as for one's own.
    address_withheld = models.BooleanField(default=False, db_default=False)
    added_by = _person()
    added_at = models.DateTimeField(null=True, blank=True)
    ended_by = _person()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["student", "mis_id"], name="contact_mis_id_once"),
        ]


class StudentLink(Record):
    """`linked_student` is `relationship` of `student`; the other direction is a row of its own."""

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="links")
    linked_student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="links_from")
    relationship = models.TextField()
    source = models.TextField(choices=Source, default=Source.MIS)
    note = models.CharField(max_length=200, blank=True, default="", db_default="")
    added_by = _person()
    added_at = models.DateTimeField(null=True, blank=True)
    ended_by = _person()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["student", "linked_student", "source"], name="student_link_once"),
            models.CheckConstraint(
                condition=~models.Q(student=models.F("linked_student")), name="student_link_to_another"
            ),
        ]


class SiblingElsewhere(Record):
    """A brother or sister at another school, with whom to ring there; text only."""

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="siblings_elsewhere")
    name = models.CharField(max_length=120)
    school = models.CharField(max_length=200)
    dsl = models.CharField("DSL", max_length=200, blank=True)
    added_by = _person()
    added_at = models.DateTimeField()
    ended_by = _person()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "siblings elsewhere"


class SchoolAttended(Record):
    """A school in a pupil's history, as a Common Transfer File told it; numbers and dates as far as told."""

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="schools_attended")
    la_number = models.TextField(blank=True, default="")
    establishment_number = models.TextField(blank=True, default="")
    name = models.TextField(blank=True, default="")
    entry_date = models.DateField(null=True, blank=True)
    leaving_date = models.DateField(null=True, blank=True)
    leaving_reason = models.TextField(blank=True, default="")
    is_last = models.BooleanField("last school before this one", null=True, blank=True)

    class Meta:
        verbose_name_plural = "schools attended"


class CourtOrder(Record):
    """What the DSL wrote down of a court order about a pupil; its papers are documents of `court-order`.

    It holds to the end of `until`, or without a day until it is ended. Correcting one ends its row.
    """

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="court_orders")
    who = models.CharField(max_length=200)
    what = models.TextField()
    until = models.DateField(null=True, blank=True)
    added_by = _person()
    added_at = models.DateTimeField()
    ended_by = _person()
    ended_at = models.DateTimeField(null=True, blank=True)


class Seal(Record):
    """A record that two people alone may open, from `sealed_at` until it is lifted; the row stays.

    The numbers by which a MIS names the pupil are kept here meanwhile, so that no extract finds the record.
    """

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="seals", db_index=False)
    first_reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    second_reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    mis_id = models.TextField(null=True, blank=True)
    upn = models.TextField("UPN", null=True, blank=True)
    sealed_by = _person()
    sealed_at = models.DateTimeField()
    lifted_by = _person()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["student"], condition=models.Q(lifted_at__isnull=True), name="student_seal_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(first_reader=models.F("second_reader")), name="student_seal_two_people"
            ),
        ]


class BlockedReader(Record):
    """One member of staff who may not see this pupil's record, whatever else would let them.

    It stands from `set_at` until it is lifted; the row stays afterwards.
    """

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="blocked_readers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    set_at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # By user first: every list of pupils asks for one person's blocks.
            models.UniqueConstraint(
                fields=["user", "student"],
                condition=models.Q(lifted_at__isnull=True),
                name="student_blocked_reader_once",
            ),
        ]


class Summary(Record):
    """One line about a pupil, as it read from `written_at` on; the last `number` is the one that holds.

    Nothing is changed or deleted here: an emptied summary is a line without text.
    """

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="summaries", db_index=False)
    number = models.PositiveIntegerField()
    text = models.CharField(max_length=250, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    written_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "summaries"
        constraints = [
            models.UniqueConstraint(fields=["student", "number"], name="student_summary_number_once"),
        ]


class Keyword(Record):
    """A word by which staff find a pupil, from `added_at` until taken off; `key` is how searches see it."""

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="keywords", db_index=False)
    word = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    added_at = models.DateTimeField()
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["student", "key"],
                condition=models.Q(removed_at__isnull=True),
                name="student_keyword_once",
            ),
        ]


class StudentAnswer(Record):
    """What was answered about a pupil in one of the school's own fields, with name and options as they read
    then; from `answered_at` until it is answered otherwise or taken out.
    """

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="answers", db_index=False)
    field = models.ForeignKey(
        "form_builder.CustomField", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name = models.TextField()
    kind = models.CharField(max_length=9, choices=Kind)
    values = ArrayField(models.TextField())
    position = models.PositiveSmallIntegerField(help_text="of the field on the form")
    answered_by = _person()
    answered_at = models.DateTimeField()
    ended_by = _person()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["student", "field"],
                condition=models.Q(ended_at__isnull=True),
                name="student_answer_once",
            ),
        ]


class AgencyInvolvement(Record):
    """An agency that is, or was, involved with a pupil: from `added_at` until somebody takes it off."""

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="agencies", db_index=False)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    added_at = models.DateTimeField()
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["student", "agency"],
                condition=models.Q(removed_at__isnull=True),
                name="student_agency_once",
            ),
        ]
