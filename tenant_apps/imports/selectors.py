"""Reads of imports, for administrators."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.http import Http404
from django.utils import timezone

from core.access import Access
from core.db.clock import now
from shared_apps.people.selectors import names_of
from tenant_apps.imports.enums import Decision, ExtractKind, HealthLevel, ImportSource, ImportState
from tenant_apps.imports.models import ExtractToken, HealthTurn, Import
from tenant_apps.imports.permissions import can_import, may_name_joiners, may_name_pupils
from tenant_apps.school_settings.selectors import school_days_between
from tenant_apps.students.selectors import (
    display_name,
    name_style,
    students_by_ids,
    visible_among,
    year_label,
)

FILES = (
    "pupils.csv",
    "staff.csv",
    "groups.csv",
    "memberships.csv",
    "contacts.csv",
    "links.csv",
    "attendance.csv",
)
WORDS = ("read", "added", "changed", "ended", "archived", "returned", "disabled", "photos")
HISTORY = 25
NAMES_SHOWN = 200
# An extract of a school night is missing once the next school morning begins, and belongs to the day before
# when it was made after midnight.
MORNING = time(7)
NOON = 12
LONGEST_COUNTED = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class FaultLine:
    """Why an extract was refused, in one place of it."""

    file: str
    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class CountLine:
    """What became of one file."""

    file: str
    numbers: list[tuple[str, int]]

    @property
    def cells(self) -> list[str]:
        """The numbers under the columns WORDS; empty where a word does not apply."""
        known = dict(self.numbers)
        return [f"{known[word]:,}" if word in known else "" for word in WORDS]


@dataclass(frozen=True, slots=True)
class ImportView:
    """One import as its page and the history show it."""

    id: UUID
    file_name: str
    kind: str
    mis_name: str
    source: str
    state: ImportState
    generated_at: datetime | None
    uploaded_at: datetime
    uploaded_by: str
    started_at: datetime | None
    finished_at: datetime | None
    rows_total: int
    counts: list[CountLine]
    faults: list[FaultLine]
    faults_total: int
    warnings: list[str]
    decision: str
    decided_at: datetime | None
    decided_by: str
    extract_removed_at: datetime | None

    @property
    def rows_told(self) -> str:
        return f"{self.rows_total:,}"

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None


def get_import(access: Access, import_id: UUID) -> ImportView:
    """One import; Http404 for everyone but administrators."""
    if not can_import(access):
        raise Http404
    entry = Import.objects.filter(pk=import_id).first()
    if entry is None:
        raise Http404
    return _views([entry])[0]


def recent_imports(access: Access, *, before: UUID | None = None) -> tuple[list[ImportView], UUID | None]:
    """A page of imports, newest first; the second value continues it as `before`, None at its end."""
    if not can_import(access):
        return [], None
    entries = Import.objects.order_by("-id").defer("faults", "differences")
    if before is not None:
        entries = entries.filter(pk__lt=before)
    found = list(entries[: HISTORY + 1])
    page = found[:HISTORY]
    return _views(page, with_faults=False), page[-1].pk if len(found) > HISTORY else None


def last_applied(access: Access) -> ImportView | None:
    """The import that the school's data stand on."""
    if not can_import(access):
        return None
    entry = (
        Import.objects.filter(state=ImportState.APPLIED)
        .defer("faults", "differences")
        .order_by("-generated_at", "-id")
        .first()
    )
    return _views([entry], with_faults=False)[0] if entry else None


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which a held extract would change the school: how many, and who, as far as one may know."""

    heading: str
    count: int
    names: list[str]
    unnamed: int


def differences_of(access: Access, import_id: UUID) -> tuple[list[Difference], set[UUID]]:
    """What a held extract would do, and the pupils whom that names to this person; nothing of any other.

    Names only of pupils whom this person may see, of joiners only to those whom no class limits.
    """
    if not can_import(access):
        raise Http404
    entry = Import.objects.filter(pk=import_id, state=ImportState.HELD).first()
    if entry is None or entry.differences is None:
        return [], set()
    found = entry.differences
    pupils = {UUID(one) for name in ("archived", "returned", "changed") for one in found[name]}
    named = visible_among(access, pupils) if may_name_pupils(access) else set()
    shown = {
        pk: f"{one.name}, {one.place}" if one.place else one.name
        for pk, one in students_by_ids(named).items()
    }
    style = name_style()
    joining = [
        ", ".join(part for part in (display_name(one, style), year_label(one["year_group"])) if part)
        for one in (found["joiners"] if may_name_joiners(access) else [])
    ]
    staff = names_of(UUID(one) for one in found["disabled"])
    lines = [
        _difference("Pupils who would be archived", found["archived"], shown),
        _difference("Pupils who would come back", found["returned"], shown),
        Difference("Pupils who would be new", len(found["joiners"]), joining[:NAMES_SHOWN], 0),
        _difference("Pupils whose data would change", found["changed"], shown),
        Difference(
            "Staff whose accounts would be disabled",
            len(found["disabled"]),
            [one.formal for one in staff.values()],
            0,
        ),
    ]
    return [_with_rest(line) for line in lines if line.count], named


def _difference(heading: str, ids: list[str], shown: dict[UUID, str]) -> Difference:
    names = sorted(shown[UUID(one)] for one in ids if UUID(one) in shown)
    return Difference(heading, len(ids), names[:NAMES_SHOWN], 0)


def _with_rest(line: Difference) -> Difference:
    return replace(line, unnamed=line.count - len(line.names))


def is_overtaken(generated_at: datetime | None) -> bool:
    """Whether an extract newer than one made at this moment was applied."""
    newer = Import.objects.filter(state=ImportState.APPLIED)
    return generated_at is not None and newer.filter(generated_at__gt=generated_at).exists()


@dataclass(frozen=True, slots=True)
class TokenView:
    """The token in force, as far as anybody sees it again."""

    ending: str
    created_at: datetime
    created_by: str
    last_used_at: datetime | None


def token_in_force(access: Access) -> TokenView | None:
    """What is known of the school's token; for administrators, and None when there is none."""
    if not can_import(access):
        return None
    token = ExtractToken.objects.filter(ended_at=None).order_by("-id").first()
    if token is None:
        return None
    makers = names_of([token.created_by_id])
    return TokenView(
        ending=token.ending,
        created_at=token.created_at,
        created_by=makers[token.created_by_id].formal if token.created_by_id in makers else "",
        last_used_at=token.last_used_at,
    )


