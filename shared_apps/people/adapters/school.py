"""What schools know and this app may not import."""

from collections.abc import Callable, Iterable
from uuid import UUID


class SchoolSide:
    """What a school's own apps tell this one, which may not know them. They set it when they start.

    Unset, the safe answer counts: no address is revealed, nobody but the person is written to.
    """

    reveals_unknown_email: Callable[[], bool] = staticmethod(lambda: False)
    """Whether the school says when an email address is unknown."""
    safeguarding_extension: Callable[[], str] = staticmethod(lambda: "")
    """The extension to ring when an account changed unexpectedly; empty if the school has given none."""
    accepts_email: Callable[[str], bool] = staticmethod(lambda email: True)
    """Whether accounts of this school may have this address, by its domain."""
    administrators: Callable[[], Iterable[UUID]] = staticmethod(lambda: ())
    """The ids of those told of every change to an account: the school's admin key users."""
    has_ended: Callable[[UUID], bool] = staticmethod(lambda user_id: False)
    """Whether an account's end has come, although nothing has closed it yet."""
    idle_minutes: Callable[[bool], int] = staticmethod(lambda is_elevated: 15)
    """After how many idle minutes a session locks, by whether the key was used in it."""

    def register(
        self,
        *,
        reveals_unknown_email: Callable[[], bool] | None = None,
        safeguarding_extension: Callable[[], str] | None = None,
        accepts_email: Callable[[str], bool] | None = None,
        administrators: Callable[[], Iterable[UUID]] | None = None,
        has_ended: Callable[[UUID], bool] | None = None,
        idle_minutes: Callable[[bool], int] | None = None,
    ) -> None:
        """Set what is given; called in `ready()`, run inside the school whose request or job it is."""
        if reveals_unknown_email is not None:
            self.reveals_unknown_email = reveals_unknown_email
        if safeguarding_extension is not None:
            self.safeguarding_extension = safeguarding_extension
        if accepts_email is not None:
            self.accepts_email = accepts_email
        if administrators is not None:
            self.administrators = administrators
        if has_ended is not None:
            self.has_ended = has_ended
        if idle_minutes is not None:
            self.idle_minutes = idle_minutes


school_side = SchoolSide()
