"""Reads of imports, for administrators."""

from tenant_apps.imports.selectors.health import SENTENCES, Health, import_health, turn_to_mail
from tenant_apps.imports.selectors.held import (
    Difference,
    SameChild,
    differences_of,
    headings_shown,
    same_children,
)
from tenant_apps.imports.selectors.history import (
    WORDS,
    CountLine,
    FaultLine,
    ImportView,
    TokenView,
    get_import,
    is_overtaken,
    last_applied,
    odd_students,
    recent_imports,
    token_in_force,
)

__all__ = [
    "SENTENCES",
    "WORDS",
    "CountLine",
    "Difference",
    "FaultLine",
    "Health",
    "ImportView",
    "SameChild",
    "TokenView",
    "differences_of",
    "get_import",
    "headings_shown",
    "import_health",
    "is_overtaken",
    "last_applied",
    "odd_students",
    "recent_imports",
    "same_children",
    "token_in_force",
    "turn_to_mail",
]
