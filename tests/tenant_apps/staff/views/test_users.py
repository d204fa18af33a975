""" "Admin" > "Users": the lists, opening, closing and opening again."""

import pytest


@pytest.fixture
def admin(client_for, cast, in_a):
    return client_for(cast.head)


def test_smoke(admin, cast):
    for path in (
        "",
        "new/",
        "add-non-mis/",
        "deactivated/",
        *(f"{cast.teacher.user.pk}/{tab}" for tab in ("", "permissions/", "security-keys/", "deactivate/")),
    ):
        answer = admin.get(f"/admin/users/{path}")
        assert answer.status_code == 200, path
