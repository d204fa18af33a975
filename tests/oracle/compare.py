"""What the product says, beside what the naive evaluation says."""

import random
import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404

from tests.oracle.naive import Viewer, count_readers, groups_changed, today
from tests.oracle.world import World, draw_searches

MARK = re.compile(r"markofincident\d+x")


class Sheet:
    """Differences, and how much was compared."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.count = 0

    def same(self, what: str, product: Any, naive: Any) -> None:
        self.count += 1
        if product != naive:
            self.found.append(f"{what}: {product!r} instead of {naive!r}")

    @property
    def result(self) -> tuple[list[str], int]:
        return self.found, self.count


def of_the_school(world: World, draw: random.Random) -> tuple[list[str], int]:
    """What depends on no viewer: the number of readers, and whom a further category gains or loses."""
    from tenant_apps.categories.selectors import category_map
    from tenant_apps.incidents import models, selectors
    from tenant_apps.incidents.services import widened_groups

    sheet = Sheet()
    standing = [one for one in world.incidents.values() if not one.is_removed]
    for incident in standing[:5]:
        row = models.Incident.objects.get(pk=incident.id)
        sheet.same("readers", set(selectors.readers_of(row).user_ids), count_readers(world, incident))
    drawn = {group.name for group in world.groups.values()}
    for incident in standing[:4]:
        added = set(draw.sample(list(world.categories), 2))
        gained, lost = widened_groups(incident.chosen, added)
        sheet.same(
            "widened", (set(gained) & drawn, set(lost) & drawn), groups_changed(world, incident, added)
        )
        is_bare = not incident.alerts and incident.assignee is None and not incident.blocked
        if is_bare and all(incident.linked.values()) and not incident.is_gone:
            form = selectors.readers_if_added(
                category_ids=incident.chosen,
                student_ids=incident.parts,
                is_unlisted=incident.main is None,
                alerted=(),
                assignee_id=None,
                categories=category_map(),
            )
            sheet.same("readers of form", set(form.user_ids), count_readers(world, incident))
    return sheet.result


def by_selectors(viewer: Viewer, draw: random.Random) -> tuple[list[str], int]:
    """Every selector that says something of pupils or records."""
    from shared_apps.people.models import User
    from tenant_apps.classes.selectors import load_access

    access = load_access(User.objects.get(pk=viewer.user), is_elevated=viewer.elevated)
    sheet = Sheet()
    _pupils(sheet, access, viewer)
    _monitoring(sheet, access, viewer)
    _incidents(sheet, access, viewer, draw)
    _own(sheet, access, viewer)
    return sheet.result


def _pupils(sheet: Sheet, access: Any, viewer: Viewer) -> None:
    from tenant_apps.students import selectors

    world, pupils = viewer.world, viewer.world.pupils
    seen = {one.id for one in pupils.values() if viewer.sees(one)}
    here = set(pupils)
    visible = set(selectors.students_visible_to(access).values_list("pk", flat=True)) & here
    sheet.same("pupils", visible, seen)
    found = {one.id for one in selectors.search_students(access, "drawnpupil", include_archived=True)}
    sheet.same("search", found, {one for one in seen if not pupils[one].sealed_for})
    sealed = {one.id for one in selectors.sealed_for(access)}
    sheet.same("sealed records", sealed, {one for one in seen if pupils[one].sealed_for})
    current = {one for one in seen if not pupils[one].is_archived}
    sheet.same(
        "search of current", {one.id for one in selectors.search_students(access, "drawnpupil")}, current
    )
    offered = {one.id for one in pupils.values() if not one.is_archived and viewer.may("add_entries")}
    typed = {one.id for one in selectors.suggest_students(access, "drawnpupil", limit=50)}
    sheet.same("type-ahead", typed, offered)
    chosen = selectors.choosable_among(access, list(pupils))
    sheet.same(
        "choosable", chosen, {one.id for one in pupils.values() if not one.is_archived or viewer.sees(one)}
    )
    groups = {one.id: one.count for one in selectors.dashboard_groups(access) if one.id in world.classes}
    members = {
        group: {
            one.id
            for one in pupils.values()
            if one.id in seen
            and not one.is_archived
            and not one.is_starting
            and any(
                place.group == group
                and place.start <= today()
                and (place.end is None or place.end >= today())
                for place in one.places
            )
        }
        for group in world.classes
    }
    tutor = {
        group: len(found)
        for group, found in members.items()
        if found and world.classes[group].kind == "tutor"
    }
    sheet.same("groups of the dashboard", groups, tutor)
    for group, expected in list(members.items())[:3]:
        try:
            register = {one.id for one in selectors.register(access, group).students}
        except Http404:
            register = set()
        sheet.same("register", register, expected)
    for pupil in pupils.values():
        sheet.same(
            "profile", _opens(lambda one=pupil: selectors.get_student(access, one.id)), pupil.id in seen
        )


def _monitoring(sheet: Sheet, access: Any, viewer: Viewer) -> None:
    from tenant_apps.dashboard.selectors import category_counts
    from tenant_apps.monitoring import selectors

    world = viewer.world
    expected = {
        category: {one.id for one in world.pupils.values() if viewer.sees_monitored(one, category)}
        for category in world.categories
    }
    for category, pupils in list(expected.items())[:3]:
        sheet.same("monitored", set(selectors.monitored_students(access, category)), pupils)
    numbers = {one: len(pupils) for one, pupils in expected.items() if pupils}
    counted = selectors.monitored_counts(access)
    sheet.same("monitored counts", {one: counted[one] for one in counted if one in expected}, numbers)
    listed = {one.category.id: one.students for one in _unfolded(category_counts(access))}
    sheet.same(
        "categories of the dashboard",
        {one: listed[one] for one in listed if one in expected},
        {
            one: numbers.get(one, 0)
            for one in expected
            if viewer.views("view_students", one) and (world.categories[one].is_enabled or numbers.get(one))
        },
    )
    seen = [one.id for one in world.pupils.values() if viewer.sees(one)]
    for student, categories in selectors.monitored_now(access, seen).items():
        on = {one for one in world.pupils[student].monitored if viewer.views("view_students", one)}
        sheet.same("monitored now", {one.id for one in categories}, on)


def _unfolded(lines: Any) -> Iterator[Any]:
    for line in lines:
        yield line
        yield from _unfolded(line.beneath)


def _incidents(sheet: Sheet, access: Any, viewer: Viewer, draw: random.Random) -> None:
    from core.access.owners import get_owner
    from tenant_apps.incidents import models, selectors
    from tenant_apps.incidents.permissions import listed_for

    world, incidents = viewer.world, viewer.world.incidents
    lists = {one.id for one in incidents.values() if viewer.lists(one)}
    reads = {one.id for one in incidents.values() if viewer.reads(one)}
    rows = models.Incident.objects.filter(listed_for(access), pk__in=incidents)
    sheet.same("listed", set(rows.values_list("pk", flat=True)), lists)
    sheet.same("readable", selectors.readable_among(access, list(incidents)), reads)
    # One by one is the same condition as all at once: a few of each school are enough.
    for one in list(incidents.values())[:3]:
        sheet.same("page", _opens(lambda one=one: selectors.get_incident(access, one.id)), one.id in reads)
        for kind, record in (("incident", one.id), ("action", one.action)):
            is_open = one.id in reads and (kind == "incident" or viewer.sees_action(one))
            sheet.same(f"files of {kind}", get_owner(kind).may_open(access, record), is_open)
    entries = selectors.entries_of(access, list(models.Incident.objects.filter(pk__in=lists)))
    alone = models.Incident.objects.filter(pk__in=reads - lists)
    for entry in [*entries, *(selectors.entry_for(access, one) for one in alone)]:
        names = {line.name for line in entry.categories}
        sheet.same("categories named", names, viewer.names(incidents[entry.id]))
        words = (entry.text, "".join(action.text for action in entry.actions))
        sheet.same("words", words, viewer.words(incidents[entry.id]))
    page = selectors.tray_page(access)
    in_tray = {line.id for line in (*page.waiting, *page.kept)} & set(incidents)
    sheet.same("tray", in_tray, {one for one in lists if incidents[one].main is None})
    count = selectors.tray_count(access)
    sheet.same("tray on the dashboard", count.waiting + count.kept if count else 0, len(in_tray))
    for pupil in list(world.pupils.values())[:3]:
        log = viewer.log(pupil.id)
        entries = list(selectors.whole_chronology(access, pupil.id))
        chronology = {
            entry.id: (entry.text, "".join(action.text for action in entry.actions)) for entry in entries
        }
        sheet.same("chronology", chronology, log)
        references = {key for key, (words, _) in log.items() if not words}
        sheet.same("references", {entry.id for entry in entries if entry.is_reference}, references)
        # The first page is asked by a statement that serves every access of a kind. No log is longer.
        rows = selectors.chronology_rows(access, pupil.id, search=selectors.Search())
        sheet.same("first page", {row.pk for row in rows}, set(log))
    # The longest logs: in an empty one everybody finds nothing.
    for pupil in sorted(world.pupils, key=lambda one: len(viewer.log(one)))[-2:]:
        for search in draw_searches(world, draw):
            rows = selectors.chronology_rows(access, pupil, search=selectors.Search(**vars(search)))
            sheet.same(f"found by {search}", {row.pk for row in rows}, viewer.finds_in_log(pupil, search))


def _own(sheet: Sheet, access: Any, viewer: Viewer) -> None:
    from tenant_apps.alerts.selectors import unread_count, unread_for
    from tenant_apps.incidents import selectors

    incidents = viewer.world.incidents
    unread = viewer.unread()
    sheet.same("number of alerts", unread_count(access), len(unread))
    listed, _ = unread_for(access)
    sheet.same(
        "alerts",
        {(one.root_id, one.kind == "action", bool(one.subject.url)) for one in listed},
        {
            (one, on_action, viewer.reads(incidents[one]))
            for one, on_action in unread
            if viewer.knows(incidents[one])
        },
    )
    assigned = {
        one.id
        for one in incidents.values()
        if viewer.is_assigned(one) and one.status == "active" and viewer.reads(one)
    }
    sheet.same("assigned", {line.id for line in selectors.assigned_to(access)}, assigned)
    own = {
        (one.action if is_action else one.id, viewer.reads(one))
        for one in incidents.values()
        for is_action in (False, True)
        if (one.author_of_action if is_action else one.author) == viewer.user
        and not one.is_old
        and not one.is_gone
        and not viewer.is_blocked(one)
    }
    history = {(line.id, bool(line.url)) for line in selectors.history_of(access)}
    sheet.same("My History", history, own)
    opened = {
        (one.id, reads(access, record))
        for one in incidents.values()
        for reads, record in ((_own_incident, one.id), (_own_action, one.action))
        if reads(access, record)
    }
    written = {
        (one.id, words)
        for one in incidents.values()
        for key, words in ((one.id, one.states[0].words), (one.action, one.states_of_action[0].words))
        if (key, viewer.reads(one)) in own and viewer.may_use_alerts()
    }
    sheet.same("own words", opened, written)


def _own_incident(access: Any, record: UUID) -> str:
    from tenant_apps.incidents.selectors import own_incident

    return _text_of(lambda: own_incident(access, record).text)


def _own_action(access: Any, record: UUID) -> str:
    from tenant_apps.incidents.selectors import own_action

    return _text_of(lambda: own_action(access, record).text)


def _text_of(read: Callable[[], str]) -> str:
    try:
        return read()
    except (Http404, PermissionDenied):
        return ""


def by_pages(viewer: Viewer, client_for: Callable[..., Any]) -> tuple[list[str], int]:
    """The same through the routes: what of the drawn words stands on which page."""
    from shared_apps.people.models import User
    from tests.pdf_text import words_of

    sheet = Sheet()
    world = viewer.world
    browser = client_for(User.objects.get(pk=viewer.user), elevated=viewer.elevated)
    marks = {one.mark: one for one in world.incidents.values()}
    reads = {one.id for one in marks.values() if viewer.reads(one)}
    names = {one.name.split()[1]: one for one in world.pupils.values()}
    for one in world.incidents.values():
        # The page of an incident leads into the log where that is open to the reader, past what is newer.
        answer = browser.get(f"/incidents/{one.id}/", follow=True)
        page = answer.content.decode()
        sheet.same("entry", one.mark in page, one.id in reads)
        for words in viewer.words(one) if one.id in reads else ():
            sheet.same("words of the page", words in page, True)
        if one.id in reads and not viewer.reads_whole(one):
            others = {state.words for state in (*one.states, *one.states_of_action)} - {*viewer.words(one)}
            sheet.same("no other words", {words for words in others if words in page}, set())
        answer = browser.get(f"/incidents/{one.id}/readers/")
        sheet.same("page of readers", answer.status_code == 200, one.id in reads)
    for pupil in world.pupils.values():
        details = viewer.may("view_student_details") and viewer.sees(pupil)
        answer = browser.get(f"/students/{pupil.id}/")
        sheet.same("overview", answer.status_code == 200, details)
        answer = browser.get(f"/students/{pupil.id}/incidents/")
        expected = {
            one.mark
            for one in world.incidents.values()
            if details and viewer.lists(one) and (pupil.id == one.main or one.linked.get(pupil.id, False))
        }
        sheet.same("log", set(MARK.findall(answer.content.decode())), expected)
    sees_list = viewer.may("view_student_list")
    found = _pupils_on(browser.get("/students/search/", {"q": "drawnpupil", "archived": "on"}), names)
    seen = {one.id for one in world.pupils.values() if sees_list and viewer.finds(one)}
    sheet.same("quick search", found, seen)
    found = _pupils_on(browser.get("/students/suggest/", {"q": "drawnpupil"}), names)
    offered = {one.id for one in world.pupils.values() if viewer.may("add_entries") and not one.is_archived}
    sheet.same("suggestions", found, offered)
    for group in world.classes:
        answer = browser.get(f"/students/register/{group}/")
        shown = _pupils_on(answer, names) if answer.status_code == 200 else set()
        sheet.same("page of register within what is seen", shown <= seen, True)
    for category in world.categories:
        answer = browser.get(f"/categories/{category}/students/")
        shown = _pupils_on(answer, names) if answer.status_code == 200 else set()
        expected = {
            one.id for one in world.pupils.values() if sees_list and viewer.sees_monitored(one, category)
        }
        sheet.same("page of monitored", shown, expected)
    home = browser.get("/").content.decode()
    sheet.same("no words of a record on the dashboard", MARK.findall(home), [])
    linked = {UUID(one) for one in re.findall(r'href="/incidents/([0-9a-f-]{36})/"', home)}
    sheet.same("links of the dashboard within what opens", linked <= reads, True)
    _prints(sheet, browser, viewer, reads, words_of)
    return sheet.result


def _prints(sheet: Sheet, browser: Any, viewer: Viewer, reads: set[UUID], words_of: Any) -> None:
    """One incident's print view and one pupil's log as PDF: making them is slow."""
    incident = next(iter(viewer.world.incidents.values()))
    answer = browser.get(f"/incidents/{incident.id}/print/")
    has = answer.status_code == 200 and incident.mark in words_of(answer.content)
    sheet.same("print view", has, incident.id in reads)
    pupil = viewer.world.pupils[incident.main or next(iter(viewer.world.pupils))]
    answer = browser.get(f"/students/{pupil.id}/incidents/pdf/")
    shown = set(MARK.findall(words_of(answer.content))) if answer.status_code == 200 else set()
    expected = {
        one.mark
        for one in viewer.world.incidents.values()
        if viewer.may("view_student_details")
        and viewer.sees(pupil)
        and viewer.lists(one)
        and (pupil.id == one.main or one.linked.get(pupil.id, False))
    }
    sheet.same("chronology as PDF", shown, expected)


def _pupils_on(answer: Any, names: dict[str, Any]) -> set[UUID]:
    """The drawn pupils named on a page."""
    page = answer.content.decode()
    return {
        pupil.id
        for number, pupil in names.items()
        if answer.status_code == 200 and re.search(rf"\b{number} Drawnpupil\b", page)
    }


def _opens(read: Callable[[], object]) -> bool:
    try:
        read()
    except (Http404, PermissionDenied):
        return False
    return True
