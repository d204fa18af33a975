"""What the lists "Staff who may not see this record" need to know of people."""

from collections.abc import Collection, Iterable
from uuid import UUID

from core.access import SystemPermission
from shared_apps.people.selectors import users_with_keys
from tenant_apps.staff.models import StaffMember
from tenant_apps.staff.selectors.people import Colleague, colleagues

SETS_BLOCKS = (SystemPermission.EDIT_INCIDENTS, SystemPermission.ADMINISTRATION)


def keepers_of_blocks() -> set[UUID]:
    """Active people with a key whose group may edit incidents or administer: they set and lift blocks."""
    members = StaffMember.objects.filter(
        user__is_active=True,
        user_id__in=users_with_keys(),
        group__system_permissions__overlap=[permission.value for permission in SETS_BLOCKS],
    )
    return set(members.values_list("user_id", flat=True))


def blockable_colleagues(*, but: Collection[UUID]) -> list[Colleague]:
    """Active members of staff, by name, except these."""
    members = StaffMember.objects.filter(user__is_active=True).exclude(user_id__in=but)
    return colleagues(members.values_list("user_id", flat=True))


def staff_with_emails(emails: Iterable[str]) -> list[Colleague]:
    """Active members of staff who have one of these addresses, however they are typed."""
    wanted = {email.strip().lower() for email in emails if email.strip()}
    if not wanted:
        return []
    members = StaffMember.objects.filter(user__is_active=True, user__email__in=wanted)
    return colleagues(members.values_list("user_id", flat=True))
