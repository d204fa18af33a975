"""What the frame of every page shows: menu, name of the school, buttons at the top right.

The context processor gives templates one object, `frame`, that works its parts out when they are asked for:
a fragment asks for none. Apps add what they know with `register`, in `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from core.access.access import Access
from core.access.enums import SystemPermission
from core.access.loading import access_of
from core.web.hiding import hides_names

Part = Callable[[HttpRequest], Any]

_parts: dict[str, Part] = {}


def register(name: str, part: Part) -> None:
    """Add a part to the frame, such as "unread_alerts", or replace one."""
    _parts[name] = part


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One entry of the main menu."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a menu entry leads, for whom, and which addresses belong to it."""

    label: str
    route: str
    section: str
    shown: Callable[[Access], bool]


# The order is the guide's. A place whose route is not there yet, or not on this host, is left out.
PLACES: Final = (
    Place("Dashboard", "dashboard:home", "/", lambda access: True),
    Place(
        "Reporting",
        "reports:home",
        "/reporting/",
        lambda access: access.is_elevated and access.can(SystemPermission.RUN_REPORTS),
    ),
    Place(
        "Planner",
        "planner:home",
        "/planner/",
        lambda access: access.is_elevated and access.can(SystemPermission.PLANNER),
    ),
    Place("Library", "library:home", "/library/", lambda access: access.can(SystemPermission.LIBRARY_VIEW)),
    Place("Admin", "administration:overview", "/admin/", lambda access: access.is_administrator),
    Place("Account Settings", "people:account", "/account/", lambda access: True),
)


# The tabs of "Admin" in the guide's order; each is a route of its owner.
ADMIN_TABS: Final = (
    ("Overview", "administration:overview"),
    ("Settings", "school_settings:settings"),
    ("Imports", "imports:home"),
    ("Categories", "administration:categories"),
    ("Agencies", "agencies:home"),
    ("Calendar", "school_settings:calendar"),
    ("Users", "staff:users"),
    ("Transfers", "transfers:home"),
    ("Groups", "classes:restrictions"),
    ("Maps", "maps:home"),
    ("Form Builder", "forms:home"),
    ("Integrations", "integrations:home"),
)


class Frame:
    """The parts of one page's frame, each worked out at most once."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def __getattr__(self, name: str) -> Any:
        """A part that an app registered; empty when none has, or on a page of nobody's."""
        if name.startswith("_") or name not in _parts:
            raise AttributeError(name)
        value = _parts[name](self._request)
        self.__dict__[name] = value
        return value

    @cached_property
    def _access(self) -> Access:
        return access_of(self._request)

    @property
    def brand(self) -> str:
        """The provider's brand."""
        return str(settings.BRAND)

    @property
    def school_name(self) -> str:
        """The school's name; empty outside schools."""
        school = getattr(self._request, "school", None)
        return str(school.name) if school is not None else ""

    @property
    def is_signed_in(self) -> bool:
        """Whether somebody is signed in."""
        user = getattr(self._request, "user", None)
        return user is not None and bool(user.is_authenticated)

    @property
    def user_name(self) -> str:
        """Forename and surname of the person signed in."""
        return str(getattr(self._request.user, "full_name", "")) if self.is_signed_in else ""

    @property
    def theme(self) -> str:
        """The appearance the person chose."""
        return str(getattr(self._request.user, "theme", "") or "system") if self.is_signed_in else "system"

    @property
    def is_elevated(self) -> bool:
        """Whether a key was used in this session."""
        return self._access.is_elevated

    @property
    def hides_names(self) -> bool:
        """Whether "Hide Names" is on in this session."""
        return hides_names(self._request)

    @property
    def can_add(self) -> bool:
        """Whether the person may add incidents."""
        return self._access.can(SystemPermission.ADD_ENTRIES)

    @property
    def add_incident_url(self) -> str:
        """Where "Add Incident" leads; empty when it is not shown."""
        return _address("incidents:add") if self.can_add else ""

    @property
    def elevate_url(self) -> str:
        """Where "Elevate Your Access" leads; empty for accounts without a key and when it was used."""
        return _address("people:elevate") if self._access.has_key and not self._access.is_elevated else ""

    @cached_property
    def menu(self) -> list[MenuEntry]:
        """The main menu of this person on this page."""
        if not self.is_signed_in or self._access.user_id is None:
            return []
        path = self._request.path
        entries = []
        for place in PLACES:
            address = _address(place.route) if place.shown(self._access) else ""
            if address:
                is_here = path == "/" if place.section == "/" else path.startswith(place.section)
                entries.append(MenuEntry(place.label, address, is_here))
        return entries

    @cached_property
    def admin_tabs(self) -> list[MenuEntry]:
        """The tabs of "Admin"; one whose route is not there is left out. Empty for everybody else."""
        if not self._access.is_administrator:
            return []
        found = [(label, _address(route)) for label, route in ADMIN_TABS]
        path = self._request.path
        # "Overview" stands at the root of all the others: it is current only at its own address.
        here = max((url for _, url in found if url and path.startswith(url)), key=len, default="")
        return [MenuEntry(label, url, url == here) for label, url in found if url]


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Context processor."""
    return {"frame": Frame(request)}


def _address(route: str) -> str:
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""
