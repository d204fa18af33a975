"""What every installation shares; demo, test and production add their own."""

from pathlib import Path

from config.settings import environment as env

ROOT = Path(__file__).resolve().parents[3]

# --- Who this is ----------------------------------------------------------------------------------

BRAND = env.optional("BRAND", "CPOMS")
BASE_DOMAIN = env.optional("BASE_DOMAIN", "localhost")
SUPPORT_TELEPHONE = env.optional("SUPPORT_TELEPHONE", "01632 960100")
SUPPORT_EMAIL = env.optional("SUPPORT_EMAIL", "helpdesk@provider.example")
SUPPORT_HOURS = env.optional(
    "SUPPORT_HOURS", "Monday to Thursday 8:30am to 5:30pm, Friday 8:30am to 5pm, not on bank holidays"
)
# Where a school's records lie, as its Service Level Agreement says it.
DATA_LOCATION = env.optional("DATA_LOCATION", "the United Kingdom")
# What a U2F key costs, and where the form to order some lies (empty: it is asked for by mail).
KEY_PRICE = env.optional("KEY_PRICE", "£22.50 + VAT")
KEY_ORDER_FORM_URL = env.optional("KEY_ORDER_FORM_URL", "")
TRAINING_URL = env.optional("TRAINING_URL", "https://training.provider.example/getting-started")

# How a school's address begins and ends in mails; the port only where it is not the scheme's own.
WEB_SCHEME = env.optional("WEB_SCHEME", "https")
WEB_PORT = env.optional("WEB_PORT")

# --- Which process this is ------------------------------------------------------------------------

# "schools" serves schools and the auth host; "console" the operator's console under its own database role.
WEB_PROCESS = env.optional("WEB_PROCESS", "schools")
DATABASE_ROLE = env.optional("DATABASE_ROLE", "platform" if WEB_PROCESS == "console" else "app")
DATABASE_VARIABLE = {
    "app": "DATABASE_URL",
    "owner": "DATABASE_OWNER_URL",
    "platform": "DATABASE_PLATFORM_URL",
}[DATABASE_ROLE]

# --- Apps -----------------------------------------------------------------------------------------

# In public and in every school: public rows are operators and SSO identities, a school's rows its staff.
IN_BOTH = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "core.audit",
    "core.outbox",
    "shared_apps.people",
    # A school's rows are on their way to public's.
    "shared_apps.helpdesk",
]

SHARED_APPS = [
    "django_tenants",
    "django.contrib.staticfiles",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django_htmx",
    "django_cotton",
    "lucide",
    "csp",
    "core.access",
    "core.crypto",
    "core.db",
    "core.tenancy",
    "core.web",
    "tenants",
    "shared_apps.operators",
    *IN_BOTH,
]

TENANT_APPS = [
    *IN_BOTH,
    "tenant_apps.school_settings",
    "tenant_apps.categories",
    "tenant_apps.agencies",
    "tenant_apps.staff",
    "tenant_apps.classes",
    "tenant_apps.form_builder",
    "tenant_apps.students",
    "tenant_apps.documents",
    "tenant_apps.maps",
    "tenant_apps.monitoring",
    "tenant_apps.alerts",
    "tenant_apps.planner",
    "tenant_apps.incidents",
    "tenant_apps.attendance",
    "tenant_apps.imports",
    "tenant_apps.training",
    "tenant_apps.profile",
    "tenant_apps.dashboard",
    "tenant_apps.administration",
]

INSTALLED_APPS = list(dict.fromkeys([*SHARED_APPS, *TENANT_APPS]))

TENANT_MODEL = "tenants.School"
TENANT_DOMAIN_MODEL = "tenants.Domain"
PUBLIC_SCHEMA_NAME = "public"
TENANT_LIMIT_SET_CALLS = True
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]

# --- A request's way ------------------------------------------------------------------------------

