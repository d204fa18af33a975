"""Schools kept apart: the only place that says which school a query speaks to."""

from core.tenancy.schools import (
    NoSchoolError,
    current_school,
    current_school_or_none,
    in_public,
    in_school,
    is_in_public,
    session_salt,
)

__all__ = [
    "NoSchoolError",
    "current_school",
    "current_school_or_none",
    "in_public",
    "in_school",
    "is_in_public",
    "session_salt",
]
