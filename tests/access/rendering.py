"""The matrix as a page for people: docs/permissions.md."""

from pathlib import Path

from tests.access.matrix import OUTCOMES, ROLES, ROLES_OF_HOST, ROWS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
HOSTS = {"school": "A school's host", "auth": "The auth host", "console": "The operator's console"}

HEAD = """# Who may do what

Generated from `tests/access/matrix.py` by `ops/permissions`; the tests run every line against the product.
"""

# Written by hand: what the tables below do not say in words.
MODEL = Path(__file__).with_name("model.md").read_text()


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
