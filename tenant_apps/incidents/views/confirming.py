"""Who reads a record is changed only when exactly those who gain or lose it were named and confirmed."""

from hashlib import sha256
from typing import Any

from tenant_apps.incidents.selectors import ReadersAfter


def unconfirmed(groups: tuple[list[str], list[str]], people: ReadersAfter, confirmed: str) -> dict[str, Any]:
    """What `incidents/changed_readers.html` asks; empty once it was confirmed, or where nobody changes.

    `groups` are the names of user groups that gain and lose; `confirmed` what the form brought back.
    """
    gained, lost = groups
    found = [*gained, "", *lost, "", *people.gained, "", *people.lost]
    key = sha256("\n".join(found).encode()).hexdigest()
    if not any(found) or confirmed == key:
        return {}
    return {"asks_readers": key, "groups_gained": gained, "groups_lost": lost, "people": people}
