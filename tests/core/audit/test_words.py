"""Every event that the product records has words, for "Audits" to be read."""

import ast
from pathlib import Path

import pytest
from django.apps import apps

from core.audit.services import EVENT
from core.audit.words import event_words, words_of

ROOT = Path(__file__).resolve().parents[3]
RECORDERS = {"record", "_record", "record_download", "_audit", "_note"}


def events_in(tree):
    """The events that a module names: first arguments of recorders, and what is assigned to `event`."""
    for node in ast.walk(tree):
        named = []
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in RECORDERS:
                named = node.args[:2]
        elif isinstance(node, ast.Assign) and any(getattr(one, "id", "") == "event" for one in node.targets):
            named = [node.value]
        for part in named:
            for leaf in ast.walk(part):
                if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str):
                    yield leaf.value


def recorded_events():
    found = {}
    for room in ("platform/core", "tenants", "shared_apps", "tenant_apps", "sso"):
        for path in sorted((ROOT / room).rglob("*.py")):
            text = path.read_text()
            if "audit" in text:
                for event in events_in(ast.parse(text)):
                    if EVENT.fullmatch(event):
                        found.setdefault(event, path.relative_to(ROOT).as_posix())
    return found


@pytest.mark.spec("ADM-20")
def test_every_recorded_event_has_words():
    """Add the words of a new event to `audit_words` in the apps.py of its app."""
    recorded = recorded_events()
    assert len(recorded) > 60
    assert {event: path for event, path in recorded.items() if event not in event_words()} == {}


def test_no_event_is_told_in_two_ways():
    seen = {}
    for config in apps.get_app_configs():
        for event in getattr(config, "audit_words", {}):
            assert seen.setdefault(event, config.name) == config.name


def test_event_of_an_earlier_release_is_spelled_out():
    assert words_of("old_thing.was_done") == "Old thing: was done"
