"""The helpdesk at the operator's console, in its own process under its own database role."""

import re

import psycopg
import pytest

from core.db.keys import uuid7
from tests.servers import run
from tests.shared_apps.operators import test_console
from tests.shared_apps.operators.test_console import console  # noqa: F401 -- a fixture


def plant(own_database):
    """A request as the outbox hands it over; its id."""
    request_id = uuid7()
    with psycopg.connect(own_database.url("app"), autocommit=True) as connection:
        (school_id,) = connection.execute("SELECT id FROM public.tenants_school ORDER BY name").fetchone()
        connection.execute(
            "INSERT INTO public.helpdesk_supportrequest (id, school_id, user_id, from_name, from_email,"
            " is_key_user, subject, phone, message, received_at, answer)"
            " VALUES (%s, %s, %s, 'Martin Coleman', 'm.coleman@ashgrove.sch.example', true,"
            " 'The import', '01632 960123', 'It <b>failed</b>.', now(), '')",
            [request_id, school_id, uuid7()],
        )
    return request_id


@pytest.mark.spec("EXT-10")
def test_operator_reads_a_request_marks_it_done_and_the_person_is_mailed(
    console,  # noqa: F811 -- the fixture
    own_database,
    mailbox,
    product_environment,
):
    port, _ = console
    request_id = plant(own_database)
    visitor, operator = test_console.Browser(port), test_console.Browser(port)
    assert visitor.get(f"/requests/{request_id}/")[0] == 302
    assert "Coleman" not in visitor.get("/requests/")[1]
    operator.sign_in()
    _, page, _ = operator.get("/requests/")
    assert "Ashgrove School" in page
    assert "Martin Coleman" in page
    status, page, _ = operator.get(f"/requests/{request_id}/")
    assert status == 200
    assert "It &lt;b&gt;failed&lt;/b&gt;." in page
    assert operator.get(f"/requests/{uuid7()}/")[0] == 404
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    sent = {"csrfmiddlewaretoken": token, "answer": "It runs again."}
    status, _, headers = operator.get(f"/requests/{request_id}/", sent, Origin=f"http://{operator.host}")
    assert (status, headers["Location"]) == (302, "/requests/")
    assert "Martin Coleman" not in operator.get("/requests/")[1]
    assert "Martin Coleman" in operator.get("/requests/?done=yes")[1]
    assert "It runs again." in operator.get(f"/requests/{request_id}/")[1]
    with psycopg.connect(own_database.url("platform"), autocommit=True) as connection:
        owed = connection.execute(
            "SELECT topic FROM public.outbox_outboxentry WHERE key = %s", [str(request_id)]
        ).fetchall()
        assert owed == [("helpdesk.done",)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM public.helpdesk_supportrequest")
    with (
        psycopg.connect(own_database.url("app"), autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("UPDATE public.helpdesk_supportrequest SET answer = 'x'")
    environment = {**product_environment, "EMAIL_URL": mailbox.url}
    run(["manage.py", "schedule", "--once"], environment)
    run(["manage.py", "work", "--burst"], environment)
    (mail,) = [one for one in mailbox.messages() if one.recipient == "m.coleman@ashgrove.sch.example"]
    assert "It runs again." in mail.message.get_body(("plain",)).get_content()
    assert "failed" not in mail.message.as_string()
