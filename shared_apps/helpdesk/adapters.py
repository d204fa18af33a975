"""What schools know and this app may not import: whether a text names one of their pupils."""

from collections.abc import Callable


class SchoolSide:
    """Set by a school's own apps when they start; until then nothing looks like a pupil's name."""

    names_a_pupil: Callable[[str], bool] = staticmethod(lambda text: False)

    def register(self, *, names_a_pupil: Callable[[str], bool]) -> None:
        """Called in `ready()`; the function runs inside the school whose page asks."""
        self.names_a_pupil = names_a_pupil


school_side = SchoolSide()
