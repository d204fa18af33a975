"""Who may see what, said as the decisions say it and evaluated one by one: slow, and plain to read.

Nothing here asks the product. `Viewer` is one person in one session in one drawn school.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.oracle.world import Incident, Pupil, Search, World


@dataclass(frozen=True)
class Viewer:
    """One person, with the key used in the session or not."""

    world: World
    user: UUID
    elevated: bool

    @property
    def person(self):
        return self.world.staff[self.user]

    @property
    def group(self):
        return self.world.groups[self.person.group]

    def may(self, permission: str) -> bool:
        """A system permission, which a session without the key mostly loses."""
        kept = {"add_entries", "files", "library_view", "library_add"}
        has = self.person.is_active and permission in self.group.system
        return has and (self.elevated or permission in kept)

    def views(self, right: str, category: UUID) -> bool:
        """A tick of the user group in one category; reading needs the key."""
        return self.person.is_active and self.elevated and category in self.group.rights[right]

    # --- pupils ---------------------------------------------------------------------------------

    def is_of_own_class(self, pupil: Pupil) -> bool:
        """Whether classes let the viewer see the pupil; blocks and keys apart."""
        groups = {place.group for place in pupil.places if place.end is None or place.end >= today()}
        switch = self.person.own_switch
        sees_ungrouped = "ungrouped_students" in self.group.system if switch is None else switch
        if "all_classes" in self.group.system or not self.world.restricted_kinds:
            return bool(groups) or sees_ungrouped
        restricted = {one for one in groups if self.world.classes[one].kind in self.world.restricted_kinds}
        for one in restricted:
            listed = self.world.classes[one]
            if self.user in listed.people or self.person.group in listed.user_groups:
                return True
        return not restricted and sees_ungrouped

    def sees_everybody(self) -> bool:
        """Neither classes nor the want of a group keep anybody from the viewer."""
        switch = self.person.own_switch
        sees_ungrouped = "ungrouped_students" in self.group.system if switch is None else switch
        is_limited = "all_classes" not in self.group.system and self.world.restricted_kinds
        return sees_ungrouped and not is_limited

    def sees(self, pupil: Pupil) -> bool:
        """Profile and registers."""
        if not self.elevated or not self.person.is_active or self.is_kept_from(pupil):
            return False
        return self.is_of_own_class(pupil)

    def is_kept_from(self, pupil: Pupil) -> bool:
        """By a block, or by a seal that names two others."""
        return self.user in pupil.blocked or (bool(pupil.sealed_for) and self.user not in pupil.sealed_for)

    def finds(self, pupil: Pupil) -> bool:
        """By a search: nobody finds a sealed record."""
        return self.sees(pupil) and not pupil.sealed_for

    def sees_monitored(self, pupil: Pupil, category: UUID) -> bool:
        """In the monitored lists: not those who have left or not begun."""
        on = category in pupil.monitored and self.views("view_students", category)
        return on and self.sees(pupil) and not pupil.is_archived and not pupil.is_starting

    # --- incidents ------------------------------------------------------------------------------

    def is_blocked(self, incident: Incident) -> bool:
        """A block of the incident, or anybody takes part in it whose record is kept from the viewer."""
        return self.user in incident.blocked or any(
            self.is_kept_from(self.world.pupils[one]) for one in incident.parts
        )

    def category_lets(self, incident: Incident) -> bool:
        """R is within V where there is an R, else L and V share one."""
        carried = closed(self.world, incident.chosen)
        restricting = [one for one in carried if self.world.categories[one].is_restricting]
        if restricting:
            return all(self.views("view_incidents", one) for one in restricting)
        return any(self.views("view_incidents", one) for one in most_specific(self.world, carried))

    def class_lets(self, incident: Incident) -> bool:
        """One participant with full text is in the viewer's classes, or no pupil at all could be outside."""
        full = [one for one in incident.parts if incident.linked.get(one, True)]
        return self.sees_everybody() or any(self.is_of_own_class(self.world.pupils[one]) for one in full)

    def lists(self, incident: Incident) -> bool:
        """Chronology, counts, search: never by alert or assignment."""
        if incident.is_gone or self.is_blocked(incident) or not self.elevated:
            return False
        return self.category_lets(incident) and self.class_lets(incident)

    def is_alerted(self, incident: Incident) -> bool:
        """An alert that opens the page: unread, or without the key a read one where the school keeps it."""
        states = {told.state for told in incident.alerts if told.user == self.user}
        if "unread" in states:
            return True
        return not self.elevated and self.world.keeps_read_alerts and "read" in states

    def may_use_alerts(self) -> bool:
        """SAF-13."""
        setting = self.world.non_key_reading
        return self.elevated or setting == "everywhere" or (setting == "network" and self.world.is_in_network)

    def is_assigned(self, incident: Incident) -> bool:
        return self.elevated and incident.assignee == self.user and incident.status != "closed"

    def knows(self, incident: Incident) -> bool:
        """Could open it, if not from here then from the school's network or with the key."""
        if incident.is_gone or self.is_blocked(incident):
            return False
        return self.lists(incident) or self.is_alerted(incident) or self.is_assigned(incident)

    def reads(self, incident: Incident) -> bool:
        """Opens the page of this one incident."""
        return self.knows(incident) and self.may_use_alerts()

    def reads_whole(self, incident: Incident) -> bool:
        """As it stands now: by categories and classes, or assigned."""
        return self.lists(incident) or (self.is_assigned(incident) and not self.is_blocked(incident))

    def sees_action(self, incident: Incident) -> bool:
        """SAF-07: whom an alert alone let in reads what they wrote and what they were alerted to."""
        told = any(
            one.on_action and one.user == self.user and one.state != "withdrawn" for one in incident.alerts
        )
        return self.reads_whole(incident) or incident.author_of_action == self.user or told

    def words(self, incident: Incident) -> tuple[str, str]:
        """The text of the incident and of its action, as this person reads them; "" for no action."""
        if self.reads_whole(incident):
            return incident.states[-1].words, incident.states_of_action[-1].words
        opening = {"unread"} if self.elevated or not self.world.keeps_read_alerts else {"unread", "read"}
        latest = max(one.at for one in incident.alerts if one.user == self.user and one.state in opening)
        first, second = (
            [state.words for state in states if state.at <= latest][-1]
            for states in (incident.states, incident.states_of_action)
        )
        return first, second if self.sees_action(incident) else ""

    def names(self, incident: Incident) -> set[str]:
        """The categories that the incident's page shows: no parent beside its own sub-category."""
        carried = closed(self.world, incident.chosen)
        if self.lists(incident):
            named = {one for one in carried if self.views("view_incidents", one)}
        else:
            named = {
                one
                for one in carried
                if not self.world.categories[one].is_restricting or self.views("view_incidents", one)
            }
        return {self.world.categories[one].name for one in most_specific(self.world, named)}

    # --- a pupil's log --------------------------------------------------------------------------

    def log(self, pupil: UUID) -> dict[UUID, tuple[str, str]]:
        """The words of each incident and of its action as this log has them; "" for what it has not."""
        return {
            one.id: (
                one.states[-1].words if one.linked.get(pupil, True) else "",
                one.states_of_action[-1].words if stands_in_log(one, pupil) else "",
            )
            for one in self.world.incidents.values()
            if pupil in one.parts and self.lists(one)
        }

    def finds_in_log(self, pupil: UUID, search: Search) -> set[UUID]:
        """A reference has a day and nothing else; all words stand in one text, which is by the author."""
        named = {one for one in search.category_ids if self.views("view_incidents", one)}
        return {
            key
            for key, (words, followed_up) in self.log(pupil).items()
            for one in (self.world.incidents[key],)
            if (search.since is None or day_of(one) >= search.since)
            and (search.until is None or day_of(one) <= search.until)
            and (
                not search.category_ids
                or (words and closed(self.world, one.chosen) & most_specific(self.world, named))
            )
            and (
                not (search.words or search.author_id)
                or is_found(words, one.author, search)
                or is_found(followed_up, one.author_of_action, search)
            )
        }

    # --- the person's own -----------------------------------------------------------------------

    def unread(self) -> set[tuple[UUID, bool]]:
        """(incident, on its action) of every alert that counts in the frame."""
        return {
            (one.id, told.on_action)
            for one in self.world.incidents.values()
            for told in one.alerts
            if told.user == self.user
            and told.state == "unread"
            and not one.is_gone
            and not self.is_blocked(one)
        }


