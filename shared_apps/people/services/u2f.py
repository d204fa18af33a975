"""U2F keys: registering one, and giving one at login, to elevate or to confirm a change.

A challenge lies in the session, is good for five minutes and taken out by the first answer, right or wrong.
A key works only for the exact host it was registered at, and an answer counts only from a page of exactly the
origin that asked, port included. What a USB key counts must grow: one that counts backwards is a copy.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from shared_apps.people.enums import CEREMONY, KeyUse, TryKind
from shared_apps.people.models import User, WebAuthnKey
from shared_apps.people.selectors import has_key
from shared_apps.people.services import tries
from shared_apps.people.services.keys import KeyTry, SavedKey, added, note_use

GOOD_FOR: Final = timedelta(minutes=5)
REGISTER: Final = "register"
CHECK: Final = "check"
LONGEST_ANSWER: Final = 20_000
# A key that holds a login of a colleague shall not get a second one; browsers ask a key for each in turn.
MOST_EXCLUDED: Final = 200


class KeyRefusedError(ValueError):
    """The answer of the key proves nothing; no key was registered."""


def begin_registration(*, request: HttpRequest, user: User, at: datetime | None = None) -> dict[str, Any]:
    """The question to a new key, for `navigator.credentials.create`, and its challenge into the session.

    It names the keys that the school knows: one that belongs to somebody already does not answer.
    """
    known = WebAuthnKey.objects.filter(rp_id=_rp_id(request)).order_by("-pk")
    options, state = _server(request).register_begin(
        PublicKeyCredentialUserEntity(id=user.pk.bytes, name=user.email, display_name=user.full_name),
        credentials=[
            PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=bytes(credential_id))
            for credential_id in known.values_list("credential_id", flat=True)[:MOST_EXCLUDED]
        ],
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.DISCOURAGED,
    )
    _remember(request, REGISTER, state, at or now())
    return dict(options.public_key)


@transaction.atomic
def register_key(
    *, request: HttpRequest, user: User, name: str, answer: str, by: Access, at: datetime | None = None
) -> SavedKey:
    """Register the key that answered, as one of the person's own; the first key brings recovery codes.

    Raises KeyRefusedError; then nothing is registered, and the challenge is used up all the same.
    """
    at = at or now()
    state = _recall(request, REGISTER, at)
    user = User.objects.select_for_update().get(pk=user.pk)
    parsed = _parsed(RegistrationResponse.from_dict, answer)
    found = _checked(partial(_server(request).register_complete, state, parsed))
    credential = found.credential_data
    if credential is None or credential.public_key.get(3) not in CoseKey.supported_algorithms():
        raise KeyRefusedError
    if WebAuthnKey.objects.filter(credential_id=credential.credential_id).exists():
        raise KeyRefusedError
    is_first = not has_key(user.pk)
    device = WebAuthnKey.objects.create(
        user=user,
        name=name,
        created_at=at,
        rp_id=_rp_id(request),
        credential_id=credential.credential_id,
        credential=bytes(credential),
        sign_count=found.counter,
        last_challenge=_digest(state),
    )
    return added(user=user, device=device, is_first=is_first, by=by, at=at)


def begin_check(*, request: HttpRequest, user: User, at: datetime | None = None) -> dict[str, Any]:
    """The question to the person's own keys, for `navigator.credentials.get`; challenge into the session."""
    options, state = _server(request).authenticate_begin(
        [_credential(device) for device in _own(request, user)],
        user_verification=UserVerificationRequirement.DISCOURAGED,
    )
    _remember(request, CHECK, state, at or now())
    return dict(options.public_key)


