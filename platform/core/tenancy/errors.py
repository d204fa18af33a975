"""What can go wrong between schools. No imports, so that the database backend can raise it while Django
loads.
"""


class NoSchoolError(Exception):
    """A table of a school was asked for while no school was set. The remedy is `with in_school(school):`."""


class SearchPathLeakError(Exception):
    """The way to the database mixes up the schools of two connections; serving would show wrong records."""
