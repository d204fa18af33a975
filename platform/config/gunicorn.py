"""gunicorn's configuration: threads, limits in front of the product, nobody's forwarded headers believed.

`gunicorn --config platform/config/gunicorn.py config.wsgi:application`. Values that depend on the machine
come from the environment. Uploads are not spooled: the body reaches the product as it arrives.
"""

import os

import gunicorn

# The header `Server` of every answer: nobody needs to know which program answers.
gunicorn.SERVER = "web"

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "1"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 120
graceful_timeout = 20
keepalive = 5

limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190

# The addresses of the proxies in front, if there are any. Empty: X-Forwarded-Proto is anybody's to send.
forwarded_allow_ips = os.environ.get("TRUSTED_PROXY_ADDRESSES", "")
forwarder_headers = ""
header_map = "drop"
strip_header_spaces = False
permit_obsolete_folding = False

# The product writes one line a request without query and without names; gunicorn's own would hold both.
accesslog = None
loglevel = "warning"
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "core.web.logging.PlainFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "gunicorn.error": {"level": "WARNING", "handlers": ["console"], "propagate": False},
        "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
    },
}
