"""A query by access asks, for every access, what it would ask if it were compiled for that one alone."""

import random
from dataclasses import replace
from itertools import combinations
from uuid import uuid4

import pytest

from core.access import NOBODY, SYSTEM, QueryByAccess
from core.access.prepared import CATEGORIES, kind_of


def drawn(draw, ids):
    """An access with sets of categories that overlap in any way, some of them empty."""
    return replace(
        NOBODY,
        user_id=uuid4(),
        is_elevated=True,
        classes=draw.choice([None, frozenset(), frozenset(ids[:3])]),
        **{name: frozenset(draw.sample(ids, draw.choice([0, 1, 4, 9]))) for name in CATEGORIES},
    )


def made_of(first, second):
    return {
        "both": first & second,
        "either": first | second,
        "one": first - second,
        "other": second - first,
    }


def test_what_is_made_of_the_sets_stands_for_what_it_would_be():
    from core.db.prepared import stand_in

    draw, ids = random.Random(7), [uuid4() for _ in range(12)]
    for _ in range(300):
        access = drawn(draw, ids)
        kind, members = kind_of(access)
        stands_for = {stand_in(name): set(found) for name, found in members.items()}

        def true(standing, stands_for=stands_for):
            return set().union(*(stands_for[one] for one in standing))

        assert true(kind.classes or ()) == (access.classes or set())
        assert (kind.classes is None) == (access.classes is None)
        assert true(kind.hidden_restricting) == access.hidden_restricting
        assert true(kind.viewable_restricting) == access.viewable_restricting
        for first, second in combinations(CATEGORIES, 2):
            standing = made_of(getattr(kind, first), getattr(kind, second))
            for name, found in made_of(getattr(access, first), getattr(access, second)).items():
                assert true(standing[name]) == found
                assert bool(standing[name]) == bool(found)


def test_the_systems_access_has_no_list_to_ask_for():
    with pytest.raises(TypeError):
        kind_of(SYSTEM)


def test_one_statement_serves_every_access_of_a_kind(in_a):
    from django.db.models import Q

    from tenant_apps.categories.models import Category

    built = []

    def build(access, *, one):
        built.append(access)
        mine = Q(pk__in=access.view_incidents) & ~Q(pk__in=access.hidden_restricting)
        return Category.objects.filter(mine, pk=one).values_list("pk")

    asked = QueryByAccess(build, "one")
    ids = list(Category.objects.values_list("pk", flat=True))
    draw = random.Random(8)
    for _ in range(40):
        viewed, restricting = (frozenset(draw.sample(ids, draw.choice([0, 2, 5]))) for _ in range(2))
        access = replace(NOBODY, user_id=uuid4(), view_incidents=viewed, restricting=restricting)
        one = draw.choice(ids)
        assert asked.rows(access, one=one) == ([(one,)] if one in viewed else [])
    # By which of the three parts of two sets have members.
    assert len(built) <= 8
