"""Who is who in the invented schools: words in the entries, user groups, who gets a password."""

import re
from dataclasses import dataclass

# Words that stand for a person in the entries, by the person's address before the @.
TOKENS = {
    "stgeorges": {
        "head": "m.coleman",
        "dsl": "d.okafor",
        "trust": "p.nair",
        "deputy": "l.haynes",
        "senco": "a.rowe",
        "attendance": "c.pearce",
        "reception": "j.webb",
        "nurse": "g.adu",
        "teacher1": "t.ellery",
        "teacher2": "c.bevan",
        "ta": "j.nowak",
        "midday": "n.chaudhry",
        "hoy7": "l.middleton",
        "hoy8": "s.yilmaz",
        "hoy9": "e.reid",
        "hoy10": "p.kowalski",
        "hoy11": "j.lukaszewski",
        "hoy12": "m.haddad",
        "hoy13": "g.turnbull",
    },
    # The office manager may add nothing: what the office saw, lunchtime staff write.
    "riverside": {
        "head": "r.adeyemi",
        "dsl": "p.redfern",
        "deputy": "n.rahman",
        "office": "l.fischer",
        "teacher1": "o.pugh",
        "midday": "l.fischer",
        "hoyR": "c.harrison",
        "trust": "p.nair",
    },
    "hillview": {
        "head": "a.bello",
        "dsl": "e.price",
        "deputy": "a.bello",
        "teacher1": "g.parry",
        "nurse": "r.mistry",
        "ta": "w.stokes",
        "hoy10": "s.chandler",
        "trust": "p.nair",
    },
}


@dataclass(frozen=True)
class Leaver:
    """Somebody who wrote entries and whose account was closed, so many school days before day 0."""

    title: str
    first_name: str
    last_name: str
    job_title: str
    left: int
    mis_id: str | None = None


LEAVERS: dict[str, dict[str, Leaver]] = {
    "stgeorges": {
        "r.matthews": Leaver("Mrs", "Rebecca", "Matthews", "Teacher (left)", -52, "S0140"),
        "p.dunning": Leaver("Mr", "Peter", "Dunning", "Learning Mentor", -174),
    },
    "riverside": {},
    "hillview": {},
}

# Those who sign in during a demo, and whether they have a key. None as password: has never signed in.
SIGN_IN = {
    "stgeorges": {
        "m.coleman": True,
        "d.okafor": True,
        "l.haynes": True,
        "p.nair": True,
        "h.marsh": True,
        "a.rowe": True,
        "e.reid": True,
        "t.ellery": False,
        "c.bevan": True,
        "a.anderson": True,
        "j.nowak": False,
        "j.webb": False,
    },
    "riverside": {
        "r.adeyemi": True,
        "p.redfern": True,
        "n.rahman": True,
        "s.cole": True,
        "o.pugh": False,
        "l.fischer": False,
        "p.nair": True,
    },
    "hillview": {"a.bello": True, "e.price": True, "g.parry": False, "w.stokes": False, "p.nair": True},
}
NEVER_SIGNED_IN = {"stgeorges": "c.farrell", "riverside": "t.booth", "hillview": "b.butler"}

# Alert groups besides the default "Safeguarding team": name, tokens of the members.
ALERT_GROUPS = {
    "stgeorges": {
        **{f"Year {year} pastoral": [f"hoy{year}"] for year in range(7, 14)},
        "Attendance": ["attendance"],
        "SEND": ["senco"],
        "First aid": ["nurse", "reception"],
        "Senior leaders": ["head", "dsl", "deputy", "trust"],
    },
    "riverside": {"First aid": ["midday", "deputy"], "SEND": ["deputy"], "Senior leaders": ["head", "dsl"]},
    "hillview": {"First aid": ["nurse"], "Senior leaders": ["head", "dsl"]},
}
LIBRARY_ONLY = "All Staff"

UNREAD = {
    "stgeorges": {"dsl": 7, "deputy": 2, "teacher1": 1, "ta": 1},
    "riverside": {"dsl": 4, "deputy": 4},
    "hillview": {"dsl": 1},
}


def group_for(job_title: str) -> str:
    """The user group of someone who is in the MIS but not on the set-up sheet."""
    if re.search(r"Head of Year|SENCO|Attendance Officer", job_title):
        return "Pastoral leads"
    if re.search(r"\bTeacher\b", job_title):
        return "Teachers"
    return "Non-key staff"
