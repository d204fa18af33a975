"""What a code meant on a day: in a query, and in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.db.models import Q

from tenant_apps.attendance.enums import CODES, Code, Side


def code_on(code: str, day: date) -> Code | None:
    """The code as it held on that day; None for one that is not known, or was not in use then."""
    return next((one for one in CODES if one.code == code and one.holds_on(day)), None)


def counted_as(side: Side) -> Q:
    """A condition for marks that count on this side by the code of their day."""
    spans: dict[tuple[date | None, date | None], list[str]] = defaultdict(list)
    for one in CODES:
        if one.side == side:
            spans[one.since, one.until].append(one.code)
    found = Q(pk__in=[])
    for (since, until), codes in spans.items():
        held = Q(code__in=codes)
        if since:
            held &= Q(date__gte=since)
        if until:
            held &= Q(date__lte=until)
        found |= held
    return found


def meanings(marks: Collection[tuple[str, date]]) -> list[Code]:
    """The known codes among these marks, in the order of the table."""
    used = {one for code, day in marks if (one := code_on(code, day))}
    return [one for one in CODES if one in used]
