"""What a person may see and do in one school, worked out once per request.

Selectors and services ask an `Access` and nothing else; templates show what it allows and decide nothing.
"""

from core.access.access import NOBODY, SYSTEM, Access, KeyNeededError, reduce_without_key
from core.access.enums import SystemPermission
from core.access.prepared import QueryByAccess

__all__ = [
    "NOBODY",
    "SYSTEM",
    "Access",
    "KeyNeededError",
    "QueryByAccess",
    "SystemPermission",
    "reduce_without_key",
]