MIDDLEWARE = [
    # Outside of everything that may answer, so that every answer has the policy and the headers.
    "csp.middleware.CSPMiddleware",
    "core.web.middleware.RequestContextMiddleware",
    "core.web.middleware.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.tenancy.middleware.SchoolMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "shared_apps.people.middleware.SessionAgeMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "shared_apps.people.middleware.IdleLockMiddleware",
    "core.access.middleware.AccessMiddleware",
    "core.audit.middleware.RefusalMiddleware",
    "core.web.hiding.HideNamesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls_school"
WSGI_APPLICATION = "config.wsgi.application"
ACCESS_LOADER = "tenant_apps.classes.selectors.load_access"
APPEND_SLASH = False
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
USE_X_FORWARDED_HOST = False
# The host is checked by SchoolMiddleware, which serves only hosts of schools that exist.
ALLOWED_HOSTS = [f".{BASE_DOMAIN}", "127.0.0.1"]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

# --- Database -------------------------------------------------------------------------------------

DATABASES = {
    "default": {
        "ENGINE": "core.tenancy.backend",
        **env.database(
            env.required(DATABASE_VARIABLE, f"Commands and pages that run as {DATABASE_ROLE} need it."),
            DATABASE_VARIABLE,
        ),
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 0,
        # What a restart of PostgreSQL left dead in the pool is found there, not by somebody's request.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # A connection goes back to the pool without a school: the backend empties its search_path.
            "pool": {
                "min_size": 2,
                "max_size": env.whole_number("DATABASE_POOL", 10),
                "timeout": 10,
                # The pool waits twice as long after each failed try, for five minutes if it is let: a school
                # would wait for a database that is back. Once it gives up, the next request tries at once.
                "reconnect_timeout": 2,
            },
        },
    }
}
# What the roles are called in this installation: privileges are granted to these names.
DATABASE_ROLES = {
    "owner": env.role("DATABASE_OWNER_URL", "owner"),
    "app": env.role("DATABASE_URL", "app"),
    "platform": env.role("DATABASE_PLATFORM_URL", "platform"),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Valkey: cache, queue, soft limits. It may be lost at any moment. -----------------------------

VALKEY_URL = env.required("VALKEY_URL", "For example redis://127.0.0.1:6379/0")
_VALKEY = {
    "LOCATION": VALKEY_URL,
    "KEY_FUNCTION": "core.tenancy.cache.school_key_function",
    "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
}
CACHES = {
    "default": {"BACKEND": "core.tenancy.cache.FallThroughValkeyCache", **_VALKEY},
    "sessions": {"BACKEND": "core.tenancy.cache.SessionCache", **_VALKEY},
}

# --- Sessions and people --------------------------------------------------------------------------

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_CACHE_ALIAS = "sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
CSRF_COOKIE_HTTPONLY = False  # the page's own script sends it as a header with drafts and uploads
CSRF_COOKIE_SAMESITE = "Lax"
# Host-only cookies: a cookie for the base domain would be sent to every school.
SESSION_COOKIE_DOMAIN = None
CSRF_COOKIE_DOMAIN = None
CSRF_FAILURE_VIEW = "core.web.errors.csrf_failure"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["shared_apps.people.adapters.sign_in.EmailBackend"]
LOGIN_URL = "people:login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
OTP_TOTP_ISSUER = BRAND

# --- Secrets --------------------------------------------------------------------------------------

SECRET_KEY = env.required("SECRET_KEY", "Any 50 random characters, secret and the same on every machine.")
# The root key lies in AWS KMS when its id is given, else in the environment.
ENCRYPTION_KMS_KEY_ID = env.optional("ENCRYPTION_KMS_KEY_ID")
ENCRYPTION_KMS_ENDPOINT_URL = env.optional("ENCRYPTION_KMS_ENDPOINT_URL")
ENCRYPTION_KMS_REGION = env.optional("ENCRYPTION_KMS_REGION", "eu-west-2")
ENCRYPTION_ROOT_KEY = b"" if ENCRYPTION_KMS_KEY_ID else env.root_key("ENCRYPTION_ROOT_KEY")

# --- Documents ------------------------------------------------------------------------------------

# A folder, or S3 when S3_BUCKET is set.
DOCUMENTS_FOLDER = env.optional("DOCUMENTS_FOLDER")
S3_BUCKET = env.optional("S3_BUCKET")
S3_ENDPOINT_URL = env.optional("S3_ENDPOINT_URL")
S3_REGION = env.optional("S3_REGION", "eu-west-2")
S3_ACCESS_KEY_ID = env.optional("S3_ACCESS_KEY_ID")
S3_SECRET_ACCESS_KEY = env.optional("S3_SECRET_ACCESS_KEY")
DOCUMENT_MAX_BYTES = 100 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["tenant_apps.documents.adapters.uploads.RefusingUploadHandler"]
# The largest body that any page takes: an extract of 200 MB. Each page has its own, lower limit.
BODY_MAX_BYTES = 201 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- Mail -----------------------------------------------------------------------------------------

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
for _name, _value in env.mail_server(env.required("EMAIL_URL", "For example smtp://127.0.0.1:2525")).items():
    globals()[_name] = _value
EMAIL_TIMEOUT = 20
MAIL_DOMAIN = BASE_DOMAIN if "." in BASE_DOMAIN else "records.example"
DEFAULT_FROM_EMAIL = env.optional("MAIL_FROM", f"no-reply@{MAIL_DOMAIN}")

# --- Language, time, templates, static files ------------------------------------------------------

LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "Europe/London"
FORMAT_MODULE_PATH: list[str] = []

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "lucide.templatetags.lucide",
                "core.web.look",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "core.web.frame.frame",
            ],
        },
    }
]
COTTON_DIR = "components"

STATIC_URL = "/static/"
STATIC_ROOT: str | None = env.optional("STATIC_ROOT", str(ROOT / ".static"))
STATICFILES_DIRS = [
    ROOT / "static",
    ("fonts/atkinson", ROOT / "node_modules/@fontsource-variable/atkinson-hyperlegible-next/files"),
    ("vendor/auto-complete", ROOT / "node_modules/@github/auto-complete-element/dist"),
]
STORAGES = {
    "staticfiles": {"BACKEND": "core.web.staticfiles.HashedStaticFiles"},
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "core.web.logging.PlainFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Its messages carry the whole address with its query; core.web's log says what is needed.
        "django.request": {"level": "CRITICAL"},
        "django.server": {"level": "WARNING"},
        "rq.worker": {"level": "WARNING"},
        # They name the id of every credential that is used.
        "fido2": {"level": "WARNING"},
        # They say which style sheet and which font they read, dozens of lines a PDF.
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "weasyprint.progress": {"level": "WARNING"},
    },
}
