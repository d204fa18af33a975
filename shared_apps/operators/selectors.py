from uuid import UUID

from shared_apps.operators.models import Operator


def is_operator(user_id: UUID) -> bool:
    """Whether this public user is one of the provider's operators. Other public users are SSO identities."""
    return Operator.objects.filter(user_id=user_id).exists()
