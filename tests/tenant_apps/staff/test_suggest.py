import pytest
from django.urls import reverse


def ask(client, term):
    return client.get("/staff/suggest/", {"q": term})


@pytest.mark.spec("INC-22")
@pytest.mark.parametrize("part", ["lead", "support"])
def test_suggests_registered_staff_to_everyone_signed_in(school_a, cast, client_for, part):
    response = ask(client_for(getattr(cast, part), elevated=False), "oka")
    body = response.content.decode()
    assert response.status_code == 200
    assert f'data-autocomplete-value="{cast.lead.user.pk}"' in body
    assert "Daniel Okafor" in body
    assert "Nair" not in body
    assert reverse("staff:suggest", urlconf="config.urls_school") == "/staff/suggest/"


@pytest.mark.spec("INC-22")
def test_never_shows_an_address(school_a, cast, client_for):
    body = ask(client_for(cast.teacher), "o").content.decode()
    assert "Okafor" in body
    assert "@" not in body
    assert "ashgrove" not in body


def test_knows_nobody_of_another_school(school_a, cast, cast_b, client_for):
    body = ask(client_for(cast.teacher), "oka").content.decode()
    assert str(cast.lead.user.pk) in body
    assert str(cast_b.lead.user.pk) not in body


def test_visitor_is_sent_to_the_login_page(school_a, client_for):
    response = ask(client_for(), "oka")
    assert response.status_code == 302
    assert response["Location"].startswith("/login/")
    assert b"Okafor" not in response.content


def test_takes_no_post(school_a, cast, client_for):
    assert client_for(cast.teacher).post("/staff/suggest/", {"q": "oka"}).status_code == 405
