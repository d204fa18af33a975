import re

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_catalogue_draws_every_component_with_and_without_faults(client_for, cast):
    client = client_for(cast.teacher.user)
    for address in ("/catalogue/", "/catalogue/?faults"):
        page = client.get(address)
        assert page.status_code == 200
        text = page.content.decode()
        assert "chronology" in text
        assert ("There is a problem" in text) == address.endswith("faults")


def test_catalogue_is_for_those_signed_in(client_for):
    answer = client_for(None).get("/catalogue/")
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("people:login", urlconf="config.urls_school"))


def test_catalogue_suggestions_name_only_made_up_people(client_for, cast):
    text = client_for(cast.teacher.user).get("/catalogue/people/?q=rosie").content.decode()
    assert text.count('role="option"') == 2
    assert "there are 2" in text


def test_dual_list_is_a_list_of_ticks_before_any_script_runs(client_for, cast):
    page = client_for(cast.teacher.user).get("/catalogue/").content.decode()
    ticked = {
        value: "checked" in rest for value, rest in re.findall(r'name="staff" value="(\w+)"([^>]*)>', page)
    }
    assert ticked == {"s1": False, "s2": False, "s3": True, "s4": False}
    assert "These users will be in this alert group" in page
    assert "Filter by name or user group" in page
