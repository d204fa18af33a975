"""Where things lie."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("platform", "tenants", "shared_apps", "sso", "tenant_apps")
SHAPELESS = {"utils.py", "helpers.py", "common.py", "mixins.py", "misc.py"}


def sources(*rooms):
    return [path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))]


def apps():
    """Every folder with an apps.py."""
    return sorted(path.parent for path in sources(*ROOMS) if path.name == "apps.py")


def test_platform_is_no_package():
    """With an __init__.py it would hide the standard library's `platform` and break `import django`."""
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_tests_are_no_packages():
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_no_module_without_an_idea():
    everything = sources(*ROOMS, "ops", "tests")
    found = [str(path.relative_to(ROOT)) for path in everything if path.name in SHAPELESS]
    assert not found


@pytest.mark.parametrize("app", apps(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_app_tells_what_it_owns(app):
    readme = app / "README.md"
    assert readme.exists(), f"{app.relative_to(ROOT)} has no README.md"
    assert 5 <= len(readme.read_text().splitlines()) <= 45


def test_every_module_of_the_core_says_what_it_is_for():
    bare = [
        str(path.relative_to(ROOT))
        for path in sources("platform/core")
        if path.name not in {"__init__.py", "apps.py"}
        and "migrations" not in path.parts
        and not path.read_text().lstrip().startswith(('"""', "'''"))
    ]
    assert not bare


def test_nobody_but_the_outbox_puts_jobs_into_the_queue():
    """A job enqueued before the commit ran although its transaction was rolled back."""
    found = [
        str(path.relative_to(ROOT))
        for path in sources(*ROOMS)
        if "core/outbox" not in path.as_posix()
        and any(call in path.read_text() for call in (".enqueue(", ".enqueue_in(", ".enqueue_at("))
    ]
    assert not found


# The migration of all schools walks through schemas of which some belong to no school.
SWITCHING = ("platform/core/tenancy/", "tenants/migrating.py")


@pytest.mark.spec("TEN-12")
def test_only_tenancy_switches_schools():
    """`connection.set_tenant` and `set_schema` outside core.tenancy would be a door in the wall."""
    found = [
        str(path.relative_to(ROOT))
        for path in sources(*ROOMS)
        if not path.relative_to(ROOT).as_posix().startswith(SWITCHING)
        and any(
            call in path.read_text()
            for call in (".set_tenant(", ".set_schema(", "schema_context(", "tenant_context(")
        )
    ]
    assert not found
