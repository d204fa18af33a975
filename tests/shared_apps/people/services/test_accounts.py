"""Accounts: made without a password, changed, deactivated; each deed in the audit."""

import pytest
from django.db import IntegrityError, transaction

from core.audit.models import AuditEvent
from core.db.clock import now
from shared_apps.people import selectors, services
from shared_apps.people.enums import KeyUse
from shared_apps.people.models import User


def events(user):
    return list(AuditEvent.objects.filter(record_id=user.pk).order_by("id").values_list("event", flat=True))


@pytest.mark.spec("ACC-01", "ACC-02")
def test_a_new_account_has_a_name_an_address_and_no_password(in_a, cast):
    user = services.create_user(
        email=" Ada.Quill@X.example ", title="Dr", first_name="Ada", last_name="Quill", by=cast.head.access
    )

    assert user.email == "ada.quill@x.example"
    assert (user.full_name, user.formal_name) == ("Ada Quill", "Dr Quill")
    assert not user.has_usable_password()
    assert services.try_password(email=user.email, password=user.password).user is None
    assert events(user) == ["user.added"]


def test_one_address_has_one_account(in_a, keyless):
    with pytest.raises(IntegrityError), transaction.atomic():
        services.create_user(email=keyless.user.email.upper(), first_name="A", last_name="B", by=None)


def test_a_changed_name_changes_the_order(in_a, keyless, cast):
    services.update_user(user_id=keyless.user.pk, by=cast.head.access, last_name="Łukaszewski")

    user = User.objects.get(pk=keyless.user.pk)
    assert user.sort_key.startswith("lukaszewski")
    assert events(user)[-1] == "user.changed"


def test_only_named_fields_are_changed(in_a, keyless, cast):
    with pytest.raises(TypeError):
        services.update_user(user_id=keyless.user.pk, by=cast.head.access, password="x")


def test_nothing_changed_is_no_event(in_a, keyless, cast):
    before = events(keyless.user)

    services.update_user(user_id=keyless.user.pk, by=cast.head.access, last_name=keyless.user.last_name)
    services.set_active(user_id=keyless.user.pk, is_active=True, by=cast.head.access)

    assert events(keyless.user) == before


def test_signing_in_and_keys_are_audited_without_names(keyed, visitor):
    visitor.post("/login/", {**keyed.credentials(), "password": "planted-wrong"})
    visitor.post("/login/", keyed.credentials())
    visitor.post("/key/", {"code": "111"})
    visitor.post("/key/", {"code": keyed.code()})
    visitor.post("/logout/")

    names = AuditEvent.objects.order_by("id").values_list("event", flat=True)
    wanted = ["user.sign_in_failed", "user.signed_in", "key.refused", "key.used", "user.signed_out"]
    assert [name for name in names if name in wanted] == wanted
    stored = str(list(AuditEvent.objects.values()))
    assert keyed.user.email not in stored
    assert "planted" not in stored
    assert AuditEvent.objects.get(event="user.signed_in").user_id == keyed.user.pk


def test_a_deactivated_person_is_named_but_not_offered(in_a, keyless, cast):
    services.set_active(user_id=keyless.user.pk, is_active=False, by=cast.head.access)

    assert selectors.names_of([keyless.user.pk])[keyless.user.pk].full == keyless.user.full_name
    assert keyless.user not in selectors.active_users()
    assert keyless.user not in selectors.suggest_users(keyless.user.last_name)


def test_a_key_proved_by_a_code_is_the_persons_own(in_a, keyless, cast):
    from dataclasses import replace

    access = replace(cast.support.access, user_id=keyless.user.pk)

    assert services.try_key(code="000000", use=KeyUse.LOGIN, by=access, at=now()).device is None
    assert not selectors.has_key(keyless.user.pk)
