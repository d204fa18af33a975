"""Making an operator, and the session of one."""

import binascii
from base64 import b32decode
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.access import NOBODY
from core.audit.services import record
from core.db.clock import now
from shared_apps.operators.models import Operator
from shared_apps.operators.selectors import is_operator
from shared_apps.people import selectors as people
from shared_apps.people import services as people_services
from shared_apps.people.enums import KeyUse
from shared_apps.people.services.sign_in import access_before_loading


class OperatorFaultError(Exception):
    """The operator cannot be made as asked; the text says why."""


@transaction.atomic
@sensitive_variables("password", "totp_secret")
def create_operator(
    *,
    email: str,
    first_name: str,
    last_name: str,
    password: str,
    totp_secret: str,
    at: datetime | None = None,
) -> Operator:
    """Make an operator with a password and a soft key, in public.

    Raises OperatorFaultError for an address that is in use, a weak password or a secret that is no base32.
    """
    at = at or now()
    if people.find_user(email) is not None:
        raise OperatorFaultError("There is a user with this email address.")
    if not people_services.rate(password).is_accepted:
        raise OperatorFaultError("The password is not strong enough.")
    try:
        key = b32decode(totp_secret.upper()).hex()
    except binascii.Error as error:
        raise OperatorFaultError("The secret of the soft key is not base32.") from error
    user = people_services.create_user(
        email=email, title="", first_name=first_name, last_name=last_name, by=NOBODY, at=at
    )
    user.set_password(password)
    user.save(update_fields=["password"])
    TOTPDevice.objects.create(user=user, name="Console", key=key, confirmed=True)
    operator = Operator.objects.create(user=user, created_at=at)
    record("operator.created", by=NOBODY, record=("operator", operator.pk), at=at)
    return operator


@sensitive_variables("password", "code")
def sign_in(
    *, request: HttpRequest, email: str, password: str, code: str, at: datetime | None = None
) -> bool:
    """Open a session for an operator who gave the right password and the right code, both; else False.

    There is no session with the password alone. Wrong tries of either are counted and pause the account; the
    answer does not say which was wrong. Must run in a transaction that is committed whatever the page then
    says.
    """
    user = people_services.try_password(email=email, password=password, request=request, at=at).user
    if user is None or not is_operator(user.pk):
        return False
    device = people_services.try_key(
        code=code, use=KeyUse.LOGIN, by=access_before_loading(user), at=at
    ).device
    if device is None:
        return False
    people_services.open_session(request=request, user=user, at=at)
    people_services.elevate_session(request=request, device=device, at=at)
    return True
