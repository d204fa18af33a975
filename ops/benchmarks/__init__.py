"""The figures that the product is held to, each beside its floor (run by ops/bench).

A module here names its figures in `FIGURES` and has `measure(stage: Stage) -> Iterable[Figure]`.
"""
