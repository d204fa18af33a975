"""Users, their keys and links for setting a password, their sessions and devices, counts of wrong tries."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django_otp.models import Device

from core.db.models import Record
from core.db.text import sort_key
from core.tenancy import session_salt
from shared_apps.people.enums import Theme, TryKind


class UserManager(BaseUserManager["User"]):
    """Finds users by email whatever the case it is typed in."""

    def filter_email(self, email: str) -> models.QuerySet["User"]:
        """The user with this address, active or not, however it is typed."""
        return self.filter(email=normal_email(email))

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user with this email address; raises User.DoesNotExist."""
        return self.filter_email(username or "").get()


def normal_email(email: str) -> str:
    """The one spelling under which an address is stored, looked up and counted."""
    return email.strip().lower()


class User(Record, AbstractBaseUser):  # type: ignore[django-manager-missing] # django-otp has no types
    """One person who may sign in here: a member of a school's staff, or in public an operator.

    What the person may do is not told here; a school's user groups say so. The password is unusable until
    the person has set one, and nobody else ever does.
    """

    email = models.EmailField(max_length=254, unique=True)
    title = models.CharField(max_length=20, blank=True)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    extension = models.CharField(max_length=20, blank=True)
    is_active = models.BooleanField(default=True)
    sort_key = models.CharField(max_length=255, editable=False, db_index=True)
    theme = models.CharField(max_length=10, choices=Theme, default=Theme.SYSTEM)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")) & ~models.Q(email=""), name="people_user_email_lower"
            ),
            models.CheckConstraint(
                condition=models.Q(theme__in=Theme.values), name="people_user_theme_known"
            ),
        ]

    def __str__(self) -> str:
        return f"user {self.pk}"

    def save(self, *args, **kwargs) -> None:
        """Keep the address in its one spelling and the sort key in step with the names."""
        self.email = normal_email(self.email)
        self.sort_key = sort_key(self.last_name, self.first_name)
        fields = kwargs.get("update_fields")
        if fields is not None and {"first_name", "last_name"} & set(fields):
            kwargs["update_fields"] = {*fields, "sort_key"}
        super().save(*args, **kwargs)

    @property
    def full_name(self) -> str:
        """As in "Martin Coleman"."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def formal_name(self) -> str:
        """As in "Dr Coleman"; the full name where no title is known."""
        return f"{self.title} {self.last_name}" if self.title else self.full_name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # The school stands in the hash: a session row or cookie of one school proves nothing in another,
        # even for a person whose id and password should be the same in both.
        return salted_hmac(
            f"people.User.session:{session_salt()}", self.password, secret=secret, algorithm="sha256"
        ).hexdigest()


class PasswordLink(Record):
    """One request for a link to set a password.

    Requests for addresses that belong to nobody are rows too, without a user: both cases then do the same
    work and take the same time. The link itself lies nowhere: its digest and its end are written when the
    mail is made.
    """

    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    email_digest = models.CharField(max_length=64, db_index=True)
    requested_at = models.DateTimeField()
    digest = models.CharField(max_length=64, null=True, unique=True)
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(digest__isnull=True, expires_at__isnull=True)
                | models.Q(digest__isnull=False, expires_at__isnull=False),
                name="people_passwordlink_digest_has_end",
            ),
        ]

    def __str__(self) -> str:
        return f"password link {self.pk}"


class WrongTries(Record):
    """The wrong tries of the last minutes against one account, known or not.

    The row is also the lock that makes tries against one account wait for each other, so that a burst of
    parallel guesses is counted like a slow one.
    """

    kind = models.CharField(max_length=10, choices=TryKind)
    digest = models.CharField(max_length=64)
    times = ArrayField(models.DateTimeField(), default=list)
    # From where each of them came, in the same order: a digest of the network or of the known device.
    places = ArrayField(models.CharField(max_length=64), null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "digest"], name="people_wrongtries_kind_digest"),
            models.CheckConstraint(
                condition=models.Q(kind__in=TryKind.values), name="people_wrongtries_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"wrong tries {self.pk}"


class RecoveryCode(Device):
    """One of eight codes that stand in for a lost key, each good for one use; only the digest is kept.

    It is a device, so that a session opened with it counts as verified like one opened with the app.
    """

    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="people_recoverycode_user_digest"),
        ]

    def __str__(self) -> str:
        return f"recovery code {self.pk}"


class WebAuthnKey(Device):
    """A U2F key: a credential that one person's USB key made for this school's address and no other."""

    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    rp_id = models.CharField(max_length=253)
    credential_id = models.BinaryField(unique=True)
    # Model, credential id and public key, as the key gave them.
    credential = models.BinaryField()
    # What the key last counted; one that counts backwards has been copied.
    sign_count = models.BigIntegerField()
    # The digest of the challenge it answered last: no answer works twice.
    last_challenge = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sign_count__gte=0), name="people_webauthnkey_sign_count_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"U2F key {self.pk}"


class SignedInSession(Record):
    """One sign-in of a person, as the list "Where you are signed in" shows it.

    The session's own id is not kept, only its digest: who reads this table can open nothing.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)
    # Browser and system in words, such as "Firefox on Windows"; never the whole header.
    agent = models.CharField(max_length=60, blank=True)
    with_key = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest"], name="people_signedinsession_digest")]
        indexes = [
            models.Index(
                fields=["user"], condition=models.Q(ended_at=None), name="people_signedinsession_open"
            ),
        ]

    def __str__(self) -> str:
        return f"session {self.pk}"


class KnownDevice(Record):
    """A browser in which a person has signed in; known again by a cookie of which only the digest is kept."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    digest = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    last_key_use_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="people_knowndevice_user_digest"),
        ]

    def __str__(self) -> str:
        return f"known device {self.pk}"


class FormerEmail(Record):
    """An address an account had: it is told of the change, though the account does not know it any more."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(max_length=254)
    replaced_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"former address {self.pk}"
