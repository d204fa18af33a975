"""The people app: who may sign in, and by what."""

from importlib import import_module

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Users, passwords and keys; its tables stand in public and in every school."""

    name = "shared_apps.people"
    audit_words = {
        "key.added": "Added a security key",
        "key.copied": "A copy of a security key was noticed",
        "key.refused": "Gave a wrong code of a key",
        "key.removed": "Removed a security key",
        "key.renamed": "Renamed a security key",
        "key.used": "Signed in with two-factor authentication",
        "keys.removed": "Removed the security keys of a user",
        "people.swept": "What was out of date about accounts was cleared",
        "recovery_codes.renewed": "Made new recovery codes",
        "session.locked": "Locked the screen",
        "session.unlocked": "Unlocked the screen",
        "sessions.ended": "Ended other sessions",
        "user.activated": "Activated a user",
        "user.added": "Added a user",
        "user.changed": "Changed the account of a user",
        "user.confirmed": "Confirmed who they are",
        "user.deactivated": "Deactivated a user",
        "user.password_changed": "Changed the password",
        "user.password_set": "Set a password",
        "user.reset_requested": "Asked to reset the password",
        "user.sign_in_failed": "Failed to sign in",
        "user.sign_in_paused": "Was kept from signing in for a while",
        "user.signed_in": "Signed in with the password",
        "user.signed_out": "Signed out",
        "user.theme_changed": "Changed the appearance of the screen",
    }
    label = "people"
    verbose_name = "People"

    def ready(self) -> None:
        """Let the outbox know who sends the mails, sessions when they began, and pages when they lock."""
        import_module("shared_apps.people.adapters.sign_in")
        import_module("shared_apps.people.handlers")
        from core.web import frame
        from shared_apps.people.adapters.sign_in import idle_minutes

        frame.register("idle_minutes", idle_minutes)
