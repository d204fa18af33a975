"""Every fault and attack that the product promises to stand is named by a test that tries it."""

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
FAULTS = {
    "F1": "web process killed after COMMIT, before the answer",
    "F2": "web process killed before COMMIT",
    "F3": "database killed while people add and edit",
    "F4": "worker killed in the middle of a mail",
    "F5": "Valkey killed and its data deleted",
    "F6": "Valkey away for a while",
    "F7": "object store away during an upload",
    "F8": "killed between storing an object and COMMIT",
    "F9": "object missing or changed",
    "F14": "mail server silent after DATA",
    "F15": "mail refused",
    "F16": "migration killed at one of many schools",
    "F18": "two deploys migrate at once",
    "F20": "the same extract twice, or killed half-way and run again",
    "F25": "connections used up",
    "F27": "two people edit the same record at once",
}
ATTACKS = {
    "A1": "session cookie of one school at another's host",
    "A2": "record id of one school at another's address",
    "A4": "spoofed X-Forwarded-Host",
    "A5": "unknown and reserved subdomains",
    "A6": "school named in body, JSON or filter",
    "A7": "100 threads alternating schools",
    "A8": "queued job with another school's schema",
    "A9": "cached page or fragment of one school shown to another",
    "A10": "odd schema names",
    "A11": "record outside one's categories or classes, by every route",
    "A14": "extra form fields",
    "A15": "permissions taken away in mid-session",
    "A16": "a leaver's session and token",
    "A17": "guessed addresses of documents",
    "A18": "another method by a header or a field",
    "A24": "password spray, both ways",
    "A25": "the same six digits twice",
    "A26": "reset link used twice, host-poisoned reset mail",
    "A27": "session fixation; a session that survives logout",
    "A28": "open redirect",
    "A29": "telling users apart by text or time",
    "A30": "script in every text field, file name and CSV header",
    "A31": "SVG and HTML uploads",
    "A32": "SQL in sort and filter",
    "A33": "line breaks in file names and subjects",
    "A35": "formulas in what leaves as a table",
    "A36": "PDF that pulls addresses of this machine or its neighbours",
    "A38": "archives that grow without end when unpacked",
    "A39": "archive members that leave the folder, and links",
    "A40": "wrong, double and right-to-left extensions, polyglots",
    "A41": "picture with far too many pixels",
    "A49": "POST without the token",
    "A50": "framing",
    "A52": "searches that cost much, pages with huge numbers",
    "A53": "error pages and static paths that tell too much",
    "A54": "names or tokens in logs and queues",
}


@cache
def named() -> dict[str, dict[str, list[str]]]:
    """For "fault" and "attack": each id with the tests that carry it."""
    found: dict[str, dict[str, list[str]]] = {"fault": defaultdict(list), "attack": defaultdict(list)}
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for mark in node.decorator_list:
                    if (
                        isinstance(mark, ast.Call)
                        and isinstance(mark.func, ast.Attribute)
                        and mark.func.attr in found
                    ):
                        for argument in mark.args:
                            found[mark.func.attr][ast.literal_eval(argument)].append(node.name)
    return found


@pytest.mark.parametrize(("kind", "promised"), [("fault", FAULTS), ("attack", ATTACKS)])
def test_everything_promised_is_tried(kind: str, promised: dict[str, str]) -> None:
    assert [one for one in promised.items() if one[0] not in named()[kind]] == []


@pytest.mark.parametrize(("kind", "letter"), [("fault", "F"), ("attack", "A")])
def test_what_is_named_is_a_known_kind_of_id(kind: str, letter: str) -> None:
    assert [name for name in named()[kind] if name[0] != letter or not name[1:].isdigit()] == []
