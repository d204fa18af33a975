"""Services that write also audit, in the same module's own call tree."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
QUERIES = ("objects", "filter(", "select_for_update", "exclude(", "_set")
WRITES_OF_QUERIES = {
    "create",
    "bulk_create",
    "update",
    "bulk_update",
    "delete",
    "get_or_create",
    "update_or_create",
}
RECORDERS = {"record", "record_download", "record_refusal"}

# Functions that write and are right not to audit by themselves, with the reason.
EXCEPTIONS: dict[str, str] = {
    "tenant_apps/alerts:move_roots": "the event is incident.merged, written by the merging that calls it",
    "tenant_apps/imports:is_token_in_force": "notes when the token was used; what it brought is audited",
    "shared_apps/people:issue_link": "the event is user.reset_requested; this makes the token for its mail",
    "shared_apps/people:begin": "the event is user.signed_in; this lists the session",
    "shared_apps/people:elevate_session": "the event is key.used, written when the key was tried",
    "shared_apps/people:move": "the events are those of a key and a password; this follows the session's id",
    "shared_apps/people:note_end": "the event is user.signed_out",
    "shared_apps/people:note_key": "the event is key.used",
    "shared_apps/people:see": "when a session was last used, once a minute",
}


def app_services():
    apps = {}
    for room in ("shared_apps", "tenant_apps", "sso", "tenants"):
        for path in sorted((ROOT / room).rglob("*.py")):
            parts = path.relative_to(ROOT).parts
            if "services.py" in parts or "services" in parts:
                depth = 1 if room in ("sso", "tenants") else 2
                apps.setdefault("/".join(parts[:depth]), []).append(path)
    return sorted(apps.items())


class Functions(ast.NodeVisitor):
    """The functions of an app's services: what each calls, whether it writes, whether it audits."""

    def __init__(self):
        self.calls, self.writes, self.audits = {}, set(), set()

    def read(self, path):
        tree = ast.parse(path.read_text())
        recorders = recorder_names(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self.calls.setdefault(node.name, set())
                for call in (inner for inner in ast.walk(node) if isinstance(inner, ast.Call)):
                    self.note(node.name, call, recorders)

    def note(self, function, call, recorders):
        if isinstance(call.func, ast.Name):
            self.calls[function].add(call.func.id)
            if call.func.id in recorders:
                self.audits.add(function)
        elif isinstance(call.func, ast.Attribute):
            receiver, name = ast.unparse(call.func.value), call.func.attr
            self.calls[function].add(name)
            if f"{receiver}.{name}" in recorders:
                self.audits.add(function)
            is_query = any(mark in receiver for mark in QUERIES)
            if (name in WRITES_OF_QUERIES and is_query) or (name == "save" and not call.args):
                self.writes.add(function)

    def is_covered(self, function, above=()):
        """Whether it audits, or only functions of the same services that do call it: theirs is the event."""
        if self.reaches(function, self.audits):
            return True
        callers = [name for name, called in self.calls.items() if function in called and name not in above]
        return bool(callers) and all(self.is_covered(name, (*above, function)) for name in callers)

    def reaches(self, function, goal):
        seen, waiting = set(), [function]
        while waiting:
            name = waiting.pop()
            if name in goal:
                return True
            if name not in seen:
                seen.add(name)
                waiting.extend(self.calls.get(name, ()))
        return False


def recorder_names(tree):
    """How this module calls core.audit's services: `record`, an alias, or `audit.record`."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                local = alias.asname or alias.name
                if node.module == "core.audit.services" and alias.name in RECORDERS:
                    names.add(local)
                if f"{node.module}.{alias.name}" == "core.audit.services":
                    names.update(f"{local}.{name}" for name in RECORDERS)
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == "core.audit.services":
                    names.update(f"{alias.asname or alias.name}.{name}" for name in RECORDERS)
    return names


@pytest.mark.spec("ADM-22")
@pytest.mark.parametrize(("app", "paths"), [pytest.param(*one, id=one[0]) for one in app_services()])
def test_service_that_writes_also_audits(app, paths):
    functions = Functions()
    for path in paths:
        functions.read(path)
    silent = [
        f"{app}:{name}"
        for name in functions.calls
        if not name.startswith("_")
        and functions.reaches(name, functions.writes)
        and not functions.is_covered(name)
        and f"{app}:{name}" not in EXCEPTIONS
    ]
    assert not silent


def test_exceptions_are_still_needed():
    known = set()
    for app, paths in app_services():
        functions = Functions()
        for path in paths:
            functions.read(path)
        known.update(f"{app}:{name}" for name in functions.calls)
    assert set(EXCEPTIONS) <= known
