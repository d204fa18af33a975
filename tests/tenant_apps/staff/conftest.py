"""What the tests of users share: browsers of administrators, groups by name, staff of the MIS."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest


@pytest.fixture
def admin(client_for: Callable[..., Any], cast: Any, in_a: Any) -> Any:
    """The head's browser, key in the session."""
    return client_for(cast.head)


@pytest.fixture
def group(in_a: Any) -> Callable[[str], UUID]:
    """The id of a user group by its name."""
    from tenant_apps.staff.selectors import user_group_ids

    return lambda name: user_group_ids()[name]


@pytest.fixture
def listed(in_a: Any) -> Callable[..., Any]:
    """Puts somebody on the MIS's list of staff; the row."""
    from core.access import SYSTEM
    from tenant_apps.staff.models import MISStaff
    from tenant_apps.staff.services import MISPerson, record_mis_staff

    def make(mis_id: str = "S1", **given: Any) -> Any:
        person = {
            "title": "Miss",
            "first_name": "Ruth",
            "last_name": "Quillfeather",
            "email": "r.quillfeather@ashgrove.sch.example",
            "job_title": "Teacher of music",
            "start_date": date(2020, 9, 1),
        }
        record_mis_staff(people=[MISPerson(mis_id=mis_id, **(person | given))], by=SYSTEM, is_whole=False)
        return MISStaff.objects.get(mis_id=mis_id)

    return make


def member_of(person: Any) -> Any:
    """The school's side of one of the cast, as it stands now."""
    from tenant_apps.staff.models import StaffMember

    return StaffMember.objects.select_related("user", "group").get(user_id=person.user.pk)


def texts_of(mailbox: Any) -> dict[str, list[str]]:
    """The plain texts of the mails that arrived, by address."""
    found: dict[str, list[str]] = {}
    for mail in mailbox.messages():
        text = mail.message.get_body(("plain",)).get_content()
        found.setdefault(str(mail.message["To"]), []).append(text)
    return found
