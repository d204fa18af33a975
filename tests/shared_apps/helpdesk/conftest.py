import pytest

from tests.data.pupils import make_pupil


@pytest.fixture
def pupil(in_a):
    return make_pupil("Amelia", "Quillfeather", preferred_forename="Millie")


@pytest.fixture
def written():
    """What stands in public: the requests as the operators have them, oldest first."""

    def read():
        from core.tenancy import in_public
        from shared_apps.helpdesk.models import SupportRequest

        with in_public():
            return list(SupportRequest.objects.order_by("pk"))

    return read


@pytest.fixture
def waiting():
    """How many requests the current school still holds."""

    def count():
        from shared_apps.helpdesk.models import SupportRequest

        return SupportRequest.objects.count()

    return count


@pytest.fixture
def pay_public(mailbox):
    """Pays what the provider's own outbox owes."""

    def pay():
        from core.outbox.services import deliver_owed
        from core.tenancy import in_public

        with in_public():
            return deliver_owed()

    return pay
