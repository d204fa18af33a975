"""Logging out ends the session on the server."""

import pytest


@pytest.mark.spec("ACC-28")
def test_every_page_has_a_way_out_and_says_to_take_it(restricted, visitor, says):
    page = restricted.get("/account/")

    assert 'action="/logout/"' in page.content.decode()
    assert "Log out whenever you leave the computer." in says(page)
    assert "Log out when you leave the computer." in says(visitor.get("/login/"))


@pytest.mark.attack("A27")
@pytest.mark.spec("ACC-28")
def test_the_sessions_id_opens_nothing_afterwards(elevated, client_for, session):
    stolen = elevated.cookies["session"].value
    assert session.elevated(elevated)

    answer = elevated.post("/logout/")

    assert answer["Location"] == "/login/"
    thief = client_for(None)
    thief.cookies["session"] = stolen
    assert not session.signed_in(thief)


def test_a_link_cannot_log_anybody_out(elevated, session):
    assert elevated.get("/logout/").status_code == 405
    assert session.signed_in(elevated)
