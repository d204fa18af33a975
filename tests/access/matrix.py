"""Who may call what, as data: the authority on permissions.

Every route of every URL conf stands here at least once; a test fails for a route that does not. Each row is
one request (route, method, relation to the record, what is sent) and one letter for each role in ROLES. The
rows are run against the product and rendered into docs/permissions.md (`ops/permissions`).

To add a route: add its row, with a letter for each role; name the record in `tests/access/conftest.py` if
none of its relations fits.
"""

from dataclasses import dataclass
from typing import NamedTuple

OUTCOMES = {
    "S": "shown (or led on to a page of the product)",
    "D": "done: something is stored",
    "K": "answered, nothing is stored",
    "R": "asked again: what was sent is not complete or not right",
    "L": "sent to the login page",
    "F": "refused: 403, audited, nothing stored",
    "T": "refused: 401, it asks for the school's token, which no session stands in for",
    "N": "not found: 404, audited for records, nothing stored",
}


class Role(NamedTuple):
    """Somebody who calls: who of the cast, and whether the key was used in the session."""

    name: str
    part: str
    is_elevated: bool
    meaning: str


ROLES = (
    Role("visitor", "", False, "nobody signed in"),
    Role("other school", "outsider", True, "the lead of another school with that school's session"),
    Role("support", "support", False, "Non-key staff"),
    Role("without key", "lead", False, "a DSL whose session was opened without the key"),
    Role("teacher", "teacher", True, "Teachers, key used"),
    Role("pastoral", "pastoral", True, "Pastoral leads, key used"),
    Role("lead", "lead", True, "DSL/SLT, key used"),
    Role("head", "head", True, "Admin, key used"),
    Role("data", "data", True, "System administration, key used"),
)


ROLES_OF_HOST = {
    "school": tuple(role.name for role in ROLES),
    "auth": ("everybody",),
    "console": ("nobody signed in", "operator"),
}


@dataclass(frozen=True)
class Row:
    """One request and its outcome for each role, in the order of ROLES_OF_HOST."""

    route: str
    method: str
    relation: str
    outcomes: str
    sent: str = ""
    """Which form is sent with a POST, by its name in `tests/access/conftest.py`."""
    host: str = "school"

    @property
    def roles(self) -> tuple[str, ...]:
        """Who calls, on this host."""
        return ROLES_OF_HOST[self.host]

    @property
    def letters(self) -> list[str]:
        """One letter for each role."""
        return self.outcomes.split()

    @property
    def title(self) -> str:
        """The row in a word, for the list of tests."""
        return " ".join(part for part in (self.method, self.route, self.relation, self.sent) if part)


EVERYBODY_SIGNED_IN = "L L S S S S S S S"

