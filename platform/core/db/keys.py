"""Keys of records: UUIDs of version 7, made in the application and never by the database.

They sort by the time they were made, so an index on them stays compact and keyset pages need no other column.
"""

from uuid import UUID

from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> UUID:
    """A new key, later in order than every key this process made before."""
    return _uuid7()
