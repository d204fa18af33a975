"""The sign-in sheet: what a person needs to try the demo, on the terminal and as demo.json."""

from collections.abc import Iterator
from typing import Any


def lines(sheet: dict[str, Any], *, inbox: str, console: str) -> Iterator[str]:
    """Yield the sheet for the terminal."""
    yield ""
    yield f"Neutral page     http://{sheet['base']}"
    yield f"Operator         {console}"
    yield from _person(sheet["operator"])
    yield f"Every mail sent  {inbox}"
    yield f"                 (files in {sheet['mail']})"
    for school in sheet["schools"]:
        yield ""
        yield f"{school['name']}  http://{school['host']}"
        for user in school["users"]:
            yield from _person(user)
    if sheet["sso"]:
        yield ""
        yield f"Sign in to several schools  http://auth.{sheet['base']}"
        for person in sheet["sso"]:
            yield from _person(person)
            yield f"      schools: {', '.join(person['schools'])}"
    yield ""
    yield "Ctrl-C stops everything; the same command starts it again with everything kept."


def _person(person: dict[str, Any]) -> Iterator[str]:
    title = ", ".join(part for part in (person.get("name"), person.get("group")) if part)
    if title:
        yield f"  {title}"
    password = person.get("password") or "has never signed in"
    yield f"      {person['email']}  {password}"
    if person.get("totp_secret"):
        yield f"      key (authenticator app): {person['totp_secret']}"
