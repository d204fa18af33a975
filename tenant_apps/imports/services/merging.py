"""Brings a sound extract into the school's tables, each through the service of the app that owns it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from core.access import Access
from core.audit.services import record
from tenant_apps.attendance.services import merge_marks, merge_years
from tenant_apps.classes.services import MISGroup, record_mis_groups
from tenant_apps.imports.enums import Decision
from tenant_apps.imports.services.faults import ExtractHeldError, Faults
from tenant_apps.imports.services.layout import SCHOOL_HISTORY, YEARS
from tenant_apps.imports.services.photos import Photos
from tenant_apps.imports.services.staging import fill_stage, staged
from tenant_apps.imports.services.validation import find_lost_references
from tenant_apps.school_settings.selectors import get_settings
from tenant_apps.staff.selectors import users_by_mis_id, users_gone_from_mis
from tenant_apps.staff.services import MISPerson, record_mis_staff
from tenant_apps.staff.services.users_closing import close_missing
from tenant_apps.students.services import (
    FORMER_UPN,
    Merged,
    Question,
    Roll,
    end_memberships_of_archived,
    joiners,
    keep_what_is_known,
    leave_reduced_alone,
    leavers_unforeseen,
    match_pupils,
    merge_contacts,
    merge_links,
    merge_memberships,
    merge_pupils,
    merge_schools,
    part_shared_upns,
    roll_before,
)

Counts = dict[str, dict[str, int]]
MOST_ARCHIVED = 0.1
MOST_DISABLED = 0.2
# What is compared with what an administrator saw before deciding: nothing more may be done than was shown.
ALARMING = ("archived", "disabled", "shared_upns")


@dataclass(slots=True)
class Merge:
    """One extract on its way in: `columns` are those that each file has; `today` is the extract's own day.

    `decision` is an administrator's about an extract that was held, `shown` the differences it was taken on.
    """

    columns: dict[str, list[str]]
    is_full: bool
    today: date
    at: datetime
    by: Access
    decision: str = ""
    shown: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    asks_by_name: bool = False
    fills_gaps_only: bool = False
    """Whether what the school knows of a pupil holds, and only the rest is taken."""
    photos: Photos | None = None
    counts: Counts = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    differences: dict[str, Any] = field(default_factory=dict)

    @property
    def ends(self) -> bool:
        """Whether what is missing from the extract ends, leaves or is disabled."""
        return self.is_full and self.decision != Decision.JOINERS

    @property
    def files(self) -> Iterable[str]:
        return self.columns.keys()

    def run(self) -> Counts:
        """Merge every file. ExtractRefusedError or ExtractHeldError: the caller rolls all of it back."""
        roll = roll_before()
        questions = match_pupils(
            present=self.columns.get("pupils.csv", ()), answers=self.answers, asks_by_name=self.asks_by_name
        )
        self.reasons += [_question(one) for one in questions]
        if self.fills_gaps_only:
            keep_what_is_known()
        leave_reduced_alone(today=self.today)
        shared = part_shared_upns()
        if self.photos:
            self.photos.check()
        self.reasons += [_shared_upn(upn, lines) for upn, lines in shared]
        self.differences = {
            "joiners": joiners(),
            "changed": [],
            "returned": [],
            "archived": [],
            "disabled": [],
            "shared_upns": [upn for upn, _ in shared],
            "questions": [_as_json(one) for one in questions],
        }
        self._staff()
        self._groups()
        faults = Faults()
        find_lost_references(self.files, faults)
        faults.refuse_if_any()
        self._pupils(roll)
        if "memberships.csv" in self.files:
            self._count("memberships.csv", merge_memberships(is_full=self.ends, today=self.today))
        if "contacts.csv" in self.files:
            columns = self.columns["contacts.csv"]
            self._count("contacts.csv", merge_contacts(present=columns, is_full=self.ends, at=self.at))
        if "links.csv" in self.files:
            self._count("links.csv", merge_links(is_full=self.ends, at=self.at))
        if "attendance.csv" in self.files:
            self.counts["attendance.csv"] = merge_marks()
        if SCHOOL_HISTORY in self.files:
            self.counts[SCHOOL_HISTORY] = merge_schools()
        if YEARS in self.files:
            self.counts[YEARS] = merge_years()
        gone = self._users_gone()
        self._hold_unless_decided()
        if self.photos:
            self.counts["pupils.csv"]["photos"] = self.photos.bring(by=self.by, at=self.at)
        if gone:
            self.counts["staff.csv"]["disabled"] = close_missing(user_ids=gone, by=self.by, at=self.at)
        return self.counts

    def _hold_unless_decided(self) -> None:
        """Stop where there is a reason to, unless an administrator saw all that would be done."""
        if not self.reasons:
            return
        if self.decision and not self.differences["questions"]:
            new = [
                name for name in ALARMING if not set(self.differences[name]) <= set(self.shown.get(name, ()))
            ]
            if not new:
                return
            self.reasons.insert(
                0, "It would do more now than what was shown when it was decided. Look again."
            )
        raise ExtractHeldError(self.reasons, counts=self.counts, differences=self.differences)

    def _count(self, file: str, merged: Merged) -> None:
        self.counts[file] = merged.counts

    def _staff(self) -> None:
        if "staff.csv" not in self.files:
            return
        people = [
            MISPerson(
                mis_id=row["mis_id"],
                title=row["title"],
                first_name=row["forename"],
                last_name=row["surname"],
                email=row["email"],
                job_title=row["job_title"],
                start_date=row["start_date"],
                end_date=row["end_date"],
                is_full_time=row["full_time"],
            )
            for row in staged("extract_staff")
        ]
        changed = record_mis_staff(people=people, is_whole=self.ends, by=self.by, at=self.at)
        self.counts["staff.csv"] = {"changed": changed, "disabled": 0}

    def _users_gone(self) -> list[UUID]:
        """With the school's setting on, the users who are gone from a full extract: they are deactivated, but
        for the last administrator. A night that would do it to more than a fifth of the staff is more likely
        a fault of the MIS.
        """
        if "staff.csv" not in self.files or not (self.ends and get_settings().disable_missing_users):
            return []
        gone, staff = users_gone_from_mis(today=self.today)
        if len(gone) > MOST_DISABLED * staff:
            self.reasons.append(f"staff.csv: {len(gone)} of {staff} members of staff would be disabled.")
        self.counts["staff.csv"]["disabled"] = len(gone)
        self.differences["disabled"] = [str(user) for user in gone]
        return gone

    def _groups(self) -> None:
        rows = staged("extract_groups")
        users = users_by_mis_id(row["staff_mis_id"] for row in rows if row["staff_mis_id"])
        groups = [
            MISGroup(
                id=row["new_id"],
                mis_id=row["mis_id"],
                kind=row["kind"],
                name=row["name"],
                teacher_id=users.get(row["staff_mis_id"]),
            )
            for row in rows
        ]
        is_whole = self.ends and "groups.csv" in self.files
        keys, counts = record_mis_groups(
            groups=groups, is_whole=is_whole, today=self.today, by=self.by, at=self.at
        )
        if "groups.csv" in self.files:
            self.counts["groups.csv"] = counts
        fill_stage("extract_group_keys", keys.items())

    def _pupils(self, roll: Roll) -> None:
        if "pupils.csv" not in self.files:
            return
        merged = merge_pupils(
            present=self.columns["pupils.csv"],
            is_full=self.is_full,
            today=self.today,
            at=self.at,
            archives=self.decision != Decision.JOINERS,
        )
        unforeseen = leavers_unforeseen(merged.archived, roll=roll, today=self.today)
        if len(unforeseen) > MOST_ARCHIVED * len(roll):
            self.reasons.append(
                f"pupils.csv: {len(unforeseen)} of {len(roll)} pupils on roll would be archived."
            )
        for name in ("changed", "archived", "returned"):
            self.differences[name] = [str(student) for student in getattr(merged, name)]
        end_memberships_of_archived(students=merged.archived, today=self.today)
        self._count("pupils.csv", merged)
        self._audit("student.archived", merged.archived)
        self._audit("student.returned", merged.returned)

    def _audit(self, event: str, students: list[UUID]) -> None:
        if students:
            record(event, by=self.by, students=students, at=self.at)


def _question(one: Question) -> str:
    """Without a name: reasons are shown to everybody who sees the import."""
    if one.reason == FORMER_UPN:
        return f"pupils.csv: line {one.line} has the former UPN of a student under another surname."
    return f"pupils.csv: line {one.line} has the name and date of birth of a student, but no UPN in common."


def _as_json(one: Question) -> dict[str, Any]:
    born = one.date_of_birth.isoformat() if one.date_of_birth else ""
    return {"key": one.key, "reason": one.reason, "student": str(one.student_id), "born": born, **one.names}


def _shared_upn(upn: str, lines: list[int]) -> str:
    where = " and ".join(f"line {line}" for line in sorted(set(lines)))
    other = "" if len(set(lines)) > 1 else " and a pupil of the school"
    return f"pupils.csv: {where}{other} would have the same UPN {upn}."
