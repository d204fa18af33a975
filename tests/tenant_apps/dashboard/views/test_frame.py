"""What stands around every page."""

import pytest


@pytest.mark.spec("DSH-21")
def test_security_message_stands_first_on_every_page_of_this_school_only(in_a, client_for, cast, cast_b):
    from core.access import SYSTEM
    from tenant_apps.school_settings.services import update_settings

    message = "Lock your screen when you leave it."
    update_settings(security_message=message, by=SYSTEM)
    for client, path in (
        (client_for(cast.lead), "/"),
        (client_for(cast.support), "/"),
        (client_for(cast.support), "/incidents/add/"),
    ):
        page = client.get(path).content.decode()
        assert page.count(message) == 1, path
        assert page.index(message) < page.index("<h1")
    assert message not in client_for(cast_b.lead).get("/").content.decode()
    update_settings(security_message="", by=SYSTEM)
    assert "Security message" not in client_for(cast.lead).get("/").content.decode()
