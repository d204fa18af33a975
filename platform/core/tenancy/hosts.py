"""Which place an address speaks to. The subdomain may change; the schema behind it never does."""

import re
from enum import Enum, auto

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest

# Addresses that the provider keeps for itself, or that a visitor would take for the provider's.
RESERVED_SUBDOMAINS = frozenset(
    {
        "account",
        "admin",
        "api",
        "app",
        "assets",
        "auth",
        "autoconfig",
        "autodiscover",
        "broker",
        "cdn",
        "console",
        "demo",
        "dns",
        "docs",
        "ftp",
        "health",
        "help",
        "helpdesk",
        "imap",
        "localhost",
        "login",
        "mail",
        "media",
        "mx",
        "ns",
        "ns1",
        "ns2",
        "operator",
        "platform",
        "pop",
        "postmaster",
        "public",
        "root",
        "security",
        "sign-in",
        "smtp",
        "sso",
        "static",
        "status",
        "support",
        "template",
        "test",
        "training",
        "transfer",
        "webmail",
        "www",
    }
)
DNS_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class Place(Enum):
    """What stands at an address."""

    BASE = auto()
    AUTH = auto()
    CONSOLE = auto()
    SCHOOL = auto()
    NOTHING = auto()


def host_of(request: HttpRequest) -> str:
    """The host the browser asked for, lower case, without port and final dot; empty when it is no host of
    ours.

    Only the Host header counts. X-Forwarded-Host is anybody's to write and is never read.
    """
    try:
        host = request.get_host()
    except DisallowedHost:
        return ""
    return host.rsplit(":", 1)[0].rstrip(".").lower()


def address_of(subdomain: str) -> str:
    """The host of a school: "stgeorges" gives "stgeorges.records.example"."""
    return f"{subdomain}.{settings.BASE_DOMAIN}"


def is_dns_label(subdomain: str) -> bool:
    """Whether a browser would accept it as the first part of an address (no underscores: cookies would be
    lost).
    """
    return DNS_LABEL.fullmatch(subdomain) is not None and not subdomain.startswith("xn--")


def place_of(host: str) -> Place:
    """What kind of place the host names in this process; whether the school exists is for the database to
    say.
    """
    if host in {settings.BASE_DOMAIN, "127.0.0.1"}:
        return Place.BASE
    subdomain = host.removesuffix(f".{settings.BASE_DOMAIN}")
    if subdomain == host or not is_dns_label(subdomain):
        return Place.NOTHING
    is_console = settings.WEB_PROCESS == "console"
    if is_console or subdomain == "platform":
        return Place.CONSOLE if is_console and subdomain == "platform" else Place.NOTHING
    if subdomain == "auth":
        return Place.AUTH
    return Place.NOTHING if subdomain in RESERVED_SUBDOMAINS else Place.SCHOOL