@dataclass(frozen=True, slots=True)
class Health:
    """How the imports stand: a level, a code for the reason, and the words for people."""

    level: HealthLevel
    reason: str
    sentence: str
    last_at: datetime | None

    @property
    def tag(self) -> str:
        """The kind of tag that shows it."""
        return {HealthLevel.GREEN: "ok", HealthLevel.AMBER: "warn", HealthLevel.RED: "danger"}[self.level]

    @property
    def word(self) -> str:
        """Colour and word: nobody has to tell colours apart."""
        return "Red: failing" if self.level == HealthLevel.RED else self.level.label


FAILING = (
    "Lists of classes and staff and attendance are out of date. How to start it again: “Contact Support”."
)
SENTENCES = {
    "current": "Every school night has brought its extract.",
    "one_missed": "The extract of one school night has not come.",
    "held": "An extract is held: it would change more than one night should, and waits for an administrator.",
    "never": "Nothing has been imported from the MIS yet.",
    "missed": "The extracts of {missed} school nights have not come. " + FAILING,
    "failed": "The last extract was refused and changed nothing. " + FAILING,
}


def import_health(*, at: datetime | None = None) -> Health:
    """How current the school's data are, counted in school nights by the calendar.

    Green: none was missed. Amber: one was, or an extract is held. Red: two or more were, or the last extract
    was refused.
    """
    moment = at or now()
    imports = Import.objects.order_by()
    last = (
        imports.filter(state=ImportState.APPLIED, generated_at__isnull=False)
        .order_by("-generated_at")
        .values_list("generated_at", flat=True)
        .first()
    )
    latest = (
        imports.filter(state__in=(ImportState.APPLIED, ImportState.REFUSED, ImportState.HELD))
        .order_by("-uploaded_at", "-id")
        .values_list("state", "generated_at")
        .first()
    )
    missed = len(_nights_missed(last, moment)) if last is not None else 0
    if latest is not None and latest[0] == ImportState.REFUSED:
        level, reason = HealthLevel.RED, "failed"
    elif missed > 1:
        level, reason = HealthLevel.RED, "missed"
    elif latest is not None and latest[0] == ImportState.HELD:
        level, reason = HealthLevel.AMBER, "held"
    elif last is None:
        level, reason = HealthLevel.AMBER, "never"
    elif missed:
        level, reason = HealthLevel.AMBER, "one_missed"
    else:
        level, reason = HealthLevel.GREEN, "current"
    return Health(level, reason, SENTENCES[reason].format(missed=missed), last)


def turn_to_mail(turn_id: UUID) -> HealthTurn:
    """For the mail about it."""
    return HealthTurn.objects.get(pk=turn_id)


def _nights_missed(last: datetime, at: datetime) -> list[date]:
    """The school days whose night should have brought an extract since the last one that was applied."""
    local, here = timezone.localtime(last), timezone.localtime(at)
    covered = local.date() if local.hour >= NOON else local.date() - timedelta(days=1)
    today = here.date() if here.time() >= MORNING else here.date() - timedelta(days=1)
    first = max(covered + timedelta(days=1), today - LONGEST_COUNTED)
    return school_days_between(first, today - timedelta(days=1))


def _views(entries: list[Import], *, with_faults: bool = True) -> list[ImportView]:
    names = names_of(
        {
            user_id
            for entry in entries
            for user_id in (entry.uploaded_by_id, entry.decided_by_id)
            if user_id is not None
        }
    )
    return [
        ImportView(
            id=entry.pk,
            file_name=entry.file_name,
            kind=ExtractKind(entry.kind).label if entry.kind else "",
            mis_name=entry.mis_name,
            source=ImportSource(entry.source).label,
            state=ImportState(entry.state),
            generated_at=entry.generated_at,
            uploaded_at=entry.uploaded_at,
            uploaded_by=names[entry.uploaded_by_id].formal if entry.uploaded_by_id in names else "",
            started_at=entry.started_at,
            finished_at=entry.finished_at,
            rows_total=entry.rows_total,
            counts=[
                CountLine(
                    file, [(word, entry.counts[file][word]) for word in WORDS if word in entry.counts[file]]
                )
                for file in FILES
                if file in entry.counts
            ],
            faults=[FaultLine(**fault) for fault in entry.faults] if with_faults else [],
            faults_total=entry.faults_total,
            warnings=entry.warnings,
            decision=Decision(entry.decision).label if entry.decision else "",
            decided_at=entry.decided_at,
            decided_by=names[entry.decided_by_id].formal if entry.decided_by_id in names else "",
            extract_removed_at=entry.extract_removed_at,
        )
        for entry in entries
    ]
