"""Production: https only, cookies that no neighbouring host can set or read."""

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *
from config.settings.base import BASE_DOMAIN, DOCUMENTS_FOLDER, S3_BUCKET, SECRET_KEY

DEBUG = False
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
# The proxy in front ends TLS and must set this header itself, dropping what a client sent.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"

if "." not in BASE_DOMAIN:
    raise ImproperlyConfigured(
        "BASE_DOMAIN must be the domain under which the schools' addresses stand, e.g. records.example."
    )
if "_" in BASE_DOMAIN:
    raise ImproperlyConfigured("BASE_DOMAIN may not contain an underscore: browsers drop its cookies.")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is too short: give it at least 50 random characters.")
if not (S3_BUCKET or DOCUMENTS_FOLDER):
    raise ImproperlyConfigured(
        "Set S3_BUCKET (with S3_ENDPOINT_URL and its keys) or DOCUMENTS_FOLDER: documents need a home."
    )
