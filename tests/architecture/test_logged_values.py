"""No personal data in a call of a logger: ids, codes and counts only (A54)."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("platform", "tenants", "shared_apps", "sso", "tenant_apps")
LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
PERSONAL = {
    "address",
    "body",
    "code",
    "cookies",
    "data",
    "email",
    "extension",
    "first_name",
    "forename",
    "formal_name",
    "full_name",
    "full_path",
    "get_full_path",
    "last_name",
    "legal_forename",
    "legal_surname",
    "message",
    "name",
    "notes",
    "params",
    "password",
    "path",
    "payload",
    "postcode",
    "query",
    "recipients",
    "search_key",
    "sort_key",
    "subject",
    "surname",
    "term",
    "text",
    "title",
    "to",
    "token",
    "upn",
    "username",
}
# Words of our own choosing, of which none comes from a person.
HARMLESS = {
    ("platform/core/web/ratelimit.py", "name"),
    ("tenant_apps/documents/services/receiving.py", "fault"),
}


def logger_calls():
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
                if is_call and node.func.attr in LEVELS and "logger" in ast.unparse(node.func.value).lower():
                    yield path, node


def caught_errors(path):
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler) and node.name
    }


def test_loggers_are_given_ids_and_codes_only():
    found = []
    for path, call in logger_calls():
        errors = caught_errors(path)
        for argument in call.args[1:]:
            source = ast.unparse(argument)
            last = source.split("(")[0].split(".")[-1]
            place = path.relative_to(ROOT).as_posix()
            if (place, source) not in HARMLESS and (last in PERSONAL or source in errors):
                found.append(f"{place}:{call.lineno} {source}")
    assert not found


def test_messages_of_loggers_are_constant():
    """A message that is put together goes past the formatter's net for arguments."""
    found = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path, call in logger_calls()
        if call.args and not isinstance(call.args[0], ast.Constant)
    ]
    assert not found


def test_nothing_is_printed():
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if "management" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not found
