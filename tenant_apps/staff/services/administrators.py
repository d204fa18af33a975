"""No school may lose its last administrator, by whatever way the change comes."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import transaction

from tenant_apps.staff.models import UserGroup
from tenant_apps.staff.selectors import standing_of_administrators


class LastAdministratorError(ValidationError):
    """The change would leave the school without an administrator; nothing of it is to be kept."""

    def __init__(self) -> None:
        super().__init__(
            "This would leave the school without an administrator who has a key and no end date. Give another"
            " person administration privileges first, and let them set up their key."
        )


@contextmanager
def keep_an_administrator() -> Iterator[None]:
    """What is done inside may not take the last administrator away: raises LastAdministratorError at its end.

    Enter it before locking any user group or member of staff: it locks the groups in one order, so that two
    requests which each would leave one other administrator follow each other, and the second is refused. The
    school keeps what it had: an active administrator, one without an end date, one with a key.
    """
    with transaction.atomic():
        list(UserGroup.objects.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
        before = standing_of_administrators()
        yield
        if before - standing_of_administrators():
            raise LastAdministratorError
