"""Every fault and attack that the product promises to stand is named by a test that tries it."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
FAULTS = ("F1", "F2", "F4", "F5", "F6", "F7", "F8", "F9", "F14", "F15", "F16", "F18", "F25")
ATTACKS = (
    *("A1", "A2", "A4", "A5", "A6", "A7", "A8", "A9", "A10", "A11", "A14", "A15", "A16", "A17"),
    *("A24", "A25", "A26", "A27", "A28", "A29", "A30", "A31", "A33", "A36", "A39", "A40", "A41"),
    *("A49", "A50", "A53", "A54"),
)


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
def test_everything_promised_is_tried(kind: str, promised: tuple[str, ...]) -> None:
    assert [name for name in promised if not named()[kind][name]] == []


@pytest.mark.parametrize(("kind", "letter"), [("fault", "F"), ("attack", "A")])
def test_what_is_named_is_a_known_kind_of_id(kind: str, letter: str) -> None:
    assert [name for name in named()[kind] if name[0] != letter or not name[1:].isdigit()] == []