def try_u2f(
    *, request: HttpRequest, answer: str, use: KeyUse, by: Access, at: datetime | None = None
) -> KeyTry:
    """Check the answer of a key of the person's own; none is taken twice, and wrong ones count to the pause.

    Must run in a transaction that is committed whatever the page then says.
    """
    at = at or now()
    assert by.user_id is not None
    row = tries.hold(TryKind.KEY, str(by.user_id), at)
    if tries.is_paused(row):
        request.session.pop(CEREMONY, None)
        return KeyTry(None, is_paused=True)
    try:
        device = _answering(request, answer, by, at)
    except KeyRefusedError:
        tries.count_wrong(row, at)
        detail = {"use": str(use), "kind": "u2f_key"}
        record("key.refused", by=by, record=("user", by.user_id), detail=detail, at=at)
        return KeyTry(None, is_paused=tries.is_paused(row))
    if use == KeyUse.LOGIN:
        # The label "Not yet used" goes with the first login, not with elevating.
        device.last_used_at = at
    device.save(update_fields=["sign_count", "last_challenge", "last_used_at"])
    tries.forgive(row)
    note_use(device, use=use, by=by, at=at)
    return KeyTry(device)


def _answering(request: HttpRequest, answer: str, by: Access, at: datetime) -> WebAuthnKey:
    """The person's own key that answered rightly, with what it now counts, not saved yet."""
    state = _recall(request, CHECK, at)
    parsed = _parsed(AuthenticationResponse.from_dict, answer)
    devices = WebAuthnKey.objects.select_for_update(of=["self"]).select_related("user")
    device = devices.filter(
        user=by.user_id, confirmed=True, rp_id=_rp_id(request), credential_id=parsed.raw_id
    ).first()
    if device is None:
        raise KeyRefusedError
    _checked(partial(_server(request).authenticate_complete, state, [_credential(device)], parsed))
    count = parsed.response.authenticator_data.counter
    counts = device.sign_count or count
    if counts and count <= device.sign_count:
        record("key.copied", by=by, record=("user", device.user_id), detail={"device": device.pk}, at=at)
        raise KeyRefusedError
    if device.last_challenge == _digest(state):
        raise KeyRefusedError
    device.sign_count = count
    device.last_challenge = _digest(state)
    return device


def _own(request: HttpRequest, user: User) -> list[WebAuthnKey]:
    return list(WebAuthnKey.objects.filter(user=user, confirmed=True, rp_id=_rp_id(request)).order_by("pk"))


def _credential(device: WebAuthnKey) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(device.credential))


def _rp_id(request: HttpRequest) -> str:
    return request.get_host().partition(":")[0]


def _server(request: HttpRequest) -> Fido2Server:
    origin = f"{request.scheme}://{request.get_host()}"
    server = Fido2Server(
        PublicKeyCredentialRpEntity(id=_rp_id(request), name=settings.BRAND),
        # The library's own check leaves the port open and asks for https even of localhost's own names.
        verify_origin=lambda given: given == origin,
    )
    server.timeout = int(GOOD_FOR.total_seconds() * 1000)  # type: ignore[assignment] # untyped None there
    return server


def _remember(request: HttpRequest, kind: str, state: dict[str, Any], at: datetime) -> None:
    request.session[CEREMONY] = {"kind": kind, "challenge": state["challenge"], "at": at.timestamp()}


def _recall(request: HttpRequest, kind: str, at: datetime) -> dict[str, Any]:
    found = request.session.pop(CEREMONY, None)
    if not isinstance(found, dict) or found.get("kind") != kind:
        raise KeyRefusedError
    if not 0 <= at.timestamp() - found["at"] <= GOOD_FOR.total_seconds():
        raise KeyRefusedError
    return {"challenge": found["challenge"], "user_verification": UserVerificationRequirement.DISCOURAGED}


def _digest(state: dict[str, Any]) -> str:
    return hashlib.sha256(str(state["challenge"]).encode()).hexdigest()


def _parsed(parse: Callable[[Any], Any], answer: str) -> Any:
    """What a browser sent, in the library's own form; anything else is refused whatever it breaks."""
    if len(answer) > LONGEST_ANSWER:
        raise KeyRefusedError
    return _checked(lambda: parse(json.loads(answer)))


def _checked(step: Callable[[], Any]) -> Any:
    try:
        return step()
    except Exception as error:
        # Parsers of CBOR, COSE and JSON raise a dozen kinds; all mean no.
        raise KeyRefusedError from error
