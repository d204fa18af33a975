"""The demo on one machine: plain http on *.localhost, everything else as in production."""

from config.settings import environment as env
from config.settings.base import *

DEMO = True
WEB_SCHEME = "http"
WEB_PORT = env.optional("PORT", "8000")
DEBUG = False
SESSION_COOKIE_NAME = "session"
CSRF_COOKIE_NAME = "csrf"
