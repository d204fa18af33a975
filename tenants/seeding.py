"""The steps that fill a new school, in order. Apps register theirs when they are ready."""

from collections.abc import Callable
from dataclasses import dataclass

from tenants.models import School
from tenants.setup_sheet import SetupSheet

StepFunction = Callable[[School, SetupSheet], list[str] | None]


@dataclass(frozen=True, order=True)
class Step:
    """One part of a school's beginning. It runs in the school's schema and in the transaction that makes the
    school.
    """

    order: int
    name: str
    run: StepFunction


_steps: dict[str, Step] = {}


def register_step(name: str, order: int, fn: StepFunction) -> None:
    """Run `fn(school, sheet)` for every new school, after all steps with a lower order.

    What it returns, a list of sentences or nothing, is told to the operator with the result. Whatever it
    raises undoes the whole school.
    """
    _steps[name] = Step(order, name, fn)


def steps() -> list[Step]:
    """Every registered step, in the order in which they run."""
    return sorted(_steps.values(), key=lambda step: (step.order, step.name))
