"""Tells mypy what middleware puts on a request and its user, and our backend on a connection."""

from collections.abc import Callable
from functools import partial

from mypy.nodes import MDEF, SymbolTableNode, Var
from mypy.plugin import ClassDefContext, Plugin
from mypy.types import AnyType, TypeOfAny

ADDED = {
    "django.contrib.auth.base_user.AbstractBaseUser": ("is_verified", "otp_device"),
    "django.http.request.HttpRequest": ("access", "school", "htmx", "request_id"),
    "django.db.backends.base.base.BaseDatabaseWrapper": (
        "Database",
        "close_pool",
        "leave",
        "schema_name",
        "set_tenant",
        "tenant",
    ),
}


def add_attributes(names: tuple[str, ...], context: ClassDefContext) -> None:
    """Add the attributes; their own types would make mypy load the product before Django."""
    for name in names:
        variable = Var(name, AnyType(TypeOfAny.explicit))
        variable.info = context.cls.info
        context.cls.info.names.setdefault(name, SymbolTableNode(MDEF, variable))


class AttributesPlugin(Plugin):
    """Adds attributes to classes of Django's."""

    def get_customize_class_mro_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        """Return what to do with the class."""
        return partial(add_attributes, ADDED[fullname]) if fullname in ADDED else None


def plugin(_version: str) -> type[Plugin]:
    """Return the plugin: the name that mypy looks for."""
    return AttributesPlugin
