"""A drawn school: plain values first, which the naive evaluation reads, and then the same as rows."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from core.access.enums import SystemPermission
from core.db.clock import now
from core.db.keys import uuid7
from core.db.text import search_key, sort_key

KINDS = ("year", "tutor", "house", "class")
READING = ("view_students", "view_incidents", "add_incidents")


@dataclass
class Category:
    id: UUID
    name: str
    parent: UUID | None
    is_restricting: bool
    is_enabled: bool


@dataclass
class Group:
    id: UUID
    name: str
    system: set[str]
    rights: dict[str, set[UUID]]


@dataclass
class Staff:
    id: UUID
    name: str
    group: UUID
    has_key: bool
    is_active: bool
    own_switch: bool | None


@dataclass
class Class:
    id: UUID
    kind: str
    people: set[UUID]
    user_groups: set[UUID]


@dataclass
class Place:
    """A membership: it runs, has ended, or begins later."""

    group: UUID
    start: date
    end: date | None


@dataclass
class Pupil:
    id: UUID
    name: str
    is_archived: bool
    is_starting: bool
    places: list[Place]
    blocked: set[UUID]
    monitored: set[UUID]
    sealed_for: set[UUID]
    """The two who alone open it, of a sealed record; else nobody."""


@dataclass
class Told:
    user: UUID
    on_action: bool
    state: str
    at: datetime


@dataclass
class State:
    """Words of a record, in force from `at` on."""

    at: datetime
    words: str


@dataclass
class Incident:
    id: UUID
    mark: str
    chosen: set[UUID]
    main: UUID | None
    linked: dict[UUID, bool]
    status: str
    assignee: UUID | None
    author: UUID
    author_of_action: UUID
    copied_to: set[UUID]
    is_deleted: bool
    is_removed: bool
    is_old: bool
    action: UUID
    alerts: list[Told]
    blocked: set[UUID]
    happened_at: datetime
    states: list[State]
    states_of_action: list[State]

    @property
    def is_gone(self) -> bool:
        """Deleted, or removed as training: to everybody in lists, and removed to editors too."""
        return self.is_deleted or self.is_removed

    @property
    def parts(self) -> list[UUID]:
        """Everybody who takes part in it; nobody in one that lies in the tray with nobody linked."""
        return [*([self.main] if self.main else []), *self.linked]


@dataclass(frozen=True)
class Search:
    """What somebody looks for in a log: all of it at once, of the categories any."""

    words: tuple[str, ...] = ()
    category_ids: tuple[UUID, ...] = ()
    author_id: UUID | None = None
    since: date | None = None
    until: date | None = None


@dataclass
class World:
    """One school as it was drawn."""

    categories: dict[UUID, Category] = field(default_factory=dict)
    groups: dict[UUID, Group] = field(default_factory=dict)
    staff: dict[UUID, Staff] = field(default_factory=dict)
    classes: dict[UUID, Class] = field(default_factory=dict)
    restricted_kinds: set[str] = field(default_factory=set)
    pupils: dict[UUID, Pupil] = field(default_factory=dict)
    incidents: dict[UUID, Incident] = field(default_factory=dict)
    non_key_reading: str = "everywhere"
    is_in_network: bool = False
    keeps_read_alerts: bool = False


def draw_world(draw: random.Random) -> World:
    """Groups, people, classes, pupils and records, with everything that decides who reads what."""
    world = World(
        restricted_kinds={kind for kind in KINDS if draw.random() < 0.35},
        non_key_reading=draw.choice(["everywhere", "everywhere", "network", "key"]),
        is_in_network=draw.random() < 0.5,
        keeps_read_alerts=draw.random() < 0.3,
    )
    _draw_categories(world, draw)
    _draw_staff(world, draw)
    _draw_pupils(world, draw)
    _draw_incidents(world, draw)
    return world


def _draw_categories(world: World, draw: random.Random) -> None:
    for top in range(4):
        parents: list[UUID | None] = [None]
        for step in range(draw.randint(1, 3)):
            parent = parents[0] if step == 0 else draw.choice(parents[1:])
            category = Category(
                uuid7(), f"Drawn {top}-{step}", parent, draw.random() < 0.3, draw.random() < 0.9
            )
            world.categories[category.id] = category
            parents.append(category.id)


def _draw_staff(world: World, draw: random.Random) -> None:
    every = [permission.value for permission in SystemPermission]
    for number in range(4):
        share = draw.choice([0.3, 0.6, 0.9, 1.0])
        group = Group(
            uuid7(),
            f"Drawn group {number}",
            {permission for permission in every if draw.random() < 0.7},
            {right: {one for one in world.categories if draw.random() < share} for right in READING},
        )
        if draw.random() < 0.6:
            group.system.discard("all_classes")
        world.groups[group.id] = group
    for number in range(8):
        person = Staff(
            uuid7(),
            f"Drawn Person{number}",
            draw.choice(list(world.groups)),
            draw.random() < 0.75,
            draw.random() < 0.92,
            draw.choice([None, None, None, True, False]),
        )
        world.staff[person.id] = person


def _draw_pupils(world: World, draw: random.Random) -> None:
    for number in range(6):
        people = {one for one in world.staff if draw.random() < 0.25}
        through = {one for one in world.groups if draw.random() < 0.2}
        found = Class(uuid7(), KINDS[number % 4], people, through)
        world.classes[found.id] = found
    today = date.today()  # noqa: DTZ011 -- memberships are whole days, drawn well apart from midnight
    for number in range(7):
        places = []
        for group in draw.sample(list(world.classes), draw.randint(0, 3)):
            start = today + timedelta(days=draw.choice([-300, -300, -300, 20]))
            places.append(Place(group, start, draw.choice([None, None, today + timedelta(days=40)])))
        if draw.random() < 0.3:
            group = draw.choice(list(world.classes))
            if group not in {place.group for place in places}:
                places.append(Place(group, today - timedelta(days=300), today - timedelta(days=20)))
        is_archived = draw.random() < 0.2
        pupil = Pupil(
            uuid7(),
            f"Drawnpupil Number{number}",
            is_archived,
            not is_archived and draw.random() < 0.1,
            places,
            {one for one in world.staff if draw.random() < 0.12},
            {one for one in world.categories if draw.random() < 0.3},
            # Sealing a record takes it off the roll.
            set(draw.sample(list(world.staff), 2)) if is_archived and draw.random() < 0.5 else set(),
        )
        world.pupils[pupil.id] = pupil


def _draw_incidents(world: World, draw: random.Random) -> None:
    for number in range(10):
        main, *others = draw.sample(list(world.pupils), draw.choice([1, 2, 2, 3]))
        is_old = draw.random() < 0.3
        happened_at = now() - timedelta(days=20 if is_old else 2, minutes=number)
        mark = f"markofincident{number}x"
        incident = Incident(
            id=uuid7(),
            mark=mark,
            chosen=set(draw.sample(list(world.categories), min(len(world.categories), draw.randint(1, 3)))),
            # In the tray, or kept there.
            main=None if draw.random() < 0.15 else main,
            linked={one: draw.random() < 0.5 for one in others},
            status=draw.choice(["active", "active", "closed"]),
            assignee=draw.choice([None, None, *world.staff]),
            author=draw.choice(list(world.staff)),
            author_of_action=draw.choice(list(world.staff)),
            copied_to={one for one in others if draw.random() < 0.5},
            is_deleted=draw.random() < 0.12,
            is_removed=draw.random() < 0.1,
            is_old=is_old,
            action=uuid7(),
            alerts=[
                Told(
                    one,
                    draw.random() < 0.3,
                    draw.choice(["unread", "unread", "read", "withdrawn"]),
                    happened_at + timedelta(minutes=draw.randint(0, 60)),
                )
                for one in world.staff
                if draw.random() < 0.25
            ],
            blocked={one for one in world.staff if draw.random() < 0.08},
            happened_at=happened_at,
            states=_draw_states(draw, happened_at, f"{mark} was written"),
            states_of_action=_draw_states(draw, happened_at, f"{mark} was followed up"),
        )
        world.incidents[incident.id] = incident


def _draw_states(draw: random.Random, first: datetime, words: str) -> list[State]:
    """What was recorded, and up to two edits within the hour."""
    edits = sorted(draw.sample(range(1, 60), draw.choice([0, 0, 1, 2])))
    return [
        State(first + timedelta(minutes=minute), f"{words}, state{place}.")
        for place, minute in enumerate([0, *edits])
    ]


def draw_searches(world: World, draw: random.Random) -> list[Search]:
    """One by words, one by categories, one by an author or by days, and one by several of them together."""
    incident = draw.choice(list(world.incidents.values()))
    text = draw.choice([incident.states, incident.states_of_action])[-1].words
    pieces = [*(word.strip(",.") for word in text.split()), "incident", "STATE", "writt", "ed up, s"]
    category = draw.choice(list(world.categories.values()))
    beside = [category.parent, *draw.sample(list(world.categories), 2)][: draw.randint(0, 3)]
    today = date.today()  # noqa: DTZ011 -- as in the drawing
    since, until = sorted(today - timedelta(days=draw.choice([1, 2, 3, 19, 20, 21])) for _ in range(2))
    words = {"words": tuple(draw.choice(pieces) for _ in range(draw.randint(1, 3)))}
    categories = {"category_ids": (category.id, *(one for one in beside if one))}
    author = {"author_id": draw.choice([incident.author, incident.author_of_action])}
    days = {"since": draw.choice([None, since]), "until": draw.choice([None, until])}
    together = [part for part in (words, categories, author, days) if draw.random() < 0.6]
    return [
        Search(**words),
        Search(**categories),
        Search(**draw.choice([author, days])),
        Search(**{name: value for part in together for name, value in part.items()}),
    ]


def store(world: World) -> None:
    """Write the drawn school as rows of the current one, past the services: what is tested is the reading."""
    from tenant_apps.school_settings.models import Settings

    Settings.objects.update(
        non_key_reading=world.non_key_reading,
        network_ranges=["127.0.0.0/8"] if world.is_in_network else ["203.0.113.0/24"],
        keep_read_alerts=world.keeps_read_alerts,
    )
    _store_categories(world)
    _store_staff(world)
    _store_pupils(world)
    _store_incidents(world)


def _store_categories(world: World) -> None:
    from tenant_apps.categories import models

    models.Category.objects.bulk_create(
        models.Category(
            id=one.id,
            name=one.name,
            parent_id=one.parent,
            is_restricting=one.is_restricting,
            is_enabled=one.is_enabled,
            position=900 + place,
        )
        for place, one in enumerate(world.categories.values())
    )


def _store_staff(world: World) -> None:
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from shared_apps.people.models import User
    from tenant_apps.staff.models import CategoryPermission, StaffMember, UserGroup

    UserGroup.objects.bulk_create(
        UserGroup(id=one.id, name=one.name, system_permissions=sorted(one.system))
        for one in world.groups.values()
    )
    CategoryPermission.objects.bulk_create(
        CategoryPermission(
            group_id=group.id,
            category_id=category,
            **{right: category in group.rights[right] for right in READING},
        )
        for group in world.groups.values()
        for category in set().union(*group.rights.values())
    )
    User.objects.bulk_create(
        User(
            id=one.id,
            email=f"{one.id}@drawn.example",
            first_name=one.name.split()[0],
            last_name=one.name.split()[1],
            sort_key=one.name.lower(),
            is_active=one.is_active,
            password="!",
        )
        for one in world.staff.values()
    )
    StaffMember.objects.bulk_create(
        StaffMember(user_id=one.id, group_id=one.group, sees_ungrouped=one.own_switch)
        for one in world.staff.values()
    )
    TOTPDevice.objects.bulk_create(
        TOTPDevice(user_id=one.id, name="Phone", confirmed=True)
        for one in world.staff.values()
        if one.has_key
    )


def _store_pupils(world: World) -> None:
    from tenant_apps.classes.models import ClassAccess, ClassAccessGroup, RestrictedKind, StudentGroup
    from tenant_apps.monitoring.models import Monitoring
    from tenant_apps.students.models import BlockedReader, Membership, Seal, Student

    StudentGroup.objects.bulk_create(
        StudentGroup(id=one.id, mis_id=str(one.id), kind=one.kind, name=f"Drawn {one.id}", sort_key="d")
        for one in world.classes.values()
    )
    RestrictedKind.objects.bulk_create(RestrictedKind(kind=kind) for kind in world.restricted_kinds)
    ClassAccess.objects.bulk_create(
        ClassAccess(group_id=one.id, user_id=user) for one in world.classes.values() for user in one.people
    )
    ClassAccessGroup.objects.bulk_create(
        ClassAccessGroup(group_id=one.id, user_group_id=group)
        for one in world.classes.values()
        for group in one.user_groups
    )
    today = date.today()  # noqa: DTZ011 -- as in the drawing
    Student.objects.bulk_create(
        Student(
            id=one.id,
            mis_id=str(one.id),
            legal_forename=one.name.split()[1],
            legal_surname=one.name.split()[0],
            sort_key=sort_key(*one.name.split()),
            legal_sort_key=sort_key(*one.name.split()),
            search_key=search_key(one.name),
            year_group="7",
            archived_at=now() - timedelta(days=9) if one.is_archived else None,
            start_date=today + timedelta(days=9 if one.is_starting else -400),
        )
        for one in world.pupils.values()
    )
    Membership.objects.bulk_create(
        Membership(student_id=one.id, group_id=place.group, start_date=place.start, end_date=place.end)
        for one in world.pupils.values()
        for place in one.places
    )
    BlockedReader.objects.bulk_create(
        BlockedReader(
            student_id=one.id,
            user_id=user,
            set_at=now(),
            lifted_at=None if user in one.blocked else now(),
        )
        for one in world.pupils.values()
        for place, user in enumerate(world.staff)
        if user in one.blocked or place % 3 == 0
    )
    # Beside the seals that stand, lifted ones that count for nothing.
    for one in world.pupils.values():
        first, second = sorted(one.sealed_for or list(world.staff)[:2])
        Seal.objects.create(
            student_id=one.id,
            first_reader_id=first,
            second_reader_id=second,
            sealed_at=now(),
            lifted_at=None if one.sealed_for else now(),
        )
    Monitoring.objects.bulk_create(
        Monitoring(student_id=one.id, category_id=category, started_at=now(), source_kind="person")
        for one in world.pupils.values()
        for category in one.monitored
    )


def _store_incidents(world: World) -> None:
    from tenant_apps.alerts.models import Alert
    from tenant_apps.incidents import models

    incidents = list(world.incidents.values())
    models.Incident.objects.bulk_create(
        models.Incident(
            id=one.id,
            number=700_000 + place,
            text=one.states[-1].words,
            happened_at=one.happened_at,
            recorded_at=one.happened_at,
            author_id=one.author,
            status=one.status,
            assignee_id=one.assignee,
            deleted_at=now() if one.is_deleted else None,
            training="practice" if one.is_removed else "",
            removed_at=now() if one.is_removed else None,
            **({} if one.main else {"about": "nobody", "tray": "waiting" if place % 2 else "kept"}),
        )
        for place, one in enumerate(incidents)
    )
    models.IncidentStudent.objects.bulk_create(
        models.IncidentStudent(
            incident_id=one.id,
            student_id=student,
            part="main" if student == one.main else "linked",
            shows_full=one.linked.get(student, True),
        )
        for one in incidents
        for student in one.parts
    )
    models.IncidentCategory.objects.bulk_create(
        models.IncidentCategory(incident_id=one.id, category_id=category, is_leaf=is_leaf)
        for one in incidents
        for category, is_leaf in carried_rows(world, one).items()
    )
    models.Action.objects.bulk_create(
        models.Action(
            id=one.action,
            incident_id=one.id,
            text=one.states_of_action[-1].words,
            happened_at=one.happened_at,
            recorded_at=one.happened_at,
            author_id=one.author_of_action,
            training="practice" if one.is_removed else "",
            removed_at=now() if one.is_removed else None,
        )
        for one in incidents
    )
    models.ActionStudent.objects.bulk_create(
        models.ActionStudent(action_id=one.action, student_id=student)
        for one in incidents
        for student in one.copied_to
    )
    Alert.objects.bulk_create(
        Alert(
            recipient_id=told.user,
            kind="action" if told.on_action else "incident",
            record_id=one.action if told.on_action else one.id,
            root_id=one.id,
            reason="chosen",
            created_at=told.at,
            read_at=now() if told.state == "read" else None,
            withdrawn_at=now() if told.state == "withdrawn" else None,
        )
        for one in incidents
        for told in one.alerts
    )
    _store_versions(world)
    models.BlockedReader.objects.bulk_create(
        models.BlockedReader(
            incident_id=one.id,
            user_id=user,
            set_at=now(),
            lifted_at=None if user in one.blocked else now(),
        )
        for one in incidents
        for place, user in enumerate(world.staff)
        if user in one.blocked or place % 4 == 0
    )


def _store_versions(world: World) -> None:
    """A record that was never edited has none, as one that was brought in."""
    from tenant_apps.incidents import models

    def shot(one: Incident, state: State) -> dict[str, object]:
        return {
            "text": state.words,
            "happened_at": one.happened_at.isoformat(),
            "status": one.status,
            "assignee": str(one.assignee) if one.assignee else None,
            "students": [
                {
                    "student": str(student),
                    "part": "main" if student == one.main else "linked",
                    "role": "",
                    "shows_full": one.linked.get(student, True),
                    "shares_documents": False,
                }
                for student in one.parts
            ],
            "categories": sorted(str(category) for category in carried_rows(world, one)),
            "agencies": [],
            "files": [],
            "deleted": False,
            "reason": "",
        }

    models.IncidentVersion.objects.bulk_create(
        models.IncidentVersion(
            incident_id=one.id, made_at=state.at, made_by_id=one.author, snapshot=shot(one, state)
        )
        for one in world.incidents.values()
        for state in one.states
        if len(one.states) > 1
    )
    models.ActionVersion.objects.bulk_create(
        models.ActionVersion(
            action_id=one.action,
            made_at=state.at,
            made_by_id=one.author_of_action,
            snapshot=shot(one, state) | {"students": [], "categories": []},
        )
        for one in world.incidents.values()
        for state in one.states_of_action
        if len(one.states_of_action) > 1
    )


def carried_rows(world: World, incident: Incident) -> dict[UUID, bool]:
    """What the services store of the categories: the chosen with their parents, each leaf or not."""
    closed: set[UUID] = set()
    for category in incident.chosen:
        step: UUID | None = category
        while step is not None:
            closed.add(step)
            step = world.categories[step].parent
    parents = {world.categories[one].parent for one in closed}
    return {one: one not in parents for one in closed}
