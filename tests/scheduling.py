"""Which tests one worker runs together: those that share processes, which then start once.

pytest-xdist's own groups write a name into a test's id, which pytest no longer lets it do.
"""

from xdist.scheduler import LoadScopeScheduling

TOGETHER = (
    "tests/journeys/",
    "tests/ops/supervisor/test_supervisor.py",
    "tests/ops/test_extract_sender.py",
    "tests/ops/test_set_pieces.py",
    "tests/tenant_apps/incidents/views/test_many_alerted.py",
)


class StartedOnce(LoadScopeScheduling):  # type: ignore[misc] # the library has no types
    """Every other test goes where there is room; the largest groups begin."""

    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)