ROWS = [
    # --- Signing in --------------------------------------------------------------------------------
    Row("people:login", "GET", "", "S S S S S S S S S"),
    Row("people:login", "POST", "", "R R R R R R R R R", "a wrong password"),
    Row("people:reset", "GET", "", "S S S S S S S S S"),
    Row("people:reset", "POST", "", "D D D D D D D D D", "an unknown email"),
    Row("people:reset-sent", "GET", "", "S S S S S S S S S"),
    Row("people:set-password", "GET", "of an unknown link", "S S S S S S S S S"),
    Row("people:set-password", "POST", "of an unknown link", "K K K K K K K K K", "a password"),
    Row("people:password-strength", "POST", "of an unknown link", "N N N N N N N N N", "a password"),
    Row("people:key-prompt", "GET", "", EVERYBODY_SIGNED_IN),
    Row("people:key-question", "POST", "", "L L K K K K K K K", "an empty form"),
    Row("people:elevate", "GET", "", EVERYBODY_SIGNED_IN),
    # Who has no key, or used it already, is led on.
    Row("people:elevate", "POST", "", "L L K R K K K K K", "a wrong code"),
    Row("people:key-prompt", "POST", "", "L L K R K K K K K", "a wrong code"),
    Row("people:logout", "POST", "", "L L L L L L L L L", "an empty form"),
    Row("people:unlock", "GET", "", EVERYBODY_SIGNED_IN),
    Row("people:unlock", "POST", "", "L L R R R R R R R", "a password"),
    # What covers a screen and how long nobody was there is the session's.
    Row("people:blank", "GET", "", EVERYBODY_SIGNED_IN),
    Row("people:blank", "POST", "", "L L K K K K K K K", "a covered screen"),
    Row("people:here", "POST", "", "L L K K K K K K K", "an empty form"),
    # --- Oneself -----------------------------------------------------------------------------------
    Row("people:account", "GET", "", EVERYBODY_SIGNED_IN),
    Row("people:theme", "POST", "", "L L D D D D D D D", "a theme"),
    # A key that is there opens the page of keys: a stolen password alone may not add another.
    Row("people:security-keys", "GET", "", "L L S F S S S S S"),
    Row("people:add-device", "GET", "", "L L S F S S S S S"),
    Row("people:save-device", "POST", "without having seen the code", "L L K F K K K K K", "a wrong code"),
    Row("people:recovery-codes", "POST", "", "L L F F D D D D D", "an empty form"),
    Row("people:u2f-question", "POST", "", "L L K F K K K K K", "an empty form"),
    Row("people:register-u2f", "POST", "", "L L R F R R R R R", "a wrong code"),
    Row("people:own-key", "GET", "of no key", "L L N F N N N N N"),
    # Password and key are asked for again first.
    Row("people:own-key", "GET", "of the lead's soft key", "L L N F N N S N N"),
    Row("people:rename-key", "POST", "of the lead's soft key", "L L N F N N K N N", "a wrong code"),
    Row("people:remove-key", "POST", "of the lead's soft key", "L L N F N N K N N", "an empty form"),
    Row("people:confirm", "GET", "", EVERYBODY_SIGNED_IN),
    Row("people:confirm", "POST", "", "L L R R R R R R R", "a wrong password"),
    Row("people:change-password", "GET", "", EVERYBODY_SIGNED_IN),
    Row("people:change-password", "POST", "", "L L K K K K K K K", "a password"),
    Row("people:own-password-strength", "POST", "", "L L K K K K K K K", "a password"),
    Row("people:change-email", "GET", "", EVERYBODY_SIGNED_IN),
    Row("people:change-email", "POST", "", "L L K K K K K K K", "an unknown email"),
    Row("people:sessions", "GET", "", EVERYBODY_SIGNED_IN),
    Row("people:end-session", "POST", "of the teacher's session", "L L N N D N N N N", "an empty form"),
    Row("people:end-other-sessions", "POST", "", "L L K K K K K K K", "an empty form"),
    Row("hide-names", "POST", "", "L L K K K K K K K", "an empty form"),
    # --- Frame and dashboards ----------------------------------------------------------------------
    Row("dashboard:home", "GET", "", EVERYBODY_SIGNED_IN),
    Row("dashboard:morning", "GET", "", "L L F F S S S S S"),
    Row("dashboard:morning-pdf", "GET", "", "L L F F S S S S S"),
    Row("dashboard:monitored", "GET", "of Behaviour", "L L F F S S S S F"),
    Row("dashboard:monitored", "GET", "of Child Protection", "L L F F N N S S F"),
    Row("component-catalogue", "GET", "", EVERYBODY_SIGNED_IN),
    Row("component-catalogue-people", "GET", "", EVERYBODY_SIGNED_IN),
    Row("component-catalogue-draft", "POST", "", "L L K K K K K K K", "an empty form"),
    Row("staff:suggest", "GET", "", EVERYBODY_SIGNED_IN),
    # --- Planner -----------------------------------------------------------------------------------
    Row("planner:remind", "GET", "", "L L F F S S S S F"),
    Row("planner:remind", "POST", "", "L L F F D D D D F", "a reminder"),
    Row("planner:done", "POST", "of the lead", "L L F F N N D N F", "an empty form"),
    Row("planner:done", "POST", "of no reminder", "L L F F N N N N F", "an empty form"),
    Row("planner:again", "POST", "of the lead", "L L F F N N D N F", "an hour"),
    # --- Pupils ------------------------------------------------------------------------------------
    Row("students:suggest", "GET", "", "L L S S S S S S F"),
    Row("students:names", "GET", "", "L L S S S S S S F"),
    Row("profile:search", "GET", "", "L L F F S S S S F"),
    Row("profile:register", "GET", "of a tutor group", "L L F F S S S S F"),
    Row("profile:register", "GET", "of no group", "L L F F N N N N F"),
    Row("profile:overview", "GET", "of a pupil", "L L F F S S S S F"),
    Row("profile:overview", "GET", "of no pupil", "L L F F N N N N F"),
    # Monitoring asks "View Students" on the category and one's classes.
    Row("profile:update-register", "GET", "of a tutor group", "L L F F S S S S F"),
    Row("profile:update-register", "GET", "of no group", "L L F F N N N N F"),
    Row("profile:update-register", "POST", "of a tutor group", "L L F F R R R R F", "an empty form"),
    Row("profile:update-register", "POST", "of a tutor group", "L L F F D D D D F", "a pupil to Bullying"),
    Row("profile:update-register", "POST", "of a tutor group", "L L F F R R D D F", "a pupil to Neglect"),
    Row("profile:update-monitored", "GET", "of Behaviour", "L L F F S S S S F"),
    Row("profile:update-monitored", "GET", "of Child Protection", "L L F F N N S S F"),
    Row("profile:update-monitored", "GET", "of no category", "L L F F N N N N F"),
    Row(
        "profile:update-monitored",
        "POST",
        "of Behaviour, a pupil monitored",
        "L L F F D D D D F",
        "a pupil out of Behaviour",
    ),
    Row("profile:edit", "GET", "of a pupil", "L L F F S S S S F"),
    Row("profile:edit", "GET", "of no pupil", "L L F F N N N N F"),
    Row("profile:edit", "POST", "of a pupil", "L L F F D D D D F", "a tick at Bullying"),
    # Without the block "Summary, keywords, agencies" these fields are not part of the form.
    Row("profile:edit", "POST", "of a pupil", "L L F F K D D D F", "a summary"),
    Row("profile:edit", "POST", "of no pupil", "L L F F N N N N F", "a summary"),
    # How a record is kept is for editors and administrators who open profiles.
    Row("profile:keeping", "GET", "of a pupil", "L L F F F F S S F"),
    Row("profile:keeping", "GET", "of no pupil", "L L F F F F N N F"),
    Row("profile:keeping", "POST", "of a pupil", "L L F F F F D D F", "lead and head as its readers"),
    Row("profile:keeping", "POST", "of a pupil", "L L F F F F D D F", "a death"),
    Row("profile:sealed", "GET", "", "L L F F S S S S F"),
    Row("profile:overview", "GET", "of a pupil sealed for lead and head", "L L F F N N S S F"),
    Row("incidents:chronology", "GET", "of a pupil sealed for lead and head", "L L F F N N S S F"),
    Row("profile:photo", "GET", "with a photograph", "L L F F S S S S F"),
    Row("profile:photo", "GET", "of a pupil", "L L F F N N N N F"),
    Row("profile:attendance", "GET", "of a pupil", "L L F F S S S S F"),
    Row("profile:attendance", "GET", "of no pupil", "L L F F N N N N F"),
    # Contacts and links are one block of the overview; Teachers do not see it.
    Row("profile:contacts", "GET", "of a pupil", "L L F F F S S S F"),
    Row("profile:contacts", "GET", "of no pupil", "L L F F N N N N F"),
    Row("profile:add-contact", "GET", "of a pupil", "L L F F F S S S F"),
    Row("profile:add-contact", "POST", "of a pupil", "L L F F F D D D F", "a contact"),
    Row("profile:contact", "GET", "kept by hand", "L L F F F S S S F"),
    Row("profile:contact", "GET", "of no contact", "L L F F F N N N F"),
    Row("profile:contact", "POST", "kept by hand", "L L F F F D D D F", "a contact"),
    Row("profile:links", "GET", "of a pupil", "L L F F F S S S F"),
    Row("profile:links", "POST", "of a pupil", "L L F F F D D D F", "a link"),
    Row("profile:links", "POST", "of a pupil", "L L F F F D D D F", "a sibling elsewhere"),
    # What a court says is the DSL's to write down, and so is which address nobody is told.
    Row("profile:withhold", "POST", "of a pupil", "L L F F F F D D F", "a yes to withholding"),
    Row("profile:add-court-order", "GET", "of a pupil", "L L F F F F S S F"),
    Row("profile:add-court-order", "POST", "of a pupil", "L L F F F F D D F", "a court order"),
    Row("profile:court-order", "GET", "that stands", "L L F F F F S S F"),
    Row("profile:court-order", "GET", "that nobody wrote down", "L L F F F F N N F"),
    Row("profile:court-order", "POST", "that stands", "L L F F F F D D F", "a court order"),
    Row("profile:court-order-file", "POST", "that stands", "L L F F F F D D F", "a file"),
    Row("profile:monitoring", "GET", "of a pupil", "L L F F S S S S F"),
    Row("profile:monitoring", "GET", "of no pupil", "L L F F N N N N F"),
    Row("profile:audit-report", "GET", "of a pupil", "L L F F S S S S F"),
    Row("profile:audit-report", "GET", "of no pupil", "L L F F N N N N F"),
    Row("profile:export-report", "GET", "of a pupil", "L L F F S S S S F"),
    Row("profile:export-report", "GET", "of no pupil", "L L F F N N N N F"),
    # --- The record --------------------------------------------------------------------------------
    Row("incidents:add", "GET", "", "L L S S S S S S F"),
    Row("incidents:add", "POST", "", "L L D D D D D D F", "an incident"),
    Row("incidents:add", "POST", "", "L L R D R R D D F", "a child protection incident"),
    Row("incidents:add", "POST", "", "L L D D D D D D F", "an incident about nobody on the list"),
    # What is about nobody on the list is of no class: without "ungrouped students" nobody meets it.
    Row("incidents:tray", "GET", "", "L L F F S S S S S"),
    Row("incidents:attach", "GET", "in the tray", "L L F F N N S S F"),
    Row("incidents:attach", "GET", "of no incident in the tray", "L L F F N N N N F"),
    Row("incidents:attach", "POST", "in the tray", "L L F F N N D D F", "a student, readers confirmed"),
    Row("incidents:attach", "POST", "in the tray", "L L F F N N R R F", "an empty form"),
    Row("incidents:attach", "GET", "that was attached", "L L F F N N N N F"),
    Row("incidents:keep", "POST", "in the tray", "L L F F N N D D F", "an empty form"),
    Row("incidents:keep", "POST", "of no incident in the tray", "L L F F N N N N F", "an empty form"),
    Row("incidents:draft", "POST", "of a new draft", "L L D D D D D D F", "a draft"),
    Row("incidents:draft", "POST", "of the teacher's draft", "L L N N D N N N F", "a draft"),
    Row("incidents:discard-draft", "POST", "of the teacher's draft", "L L N N D N N N F", "an empty form"),
    Row("incidents:chronology", "GET", "of a pupil", "L L F F S S S S F"),
    Row("incidents:chronology-pdf", "GET", "of a pupil", "L L F F S S S S F"),
    Row("incidents:search-log", "GET", "of a pupil", "L L F F S S S S F"),
    Row("incidents:search-log", "POST", "of a pupil", "L L F F K K K K F", "words to find"),
    Row("incidents:entry", "GET", "under Behaviour", "L L N N S S S S N"),
    Row("incidents:entry", "GET", "under Child Protection", "L L N N N N S S N"),
    Row("incidents:entry", "GET", "under Child Protection, all alerted", "L L S S S S S S S"),
    Row("incidents:entry", "GET", "under Child Protection, all alerted and read", "L L N N N N S S N"),
    Row("incidents:entry", "GET", "of no incident", "L L N N N N N N N"),
    Row("incidents:print", "GET", "under Behaviour", "L L N N S S S S N"),
    Row("incidents:print", "GET", "under Child Protection", "L L N N N N S S N"),
    Row("incidents:print", "GET", "under Child Protection, all alerted", "L L S S S S S S S"),
    Row("incidents:edit", "GET", "under Behaviour", "L L F F F F S S F"),
    Row("incidents:edit", "GET", "under Child Protection", "L L F F F F S S F"),
    Row("incidents:edit", "POST", "under Behaviour", "L L F F F F D D F", "an edit"),
    Row(
        "incidents:edit", "POST", "under Behaviour, teacher and lead blocked", "L L F F F F N D F", "an edit"
    ),
    Row("incidents:edit-action", "GET", "under Behaviour, not copied", "L L F F F F S S F"),
    Row("incidents:edit-action", "POST", "under Behaviour, not copied", "L L F F F F D D F", "an edit"),
    Row("incidents:delete", "GET", "under Behaviour", "L L F F F F S S F"),
    Row("incidents:delete", "POST", "under Behaviour", "L L F F F F D D F", "a reason"),
    Row("incidents:delete", "POST", "under Behaviour", "L L F F F F R R F", "an empty form"),
    Row(
        "incidents:delete",
        "POST",
        "under Behaviour, teacher and lead blocked",
        "L L F F F F N D F",
        "a reason",
    ),
    Row("incidents:delete-action", "GET", "under Behaviour, not copied", "L L F F F F S S F"),
    Row("incidents:delete-action", "POST", "under Behaviour, not copied", "L L F F F F D D F", "a reason"),
    Row("incidents:merge", "GET", "under Behaviour", "L L F F F F S S F"),
    Row("incidents:merge", "POST", "under Behaviour", "L L F F F F D D F", "one to merge into"),
    Row("incidents:merge", "POST", "under Behaviour", "L L F F F F N N F", "an empty form"),
    Row(
        "incidents:merge",
        "POST",
        "under Behaviour, teacher and lead blocked",
        "L L F F F F N R F",
        "one to merge into",
    ),
    Row("incidents:split", "GET", "under Behaviour, not copied", "L L F F F F S S F"),
    Row(
        "incidents:split",
        "POST",
        "under Behaviour, not copied",
        "L L F F F F D D F",
        "the category Behaviour",
    ),
    Row("incidents:split", "GET", "deleted from its incident", "L L F F F F N N F"),
    Row("incidents:move", "GET", "under Behaviour", "L L F F F F S S F"),
    Row("incidents:move", "POST", "under Behaviour", "L L F F F F D D F", "another pupil and why"),
    Row("incidents:move", "POST", "under Behaviour", "L L F F F F R R F", "an empty form"),
    Row("incidents:pin", "POST", "in a pupil's log", "L L F F F F D D F", "an empty form"),
    Row("incidents:pin", "POST", "in a log, teacher and lead blocked", "L L F F F F N D F", "an empty form"),
    Row("incidents:unpin", "POST", "pinned in a pupil's log", "L L F F F F D D F", "an empty form"),
    Row("incidents:restore", "POST", "that was deleted", "L L F F F F D D F", "an empty form"),
    Row("incidents:restore", "POST", "under Behaviour", "L L F F F F N N F", "an empty form"),
    Row(
        "incidents:restore-action", "POST", "deleted from its incident", "L L F F F F D D F", "an empty form"
    ),
    Row("incidents:entry", "GET", "that was deleted", "L L N N N N N N N"),
    Row("incidents:history", "GET", "that was deleted", "L L F F F F S S F"),
    Row("incidents:history", "GET", "under Behaviour", "L L F F F F S S F"),
    Row("incidents:history", "GET", "under Behaviour, teacher and lead blocked", "L L F F F F N S F"),
    Row("incidents:action-history", "GET", "under Behaviour, not copied", "L L F F F F S S F"),
    Row("incidents:told", "GET", "under Behaviour", "L L N S N N S N N"),
    Row("incidents:plan-incident", "GET", "under Behaviour", "L L F F S S S S F"),
    Row("incidents:plan-incident", "POST", "under Behaviour", "L L F F D D D D F", "a reminder"),
    Row("incidents:plan-incident", "POST", "under Child Protection", "L L F F N N D D F", "a reminder"),
    Row("incidents:plan-action", "GET", "under Behaviour, not copied", "L L F F S S S S F"),
    Row("incidents:plan-action", "POST", "under Behaviour, not copied", "L L F F D D D D F", "a reminder"),
    Row("incidents:own-words", "GET", "under Behaviour", "L L N S N N S N N"),
    Row("incidents:own-words", "GET", "under Child Protection, all alerted", "L L N N N N N N N"),
    Row("incidents:own-words", "GET", "that was deleted", "L L N N N N N N N"),
    Row("incidents:own-action", "GET", "under Behaviour, not copied", "L L N S N N S N N"),
    Row("incidents:add-action", "GET", "under Behaviour", "L L N S S S S S F"),
    Row("incidents:add-action", "POST", "under Behaviour", "L L N D D D D D F", "an action"),
    Row("incidents:add-action", "POST", "under Child Protection", "L L N D N N D D F", "an action"),
    Row(
        "incidents:add-action",
        "POST",
        "under Child Protection, all alerted",
        "L L D D D D D D F",
        "an action",
    ),
    Row(
        "incidents:mark-read",
        "POST",
        "under Child Protection, all alerted",
        "L L D D D D D D D",
        "an empty form",
    ),
    Row("incidents:mark-read", "POST", "under Behaviour", "L L N N K K K K N", "an empty form"),
    Row("incidents:change-status", "GET", "under Behaviour", "L L F F S S S S N"),
    Row("incidents:change-status", "POST", "under Behaviour", "L L F F D D D D N", "the status Closed"),
    Row(
        "incidents:change-status", "POST", "under Child Protection", "L L F F N N D D N", "the status Closed"
    ),
    # Added by the lead, who as its author may take an alert back without a key too; data may not read it.
    Row("incidents:withdraw-alerts", "GET", "under Behaviour", "L L N S N N S S N"),
    Row("incidents:withdraw-alerts", "GET", "under Child Protection", "L L N S N N S S N"),
    Row("incidents:withdraw-alerts", "POST", "under Behaviour", "L L N D N N D D N", "the deputy's alert"),
    Row("incidents:copy-action", "GET", "under Behaviour, not copied", "L L F F S S S S F"),
    Row("incidents:copy-action", "GET", "under Child Protection, not copied", "L L F F N N S S F"),
    Row(
        "incidents:copy-action",
        "POST",
        "under Behaviour, not copied",
        "L L F F D D D D F",
        "a linked student",
    ),
    Row(
        "incidents:copy-action",
        "POST",
        "under Child Protection, not copied",
        "L L F F N N D D F",
        "a linked student",
    ),
    Row(
        "incidents:decide-category", "POST", "waiting on an Early Help incident", "L L F F N N D D N", "a yes"
    ),
    Row("profile:blocked", "GET", "of a pupil", "L L F F F F S S S"),
    Row("profile:blocked", "GET", "of no pupil", "L L F F F F N N N"),
    Row("profile:blocked", "POST", "of a pupil", "L L F F F F D D D", "a block of the teacher"),
    Row("profile:blocked", "POST", "of a pupil", "L L F F F F R R R", "an empty form"),
    Row("incidents:readers", "GET", "under Behaviour", "L L N N S S S S N"),
    Row("incidents:readers", "GET", "under Child Protection", "L L N N N N S S N"),
    Row("incidents:readers", "GET", "under Child Protection, all alerted", "L L S S S S S S S"),
    Row("incidents:readers-of-form", "GET", "", "L L S S S S S S F"),
    Row("incidents:blocked", "GET", "under Behaviour", "L L F F F F S S N"),
    Row("incidents:blocked", "POST", "under Behaviour", "L L F F F F D D N", "a block of the teacher"),
    Row("incidents:entry", "GET", "under Behaviour, teacher and lead blocked", "L L N N N S N S N"),
    Row("incidents:entry", "GET", "about a pupil kept from teacher and lead", "L L N N N S N S N"),
    Row("incidents:entry", "GET", "all alerted, teacher and lead blocked", "L L S N N S N S S"),
    Row("incidents:chronology", "GET", "of a pupil kept from teacher and lead", "L L F F N S N S F"),
    Row("incidents:chronology-pdf", "GET", "of a pupil kept from teacher and lead", "L L F F N S N S F"),
    Row("incidents:search-log", "GET", "of a pupil kept from teacher and lead", "L L F F N S N S F"),
    Row("profile:overview", "GET", "of a pupil kept from teacher and lead", "L L F F N S N S F"),
    Row("profile:blocked", "GET", "of a pupil kept from teacher and lead", "L L F F F F N S S"),
    Row(
        "profile:blocked",
        "POST",
        "of a pupil kept from teacher and lead",
        "L L F F F F N D D",
        "the lead's block lifted",
    ),
    # --- Documents ---------------------------------------------------------------------------------
    Row("documents:upload", "POST", "into a new draft", "L L D D D D D D F", "a file"),
    Row("documents:open", "GET", "of an incident under Behaviour", "L L N N S S S S N"),
    Row("documents:open", "GET", "of an incident under Child Protection", "L L N N N N S S N"),
    Row("documents:open", "GET", "in the teacher's draft", "L L N N S N N N N"),
    Row("documents:remove", "POST", "in the teacher's draft", "L L N N D N N N N", "an empty form"),
    Row("documents:remove", "POST", "of an incident under Behaviour", "L L N N N N N N N", "an empty form"),
    Row("documents:logo", "GET", "with a logo", "S S S S S S S S S"),
    Row("documents:logo", "GET", "", "N N N N N N N N N"),
    Row("documents:set-logo", "POST", "", "L L F F F F F D D", "a picture"),
    Row("documents:set-logo", "POST", "", "L L F F F F F R R", "an empty form"),
    Row("documents:remove-logo", "POST", "with a logo", "L L F F F F F D D", "an empty form"),
    # --- Contact Support ---------------------------------------------------------------------------
    Row("helpdesk:contact", "GET", "", "L L S S S S S S S"),
    Row("helpdesk:contact", "POST", "", "L L D D D D D D D", "a message to the helpdesk"),
    Row("helpdesk:contact", "POST", "", "L L R R R R R R R", "an empty form"),
    # --- Admin -------------------------------------------------------------------------------------
    Row("administration:overview", "GET", "", "L L F F F F F S S"),
    Row("administration:agreement", "GET", "", "L L F F F F F S S"),
    Row("school_settings:settings", "GET", "", "L L F F F F F S S"),
    Row("school_settings:settings", "POST", "", "L L F F F F F D D", "the settings"),
    Row("school_settings:settings", "POST", "", "L L F F F F F R R", "an empty form"),
    Row("training:begin", "POST", "", "L L F F F F F D D", "an empty form"),
    Row("training:manage", "GET", "", "L L F F F F F S S"),
    Row("training:manage", "GET", "in training mode", "L L F F F F F S S"),
    Row("training:manage", "POST", "in training mode", "L L F F F F F D D", "the school's name"),
    Row("training:manage", "POST", "in training mode", "L L F F F F F R R", "a wrong name"),
    Row("school_settings:calendar", "GET", "", "L L F F F F F S S"),
    Row("school_settings:calendar", "POST", "", "L L F F F F F D D", "an academic year"),
    Row("school_settings:close", "POST", "", "L L F F F F F D D", "a closure"),
    Row("school_settings:reopen", "POST", "of a closure", "L L F F F F F D D", "an empty form"),
    Row("school_settings:reopen", "POST", "of no closure", "L L F F F F F N N", "an empty form"),
    Row("staff:users", "GET", "", "L L F F F F F S S"),
    Row("staff:new-user", "GET", "", "L L F F F F F S S"),
    Row("staff:new-user", "POST", "", "L L F F F F F D D", "a user of the MIS"),
    Row("staff:new-user", "POST", "", "L L F F F F F R R", "an empty form"),
    Row("staff:add-non-mis-user", "GET", "", "L L F F F F F S S"),
    Row("staff:add-non-mis-user", "POST", "", "L L F F F F F D D", "a supply teacher"),
    Row("staff:add-non-mis-user", "POST", "", "L L F F F F F R R", "an empty form"),
    Row("staff:deactivated", "GET", "", "L L F F F F F S S"),
    Row("staff:user", "GET", "of the teacher", "L L F F F F F S S"),
    Row("staff:user", "GET", "of nobody", "L L F F F F F N N"),
    Row("staff:user", "POST", "of the teacher", "L L F F F F F D D", "the teacher's details"),
    Row("staff:user", "POST", "of nobody", "L L F F F F F N N", "the teacher's details"),
    Row("staff:user-permissions", "GET", "of the teacher", "L L F F F F F S S"),
    Row("staff:user-permissions", "GET", "of nobody", "L L F F F F F N N"),
    Row("staff:user-permissions", "POST", "of the teacher", "L L F F F F F D D", "Non-key staff as group"),
    Row("staff:user-permissions", "POST", "of nobody", "L L F F F F F N N", "Non-key staff as group"),
    Row("staff:user-keys", "GET", "of the teacher", "L L F F F F F S S"),
    Row("staff:user-keys", "GET", "of nobody", "L L F F F F F N N"),
    Row("staff:user-keys", "POST", "of the teacher", "L L F F F F F R R", "an empty form"),
    Row("staff:user-keys", "POST", "of the teacher", "L L F F F F F D D", "the tick under the notice"),
    Row("staff:user-keys", "POST", "of nobody", "L L F F F F F N N", "the tick under the notice"),
    Row("staff:deactivate", "GET", "of the teacher", "L L F F F F F S S"),
    Row("staff:deactivate", "GET", "of nobody", "L L F F F F F N N"),
    Row("staff:deactivate", "POST", "of the teacher", "L L F F F F F D D", "an empty form"),
    Row("staff:deactivate", "POST", "of nobody", "L L F F F F F N N", "an empty form"),
    Row("staff:reactivate", "GET", "of a leaver", "L L F F F F F S S"),
    Row("staff:reactivate", "POST", "of a leaver", "L L F F F F F D D", "address and group"),
    Row("staff:reactivate", "POST", "of a leaver", "L L F F F F F R R", "an empty form"),
    # The head asked; a second person confirms, the person concerned without a key too.
    Row("staff:change", "GET", "about the lead, asked for by the head", "L L N S N N S S S"),
    Row("staff:change", "GET", "about nobody", "L L N N N N N N N"),
    Row("staff:change", "POST", "about the lead, asked for by the head", "L L N D N N D F D", "a yes"),
    Row(
        "staff:change", "POST", "about the lead, asked for by the head", "L L N F N N F D F", "a taking back"
    ),
    Row("staff:user-groups", "GET", "", "L L F F F F F S S"),
    Row("staff:new-user-group", "GET", "", "L L F F F F F S S"),
    Row("staff:new-user-group", "POST", "", "L L F F F F F D D", "a user group"),
    Row("staff:new-user-group", "POST", "", "L L F F F F F R R", "an empty form"),
    Row("staff:user-group", "GET", "of the user group Teachers", "L L F F F F F S S"),
    Row("staff:user-group", "GET", "of no user group", "L L F F F F F N N"),
    Row("staff:user-group", "POST", "of the user group Teachers", "L L F F F F F D D", "less for Teachers"),
    # A gain is first named, and stored only once it is confirmed.
    Row("staff:user-group", "POST", "of the user group Teachers", "L L F F F F F R R", "more for Teachers"),
    Row("staff:user-group", "POST", "of no user group", "L L F F F F F N N", "a user group"),
    Row("staff:alert-groups", "GET", "", "L L F F F F F S S"),
    Row("staff:new-alert-group", "GET", "", "L L F F F F F S S"),
    Row("staff:new-alert-group", "POST", "", "L L F F F F F D D", "an alert group"),
    Row("staff:new-alert-group", "POST", "", "L L F F F F F R R", "an empty form"),
    Row("staff:alert-group", "GET", "of the default alert group", "L L F F F F F S S"),
    Row("staff:alert-group", "GET", "of no alert group", "L L F F F F F N N"),
    Row("staff:alert-group", "POST", "of the default alert group", "L L F F F F F D D", "an alert group"),
    Row("staff:alert-group", "POST", "of no alert group", "L L F F F F F N N", "an alert group"),
    Row("administration:categories", "GET", "", "L L F F F F F S S"),
    Row("administration:new-category", "GET", "", "L L F F F F F S S"),
    Row("administration:new-category", "POST", "", "L L F F F F F D D", "a category"),
    Row("administration:category", "GET", "of Child Protection", "L L F F F F F S S"),
    Row("administration:category", "GET", "of no category", "L L F F F F F N N"),
    Row("administration:category", "POST", "of Behaviour", "L L F F F F F R R", "an empty form"),
    Row(
        "administration:merge-category", "POST", "of Behaviour", "L L F F F F F D D", "the target Attendance"
    ),
    Row("administration:merge-category", "POST", "of no category", "L L F F F F F N N", "an empty form"),
    Row("administration:delete-category", "GET", "of Behaviour", "L L F F F F F S S"),
    Row("administration:delete-category", "POST", "of Behaviour", "L L F F F F F D D", "an empty form"),
    Row("administration:delete-category", "POST", "of no category", "L L F F F F F N N", "an empty form"),
    Row("administration:enable-category", "POST", "that is disabled", "L L F F F F F D D", "an empty form"),
    Row("agencies:home", "GET", "", "L L F F F F F S S"),
    Row("agencies:new", "GET", "", "L L F F F F F S S"),
    Row("agencies:new", "POST", "", "L L F F F F F D D", "an agency"),
    Row("agencies:agency", "GET", "of an agency", "L L F F F F F S S"),
    Row("agencies:agency", "POST", "of an agency", "L L F F F F F D D", "an agency"),
    Row("agencies:agency", "GET", "of no agency", "L L F F F F F N N"),
    Row("agencies:delete", "GET", "of an agency", "L L F F F F F S S"),
    Row("agencies:delete", "POST", "of an agency", "L L F F F F F D D", "an empty form"),
    Row("agencies:delete", "POST", "of no agency", "L L F F F F F N N", "an empty form"),
    Row("agencies:enable", "POST", "of a disabled agency", "L L F F F F F D D", "an empty form"),
    # --- Maps --------------------------------------------------------------------------------------
    Row("maps:picture", "GET", "of an uploaded map", "L L S S S S S S S"),
    Row("maps:picture", "GET", "of the Body Map", "L L N N N N N N N"),
    Row("maps:picture", "GET", "of no map", "L L N N N N N N N"),
    Row("imports:home", "GET", "", "L L F F F F F S S"),
    Row("imports:upload", "POST", "", "L L F F F F F D D", "an extract"),
    Row("imports:detail", "GET", "of an import", "L L F F F F F S S"),
    Row("imports:detail", "GET", "of no import", "L L F F F F F N N"),
    Row("imports:progress", "GET", "of an import", "L L F F F F F S S"),
    Row("imports:decide", "POST", "of a held import", "L L F F F F F D D", "a decision"),
    Row("imports:decide", "POST", "of no import", "L L F F F F F N N", "a decision"),
    Row("imports:decide", "POST", "of a held import", "L L F F F F F R R", "an empty form"),
    Row("imports:upload-sheet", "POST", "", "L L F F F F F D D", "a spreadsheet"),
    Row("imports:columns", "GET", "of a spreadsheet", "L L F F F F F S S"),
    Row("imports:columns", "GET", "of no import", "L L F F F F F N N"),
    Row("imports:columns", "POST", "of a spreadsheet", "L L F F F F F D D", "columns"),
    Row("imports:columns", "POST", "of a spreadsheet", "L L F F F F F R R", "an empty form"),
    Row("imports:discard", "POST", "of a spreadsheet", "L L F F F F F D D", "an empty form"),
    Row("imports:discard", "POST", "of no import", "L L F F F F F N N", "an empty form"),
    Row("imports:token", "GET", "", "L L F F F F F S S"),
    Row("imports:token", "POST", "", "L L F F F F F D D", "an empty form"),
    Row("imports:end-token", "POST", "with a token", "L L F F F F F D D", "an empty form"),
    Row("imports:api-extracts", "POST", "with a token", "T T T T T T T T T", "an extract"),
    Row("imports:api-extract", "GET", "of an import", "T T T T T T T T T"),
    Row("administration:user-audits", "GET", "of the teacher", "L L F F F F F S S"),
    Row("administration:user-audits", "GET", "of nobody", "L L F F F F F N N"),
    Row("administration:export-audits", "GET", "of the teacher", "L L F F F F F S S"),
    Row("administration:security-log", "GET", "of the teacher", "L L F F F F F S S"),
    Row("administration:security-log", "GET", "of nobody", "L L F F F F F N N"),
    Row("classes:restrictions", "GET", "", "L L F F F F F S S"),
    Row("classes:restrict", "GET", "of tutor groups", "L L F F F F F S S"),
    Row("classes:restrict", "GET", "of no kind", "L L F F F F F N N"),
    Row("classes:restrict", "POST", "of tutor groups", "L L F F F F F D D", "a restriction"),
    Row("classes:group", "GET", "of a tutor group", "L L F F F F F S S"),
    Row("classes:group", "GET", "of no group", "L L F F F F F N N"),
    Row("classes:group", "POST", "of a tutor group", "L L F F F F F D D", "the teacher as one of its people"),
    Row("classes:group", "POST", "of a tutor group", "L L F F F F F R R", "nobody's id as one of its people"),
    Row("classes:accept-proposals", "POST", "", "L L F F F F F K K", "an empty form"),
    Row("classes:user-classes", "GET", "of the teacher", "L L F F F F F S S"),
    Row("classes:user-classes", "GET", "of nobody", "L L F F F F F N N"),
    Row("classes:user-classes", "POST", "of the teacher", "L L F F F F F D D", "a class"),
    Row("alerts:user-alerts", "GET", "of the teacher", "L L F F F F F S S"),
    Row("alerts:user-alerts", "GET", "of nobody", "L L F F F F F N N"),
    Row("alerts:user-alerts", "POST", "of the teacher", "L L F F F F F D D", "a rule about Behaviour"),
    Row("alerts:remove-alerts", "GET", "of the teacher", "L L F F F F F S S"),
    Row("alerts:remove-alerts", "POST", "of the teacher", "L L F F F F F K K", "a reason"),
    Row("alerts:student-alerts", "GET", "of a pupil", "L L F F F F S S F"),
    Row("alerts:student-alerts", "GET", "of no pupil", "L L F F N N N N F"),
    Row("alerts:student-alerts", "POST", "of a pupil", "L L F F F F D D F", "a colleague"),
    # --- The auth host -----------------------------------------------------------------------------
    Row("auth-home", "GET", "", "S", host="auth"),
    # --- The operator's console: nobody signed in, operator ----------------------------------------
    Row("operators:sign-in", "GET", "", "S S", host="console"),
    Row("operators:sign-in", "POST", "", "R S", "a wrong password", host="console"),
    Row("operators:schools", "GET", "", "L S", host="console"),
    Row("operators:requests", "GET", "", "L S", host="console"),
    Row("operators:request", "GET", "of no request", "L N", host="console"),
    Row("operators:request", "POST", "of no request", "L N", "an empty form", host="console"),
    Row("operators:sign-out", "POST", "", "L L", "an empty form", host="console"),
]
