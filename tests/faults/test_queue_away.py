"""F5, F6: Valkey is away, or loses all that it held, while a concern travels through the real processes."""

import pytest

from core.db.keys import uuid7
from tests.core.outbox.test_worker import wait_for
from tests.core.web.test_killed import TEXT
from tests.data.schools import PASSWORD

HALF_A_MINUTE = 30


def sent(mailbox):
    """The recipients of all mails that arrived, retries included."""
    return sorted(delivery["recipient"] for delivery in mailbox.deliveries())


@pytest.mark.attack("A54")
@pytest.mark.fault("F5", "F6")
def test_concern_is_saved_without_a_queue_and_its_mails_go_out_once_it_is_back(house, mailbox):
    # Down: what is added is kept and said to be kept; nobody is mailed yet.
    house.token = house.token_of("/incidents/add/")
    house.valkey.kill()
    before = house.counts()
    assert house.post("/incidents/add/", house.form(str(uuid7())))[0] == 302
    assert house.counts()[0] == before[0] + 1
    assert "My History" in house.browser.get("/")[1]
    assert house.owed() > 0
    assert sent(mailbox) == []

    # Back, and empty: the scheduler finds in the database what is owed.
    house.valkey.start()
    worker = house.process("worker", "work")
    scheduler = house.process("scheduler", "schedule", "--interval", "1")
    assert wait_for(lambda: house.owed() == 0, HALF_A_MINUTE)
    first = house.recipients()
    assert sent(mailbox) == first

    # It no longer knows who was active when: the screen is locked until the password.
    assert house.browser.get("/")[0] == 423
    assert house.post("/unlock/", {"password": PASSWORD})[0] == 302

    # Killed with work in it, while nobody works: all of it is found again, and nothing of what was done.
    worker.kill()
    assert house.post("/incidents/add/", house.form(str(uuid7())))[0] == 302
    assert wait_for(lambda: house.valkey.client().llen("rq:queue:default"))
    house.valkey.kill()
    house.valkey.start()
    assert house.owed() > 0
    house.process("worker", "work")
    assert wait_for(lambda: house.owed() == 0, HALF_A_MINUTE)
    assert scheduler.is_running
    assert len(house.recipients()) == 2 * len(first)
    assert sent(mailbox) == house.recipients()
    assert len(mailbox.messages()) == len(house.recipients())

    # Three processes wrote a log meanwhile, and none of them a word of the record or an address.
    log = house.log_file.read_text()
    assert "incidents:add" in log
    for word in (TEXT, "Amelia", "breakfast", "@", "Traceback"):
        assert word not in log, word
