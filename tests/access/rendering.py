"""The matrix as a page for people: docs/permissions.md."""

from pathlib import Path

from tests.access.matrix import OUTCOMES, ROLES, ROLES_OF_HOST, ROWS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
HOSTS = {"school": "A school's host", "auth": "The auth host", "console": "The operator's console"}

HEAD = """# Who may do what

Generated from `tests/access/matrix.py` by `ops/permissions`; the tests run every line against the product.
"""

MODEL = """## The model

Whoever asks has an *access*, worked out once per request in two queries (`core.access`, loaded by
`classes.selectors.load_access`); what was taken away counts from the next request on. Selectors and services ask
it and nothing else; views and templates decide nothing. In this order:

1. **Blocks.** "Staff who may not see this record", of a student or of one incident, come before everything below,
   one's own words, alerts and assignments included. A block of a student keeps every incident in which the student
   has a part. Editors and administrators set and lift them, nobody their own; somebody is always left who can.
2. **The key.** A session in which no key was used keeps "Add new Incident/ Action", "Files" and the library, as its
   user group has them, and reads nothing but what it was alerted to: everywhere, on the school's network only, or
   not at all, as the school's "Non-key reading" says.
3. **The user group** (each person is in one) gives system permissions, the blocks of the overview, and for each
   category "View Students", "View Incidents" and "Add Incidents". A category's parent or sub-category gives nothing.
4. **Categories of an incident.** Where it carries Restricting ones, all of them have to be among those with "View
   Incidents"; where it carries none, one of the most specific ones. Choosing a sub-category adds its parent.
5. **Classes.** Where the school restricts a kind of group, only students of groups that list the person or the
   person's user group; all restricted kinds count together. Students without such a group ask for a permission of
   their own. "All classes" stands above this. An incident asks it of one participant with full text.
6. **Listed or readable.** Lists, counts, searches and chronologies hold what 1 to 5 let through and nothing else.
   One page opens besides to somebody with an unread alert to it, and with the key to whom it is assigned until it
   is Closed. A deleted incident opens to nobody by these ways.
7. **Monitoring** asks "View Students" of the category, and 1, 2 and 5 of the student; never "View Incidents".
8. **Names of categories** are shown to those with "View Incidents" in them; somebody alerted or assigned learns those
   that are not Restricting as well.

The form's student field offers every current student by name and class to everybody who may add; it opens nothing.
"n people can read this" counts active staff whom 1 to 6 would let read with the key they have, or by an open alert.

The rule stands in `tenant_apps/staff/permissions.py` (`cat_ok`), `tenant_apps/students/selectors/limits.py` and
`tenant_apps/incidents/permissions.py`; `tests/oracle` compares all that shows records with a second evaluation of it
(`ops/oracle`).
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD, MODEL, _legend()]
    parts += [_table(host) for host in HOSTS if any(row.host == host for row in ROWS)]
    return "\n".join(parts)


def _legend() -> str:
    outcomes = "\n".join(f"- **{letter}** {meaning}" for letter, meaning in OUTCOMES.items())
    roles = "\n".join(f"- **{role.name}**: {role.meaning}" for role in ROLES)
    return f"## Outcomes\n\n{outcomes}\n\n## Roles\n\n{roles}\n"


def _table(host: str) -> str:
    rows = [row for row in ROWS if row.host == host]
    columns = ["route", "asked", *ROLES_OF_HOST[host]]
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    for row in rows:
        sent = f"({row.sent})" if row.sent else ""
        asked = " ".join(part for part in (row.method, row.relation, sent) if part)
        lines.append(f"| `{row.route}` | {asked} | {' | '.join(row.letters)} |")
    return f"## {HOSTS[host]}\n\n" + "\n".join(lines) + "\n"
