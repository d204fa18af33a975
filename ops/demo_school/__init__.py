"""The demo's three schools, made through the product's own commands and services, dated from today."""

from ops.demo_school.building import build

__all__ = ["build"]
