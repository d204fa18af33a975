""" "Elevate Your Access": where it stands, and what it does."""

import pytest

WRONG = "Incorrect or out of date code"


@pytest.mark.spec("KEY-30", "KEY-06")
def test_it_stands_in_a_session_without_the_key(restricted):
    assert 'href="/elevate/"' in restricted.get("/").content.decode()


@pytest.mark.spec("KEY-33")
def test_it_is_gone_in_a_session_with_the_key(elevated):
    page = elevated.get("/account/")

    assert page.status_code == 200
    assert 'href="/elevate/"' not in page.content.decode()


@pytest.mark.spec("KEY-34")
def test_it_is_not_shown_without_a_key(keyless, client_for):
    browser = client_for(keyless.user, elevated=False)

    page = browser.get("/account/")

    assert page.status_code == 200
    assert "Elevate Your Access" not in page.content.decode()
    assert browser.get("/elevate/")["Location"] == "/"


@pytest.mark.spec("KEY-31")
def test_it_asks_for_the_number(restricted, says):
    page = restricted.get("/elevate/")

    assert "6-digit number" in says(page)
    assert ">Authenticate</button>" in page.content.decode()


@pytest.mark.spec("KEY-32", "KEY-35")
def test_the_permissions_of_the_group_count_in_the_same_session(restricted, keyed, session):
    assert not session.elevated(restricted)
    begun = restricted.session["signed_in_at"]

    restricted.post("/elevate/", {"code": keyed.code()})

    assert session.elevated(restricted)
    assert restricted.session["signed_in_at"] == begun
    assert "Elevate Your Access" not in restricted.get("/account/").content.decode()


@pytest.mark.spec("KEY-26")
def test_a_wrong_number_elevates_nobody(restricted, says, session):
    assert WRONG in says(restricted.post("/elevate/", {"code": "123456789"}))
    assert not session.elevated(restricted)


@pytest.mark.spec("KEY-17")
def test_elevating_is_no_login_and_leaves_the_marker(restricted, keyed, says):
    restricted.post("/elevate/", {"code": keyed.code()})

    assert "Not yet used" in says(restricted.get("/account/security-keys/")).replace("“Not yet used”", "")


def test_wrong_numbers_here_and_at_login_are_counted_together(restricted, keyed, visitor, session):
    for _ in range(3):
        restricted.post("/elevate/", {"code": "000000"})
    visitor.post("/login/", keyed.credentials())
    for _ in range(2):
        visitor.post("/key/", {"code": "000"})

    assert restricted.post("/elevate/", {"code": keyed.code()}).status_code == 429
    assert not session.elevated(restricted)


def test_the_session_gets_a_new_id(restricted, keyed, client_for, session):
    before = restricted.cookies["session"].value

    restricted.post("/elevate/", {"code": keyed.code()})

    old = client_for(None)
    old.cookies["session"] = before
    assert session.elevated(restricted)
    assert not session.signed_in(old)
