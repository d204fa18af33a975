"""Who answers for a document: the app whose record it hangs on.

Documents know nothing about incidents or the library; those apps register here, in `AppConfig.ready`,
how to tell whether a person may open what hangs on one of their records.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from core.access.access import Access


@dataclass(frozen=True, slots=True)
class Owner:
    """One kind of record that documents may hang on."""

    kind: str
    may_open: Callable[[Access, UUID], bool]
    label: Callable[[Access, UUID], str]
    may_attach: Callable[[Access, UUID], bool] | None = None
    may_open_taken_off: Callable[[Access, UUID], bool] | None = None
    shows_file: Callable[[Access, UUID, UUID], bool] | None = None


_owners: dict[str, Owner] = {}


def register_owner(
    kind: str,
    *,
    may_open: Callable[[Access, UUID], bool],
    label: Callable[[Access, UUID], str],
    may_attach: Callable[[Access, UUID], bool] | None = None,
    may_open_taken_off: Callable[[Access, UUID], bool] | None = None,
    shows_file: Callable[[Access, UUID, UUID], bool] | None = None,
) -> None:
    """Make records of a kind owners of documents; without `may_attach` nobody uploads straight to them.

    Without `may_open_taken_off` nobody opens what was taken off such a record. `shows_file` gets record and
    document, for a record of which a person may see one document and not another; it is asked where
    `may_open` lets them in.

    A second registration of a kind raises ValueError.
    """
    if kind in _owners:
        raise ValueError(f"Documents of {kind!r} have an owner already.")
    _owners[kind] = Owner(kind, may_open, label, may_attach, may_open_taken_off, shows_file)


def get_owner(kind: str) -> Owner:
    """The owner of a kind. Raises LookupError for a kind nobody answers for: such a document stays shut."""
    try:
        return _owners[kind]
    except KeyError:
        raise LookupError(f"Nobody answers for documents of {kind!r}.") from None
