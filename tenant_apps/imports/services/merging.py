"""Brings a sound extract into the school's tables, each through the service of the app that owns it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from core.access import Access
from core.audit.services import record
from tenant_apps.attendance.services import merge_marks
from tenant_apps.classes.services import MISGroup, record_mis_groups
from tenant_apps.imports.services.faults import ExtractHeldError, Faults
from tenant_apps.imports.services.staging import fill_stage, staged
from tenant_apps.imports.services.validation import find_lost_references
from tenant_apps.school_settings.selectors import get_settings
from tenant_apps.staff.selectors import users_by_mis_id, users_gone_from_mis
from tenant_apps.staff.services import MISPerson, record_mis_staff
from tenant_apps.staff.services.users import close_missing
from tenant_apps.students.services import (
    Merged,
    end_memberships_of_archived,
    match_pupils,
    merge_contacts,
    merge_links,
    merge_memberships,
    merge_pupils,
    pupils_sharing_upn,
)

Counts = dict[str, dict[str, int]]
MOST_DISABLED = 0.2


@dataclass(slots=True)
class Merge:
    """One extract on its way in: `columns` are those that each file has; `today` is the extract's own day."""

    columns: dict[str, list[str]]
    is_full: bool
    today: date
    at: datetime
    by: Access
    counts: Counts = field(default_factory=dict)

    @property
    def files(self) -> Iterable[str]:
        return self.columns.keys()

    def run(self) -> Counts:
        """Merge every file. ExtractRefusedError or ExtractHeldError: the caller rolls all of it back."""
        match_pupils()
        if shared := pupils_sharing_upn():
            raise ExtractHeldError(_shared_upn(upn, lines) for upn, lines in shared)
        self._staff()
        self._groups()
        faults = Faults()
        find_lost_references(self.files, faults)
        faults.refuse_if_any()
        self._pupils()
        if "memberships.csv" in self.files:
            self._count("memberships.csv", merge_memberships(is_full=self.is_full, today=self.today))
        if "contacts.csv" in self.files:
            columns = self.columns["contacts.csv"]
            self._count("contacts.csv", merge_contacts(present=columns, is_full=self.is_full, at=self.at))
        if "links.csv" in self.files:
            self._count("links.csv", merge_links(is_full=self.is_full, at=self.at))
        if "attendance.csv" in self.files:
            self.counts["attendance.csv"] = merge_marks()
        return self.counts

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
        changed = record_mis_staff(people=people, is_whole=self.is_full, by=self.by, at=self.at)
        self.counts["staff.csv"] = {"changed": changed, "disabled": self._disable_missing_users()}

    def _disable_missing_users(self) -> int:
        """With the school's setting on, deactivate users who are gone from a full extract, but for the last
        administrator. A night that would do it to more than a fifth of the staff is more likely a fault of
        the MIS.
        """
        if not (self.is_full and get_settings().disable_missing_users):
            return 0
        gone, staff = users_gone_from_mis(today=self.today)
        if len(gone) > MOST_DISABLED * staff:
            raise ExtractHeldError([f"staff.csv: {len(gone)} of {staff} members of staff would be disabled."])
        return close_missing(user_ids=gone, by=self.by, at=self.at)

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
        is_whole = self.is_full and "groups.csv" in self.files
        keys, counts = record_mis_groups(
            groups=groups, is_whole=is_whole, today=self.today, by=self.by, at=self.at
        )
        if "groups.csv" in self.files:
            self.counts["groups.csv"] = counts
        fill_stage("extract_group_keys", keys.items())

    def _pupils(self) -> None:
        if "pupils.csv" not in self.files:
            return
        merged = merge_pupils(
            present=self.columns["pupils.csv"], is_full=self.is_full, today=self.today, at=self.at
        )
        end_memberships_of_archived(students=merged.archived, today=self.today)
        self._count("pupils.csv", merged)
        self._audit("student.archived", merged.archived)
        self._audit("student.returned", merged.returned)

    def _audit(self, event: str, students: list[UUID]) -> None:
        if students:
            record(event, by=self.by, students=students, at=self.at)


def _shared_upn(upn: str, lines: list[int]) -> str:
    where = " and ".join(f"line {line}" for line in sorted(set(lines)))
    other = "" if len(set(lines)) > 1 else " and a pupil of the school"
    return f"pupils.csv: {where}{other} would have the same UPN {upn}."
