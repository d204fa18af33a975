"""What higher floors tell this one: from which groups the students of a new group came.

Students know their groups and groups do not know their students, so the app of students gives the answer.
"""

from collections.abc import Callable, Collection, Mapping
from uuid import UUID

# For each of these groups: the groups of the same kind its students were in before, with how many came.
Origins = Callable[[Collection[UUID]], Mapping[UUID, Mapping[UUID, int]]]

_origins: list[Origins] = []


def register_origins(origins: Origins) -> None:
    """Name the one function that knows; a second registration replaces the first."""
    _origins[:] = [origins]


def origins_of(group_ids: Collection[UUID]) -> Mapping[UUID, Mapping[UUID, int]]:
    """For each group that has any: where its students came from. Empty while nobody knows."""
    return _origins[0](group_ids) if _origins and group_ids else {}
