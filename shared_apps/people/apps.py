"""The people app: who may sign in, and by what."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Users, passwords and keys; its tables stand in public and in every school."""

    name = "shared_apps.people"
    label = "people"
    verbose_name = "People"