def stands_in_log(incident: Incident, pupil: UUID) -> bool:
    """The action: in the log of whom it is about, and where it was copied to beside the full text."""
    return pupil == incident.main or (incident.linked[pupil] and pupil in incident.copied_to)


def is_found(text: str, author: UUID, search: Search) -> bool:
    is_theirs = search.author_id in {None, author}
    return bool(text) and is_theirs and all(word.lower() in text for word in search.words)


def day_of(incident: Incident) -> date:
    """In the school's zone."""
    return incident.happened_at.astimezone(ZoneInfo("Europe/London")).date()


def count_readers(world: World, incident: Incident) -> set[UUID]:
    """SAF-02: whom a registered key, an alert or the assignment lets open it."""
    found = set()
    if incident.is_gone:
        return found
    for person in world.staff.values():
        with_key = Viewer(world, person.id, elevated=True)
        without = Viewer(world, person.id, elevated=False)
        if not person.is_active:
            continue
        by_key = person.has_key and with_key.knows(incident)
        is_let_somewhere = world.non_key_reading != "key"
        if by_key or (is_let_somewhere and without.knows(incident)):
            found.add(person.id)
    return found


def groups_changed(world: World, incident: Incident, added: set[UUID]) -> tuple[set[str], set[str]]:
    """D9: names of the drawn user groups that gain and that lose the incident by further categories."""
    gained, lost = set(), set()
    for group in world.groups.values():
        could, can = (
            group_reads(world, group.rights["view_incidents"], closed(world, chosen))
            for chosen in (incident.chosen, incident.chosen | added)
        )
        if can and not could:
            gained.add(group.name)
        if could and not can:
            lost.add(group.name)
    return gained, lost


def group_reads(world: World, viewable: set[UUID], carried: set[UUID]) -> bool:
    restricting = {one for one in carried if world.categories[one].is_restricting}
    if restricting:
        return all(one in viewable for one in restricting)
    return any(one in viewable for one in most_specific(world, carried))


def closed(world: World, chosen: set[UUID]) -> set[UUID]:
    """With every parent."""
    found = set()
    for one in chosen:
        found.add(one)
        parent = world.categories[one].parent
        if parent is not None:
            found |= closed(world, {parent})
    return found


def most_specific(world: World, among: set[UUID]) -> set[UUID]:
    return {one for one in among if not any(world.categories[other].parent == one for other in among)}


def today() -> date:
    return date.today()  # noqa: DTZ011 -- memberships are whole days, drawn well apart from midnight
