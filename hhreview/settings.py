"""Settings, read from the environment only; docs/reference/settings.md documents every variable."""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import suppress
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from hhreview import layout, local
from hhreview.env import (
    absolute,
    database_from_url,
    email_from_url,
    env_bool,
    env_choice,
    env_device,
    env_endpoint,
    env_hosts,
    env_hours,
    env_int,
    env_languages,
    env_list,
    env_lookups,
    env_object,
    env_origins,
    env_path,
    env_price,
    env_rate,
    env_str,
    env_time_zone,
    redis_urls,
)
from hhreview.scan_storage import scan_storage
from hhreview.servers.starting import ServerPaths

MOST_LLM_SECONDS = 180
"""Three tries must take less time than the broker waits before it gives a slice to another worker."""
DATA_DIR = local.data_folder()
PATHS = ServerPaths(DATA_DIR)

DEBUG = env_bool("HHREVIEW_DEBUG", default=False)
EMBEDDED_DATABASE = not env_str("DATABASE_URL")
EMBEDDED_REDIS = not env_str("REDIS_URL")


def _secret_key() -> str:
    """Return HHREVIEW_SECRET_KEY, or, with an embedded database, a key that is generated once in the data folder."""
    key = env_str("HHREVIEW_SECRET_KEY")
    if key:
        return key
    if not EMBEDDED_DATABASE:
        raise ImproperlyConfigured(
            "HHREVIEW_SECRET_KEY is not set. Make one with "
            "`python -c 'import secrets; print(secrets.token_urlsafe(50))'` and keep it secret."
        )
    file = DATA_DIR / "secret_key"
    try:
        return file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass  # the first start: generated below
    except OSError as error:
        raise ImproperlyConfigured(f"The key in {file} can’t be read: {error.strerror}.") from error
    new = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            handle.write(secrets.token_urlsafe(50))
        os.link(new, file)  # atomic, since two commands may start at the same time
    except FileExistsError:
        pass  # another process was first, and its key is used
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {DATA_DIR} can’t be written ({error.strerror}). "
            "Set HHREVIEW_DATA_DIR to a folder that you may write to."
        ) from error
    finally:
        with suppress(OSError):  # if the folder couldn't be created, there is nothing to remove
            new.unlink()
    return file.read_text(encoding="ascii").strip()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = env_hosts("HHREVIEW_ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env_origins("HHREVIEW_CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "clustering",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "ninja",  # its static files: Swagger UI
    "csp",
    "pgvector.django",
]

MIDDLEWARE = [
    "hhreview.middleware.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hhreview.middleware.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "hhreview.middleware.DoorMiddleware",
]

ROOT_URLCONF = "hhreview.urls"
WSGI_APPLICATION = "hhreview.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [layout.SITE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["clustering.templatetags.person", "django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Database -----------------------------------------------------------------------------------------------------
local.ignore_other_databases()
CONNECT_SECONDS = 5
"""Seconds after which a request gets a 503 if the database doesn't respond."""
_database = database_from_url(env_str("DATABASE_URL") or PATHS.database_url)
_database["CONN_HEALTH_CHECKS"] = True
_database["OPTIONS"].setdefault("connect_timeout", str(CONNECT_SECONDS))
_pool_size = env_int("HHREVIEW_DATABASE_POOL_SIZE", 16, minimum=2)
_conn_max_age = env_int("HHREVIEW_CONN_MAX_AGE", 60)
if env_bool("HHREVIEW_DATABASE_POOL", default=False):
    # For the web process only: Celery closes pools around every task.
    _pool = {
        "min_size": 2,
        "max_size": _pool_size,
        "timeout": CONNECT_SECONDS,
    }
    _database["OPTIONS"] = {**_database["OPTIONS"], "pool": _pool}
else:
    _database["CONN_MAX_AGE"] = _conn_max_age
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Jobs ---------------------------------------------------------------------------------------------------------
REDIS_URL, CELERY_BROKER_URL = redis_urls(env_str("REDIS_URL") or PATHS.redis_url)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for Redis as long as it takes
# The sweep sends the slice of a lost worker again, under a new number. Redis redelivers unacknowledged messages only
# after this, when no slice can still be running.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 6 * 3600,
    "socket_timeout": 10,
    "socket_connect_timeout": 2,
    "sep": ":",
    "priority_steps": [0, 5, 9],  # 0 is taken first
}
# A person's request waits for this, and the sweep sends what couldn't be sent: try once more immediately, since the
# connection may be to a Redis that has restarted since, and don't wait for one that is down.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
SLICE_PRIORITY = 5
"""Priority of slices of jobs: mail, and what follows a change on the desk, come first."""
SHIFT_PRIORITY = 9
"""Priority of the messages that call workers to batches of pages: all others come first."""
SLICE_KEY, SHIFT_KEY = f"{{}}:{SLICE_PRIORITY}", f"{{}}:{SHIFT_PRIORITY}"
"""Redis keys of the lists in which these wait, by queue."""
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
HEARTBEAT_SECONDS = env_int("HHREVIEW_HEARTBEAT_SECONDS", 60, minimum=5)
PATIENCE_SECONDS = env_int("HHREVIEW_PATIENCE_SECONDS", 60, minimum=5)
"""Seconds after which an unresponsive process is replaced. A worker that loads a model may be silent for a while."""
SWEEP_SECONDS = HEARTBEAT_SECONDS / 3
"""How often lost jobs are looked for, by `up` itself or by `beat` in docker-compose.yml."""
CELERY_BEAT_SCHEDULE = {
    "look-after-lost-jobs": {
        "task": "clustering.tasks.resume_jobs",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS},  # or they would pile up while no worker runs
    }
}

# --- Scans --------------------------------------------------------------------------------------------------------
MEDIA_ROOT = env_path("HHREVIEW_MEDIA_ROOT") or DATA_DIR / "media"
CACHE_ROOT = env_path("HHREVIEW_CACHE_ROOT") or DATA_DIR / "cache"
STORE_BUCKET = env_str("HHREVIEW_STORE_BUCKET")
"""Bucket of an S3-compatible store for scans, of which MEDIA_ROOT is then a cache; empty to keep them in MEDIA_ROOT."""
STORE_PREFIX = env_str("HHREVIEW_STORE_PREFIX").strip("/")
STORE_ENDPOINT = env_endpoint("HHREVIEW_STORE_ENDPOINT", example="https://s3.example.org", key="HHREVIEW_STORE_KEY")
STORE_REGION = env_str("HHREVIEW_STORE_REGION")
STORE_KEY = env_str("HHREVIEW_STORE_KEY")
STORE_SECRET = env_str("HHREVIEW_STORE_SECRET")
STORE_CACHE_GB = env_int("HHREVIEW_STORE_CACHE_GB", 20, minimum=1)
MAX_PIXELS = env_int("HHREVIEW_MAX_PIXELS", 300_000_000, minimum=1)
"""Larger images are refused: a 30,000 x 30,000 bomb takes 2.7 GB to open."""
MAX_UNPACKED_BYTES = env_int("HHREVIEW_MAX_UNPACKED_BYTES", 200_000_000_000, minimum=1)
MAX_UPLOAD_BYTES = env_int("HHREVIEW_MAX_UPLOAD_BYTES", 50_000_000_000, minimum=1)
"""Largest file that a browser may upload."""
MAX_UPLOAD_FILES = env_int("HHREVIEW_MAX_UPLOAD_FILES", 20_000, minimum=1)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
"""In one form: a list may have as many ticked pages as one act takes."""
DATA_UPLOAD_MAX_NUMBER_FILES = 1_000
"""In one form that is sent without JavaScript; with it, files are sent one by one."""
UPLOAD_DAYS = env_int("HHREVIEW_UPLOAD_DAYS", 7, minimum=1)
"""Days after which abandoned uploads are removed."""
EXPORT_DAYS = env_int("HHREVIEW_EXPORT_DAYS", 7, minimum=1)
"""Days for which the file of an export job is kept."""
TRASH_DAYS = env_int("HHREVIEW_TRASH_DAYS", 30, minimum=1)
"""Days for which a deleted collection can be restored."""
SCHEMA_FOLDER = env_path("HHREVIEW_SCHEMA_FOLDER")
"""Folder of XML schemas to check exports against, in addition to those in installed packages."""
ENCODER = env_str("HHREVIEW_ENCODER", "efficientnet-lite0@224")
TEXT_ENCODER = env_str("HHREVIEW_TEXT_ENCODER", "minilm")
LLM_URL = env_endpoint("HHREVIEW_LLM_URL")
"""The OpenAI-compatible endpoint of a language model, e.g. http://127.0.0.1:11434/v1; empty for none."""
LLM_MODEL = env_str("HHREVIEW_LLM_MODEL")
LLM_KEY = env_str("HHREVIEW_LLM_KEY")
LLM_SENDS = env_choice("HHREVIEW_LLM_SENDS", "text", ("text", "pictures", "both"))
"""What is sent to it of the pages."""
LLM_FORMAT = env_choice("HHREVIEW_LLM_FORMAT", "schema", ("schema", "object", "plain"))
LLM_EXTRA = env_object("HHREVIEW_LLM_EXTRA")
LLM_SECONDS = env_int("HHREVIEW_LLM_SECONDS", 60, minimum=1)
LLM_PER_MINUTE = env_int("HHREVIEW_LLM_PER_MINUTE", 30, minimum=1)
LLM_PRICE_IN = env_price("HHREVIEW_LLM_PRICE_IN")
LLM_PRICE_OUT = env_price("HHREVIEW_LLM_PRICE_OUT")
if LLM_URL and not LLM_MODEL:
    raise ImproperlyConfigured("HHREVIEW_LLM_URL is set, but HHREVIEW_LLM_MODEL is not. Name the model to ask.")
if LLM_SECONDS > MOST_LLM_SECONDS:
    raise ImproperlyConfigured(f"HHREVIEW_LLM_SECONDS is {LLM_SECONDS}; write {MOST_LLM_SECONDS} or less.")
OCR_LANGUAGE = env_languages("HHREVIEW_OCR_LANGUAGE", "eng")
"""Languages for OCR unless the collection or the job has others: eng, deu+eng."""
SECOND_READER = env_bool("HHREVIEW_SECOND_READER", default=True)
"""Whether RapidOCR, if it is installed, also reads pages that Tesseract is unsure of."""
MAIL = email_from_url("HHREVIEW_EMAIL_URL")
"""The mail server; empty for none."""
EMAIL_BACKEND = MAIL.get("BACKEND", "django.core.mail.backends.dummy.EmailBackend")
EMAIL_HOST = MAIL.get("HOST", "")
EMAIL_PORT = MAIL.get("PORT", 25)
EMAIL_HOST_USER = MAIL.get("HOST_USER", "")
EMAIL_HOST_PASSWORD = MAIL.get("HOST_PASSWORD", "")
EMAIL_USE_SSL = MAIL.get("USE_SSL", False)
EMAIL_USE_TLS = MAIL.get("USE_TLS", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env_str("HHREVIEW_EMAIL_FROM", "hhreview <hhreview@localhost>")
ADDRESS = env_endpoint("HHREVIEW_ADDRESS")
"""Address of this installation for links in mail: https://desk.example.org; empty for mail without links."""
SERVED_AT = ADDRESS or PATHS.served_at or "http://127.0.0.1:8000"
"""The same, or else the address of `manage.py up` on this machine, for addresses in exports."""
DEVICE = env_device("HHREVIEW_DEVICE", "auto")
SLICE_SECONDS = env_int("HHREVIEW_SLICE_SECONDS", 30, minimum=1)
THREADS = env_int("HHREVIEW_THREADS", 0)
"""Threads that one worker computes with; 0 for one per CPU core, which is too many next to other workers."""
NIGHT = env_hours("HHREVIEW_NIGHT")
"""Hours in which night jobs run; None to run them whenever no other job waits."""
IMPORT_ROOTS = [absolute("HHREVIEW_IMPORT_ROOTS", part) for part in env_list("HHREVIEW_IMPORT_ROOTS", [])]
"""Server folders that staff may import from in the browser; if there are none, only the command line can."""
LOOKUPS = env_lookups("HHREVIEW_LOOKUPS")
"""Authorities that are searched while people type, each with an address that replaces its own, or empty."""
SOURCE_HOSTS = env_list("HHREVIEW_SOURCE_HOSTS", ["*"])
PRIVATE_SOURCES = env_list("HHREVIEW_PRIVATE_SOURCES", [])
"""Hosts at private addresses that scans may be fetched from."""
SOURCE_CONTACT = env_str("HHREVIEW_SOURCE_CONTACT")
SOURCE_DELAY_MS = env_int("HHREVIEW_SOURCE_DELAY_MS", 200)
SOURCE_STALL_SECONDS = env_int("HHREVIEW_SOURCE_STALL_SECONDS", 30, minimum=1)
SOURCE_SECONDS = env_int("HHREVIEW_SOURCE_SECONDS", 240, minimum=1)
SOURCE_MAX_BYTES = env_int("HHREVIEW_SOURCE_MAX_BYTES", 1_000_000_000, minimum=1)
BDR_URL = env_str("HHREVIEW_BDR_URL", "https://repository.library.brown.edu")
BDR_PERCENT = env_int("HHREVIEW_BDR_PERCENT", 25, minimum=1, maximum=100)

# --- Signing in and headers ---------------------------------------------------------------------------------------
AUTH_USER_MODEL = "clustering.User"
LOGIN_URL = "login"
CSRF_FAILURE_VIEW = "hhreview.middleware.csrf_failure"
AUTHENTICATION_BACKENDS = ["clustering.accounts.sign_in_brakes.BrakedBackend"]
LOGIN_REDIRECT_URL = "collections"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 86_400
HTTPS = env_bool("HHREVIEW_HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = env_bool("HHREVIEW_SSL_REDIRECT", default=False)
SECURE_HSTS_SECONDS = env_int("HHREVIEW_HSTS_SECONDS", 0)
PROXIES = env_int("HHREVIEW_PROXIES", 1, minimum=1)
"""Number of trusted proxies in front of the web server; 0 for none."""
if env_bool("HHREVIEW_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
else:
    PROXIES = 0
API_RATE = env_rate("HHREVIEW_API_RATE", "6000/minute")
"""API requests that one person may send in a number of seconds; 0 requests for no limit."""
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "style-src": [SELF],
        "script-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
}

# --- Language, time, files ----------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
"""Catalogs are in clustering/locale; docs/howto/add-a-language.md explains how to add one."""
FORMAT_MODULE_PATH = ["clustering.formats"]
TIME_ZONE = env_time_zone("HHREVIEW_TIME_ZONE", "UTC")
USE_I18N = True
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = env_path("HHREVIEW_STATIC_ROOT") or (layout.ROOT if layout.CHECKOUT else DATA_DIR) / "staticfiles"
STATICFILES_DIRS = [layout.SITE / "static"]
COLLECTED_STATIC = env_bool("HHREVIEW_COLLECTED_STATIC", default=False)
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not COLLECTED_STATIC
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "hhreview.static_files.CollectedFiles"
        if COLLECTED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}
if STORE_BUCKET:
    STORAGES["scans"] = scan_storage(
        bucket=STORE_BUCKET, prefix=STORE_PREFIX, endpoint=STORE_ENDPOINT, region=STORE_REGION,
        key=STORE_KEY, secret=STORE_SECRET,
    )  # fmt: skip
CACHES = {
    "default": {
        "BACKEND": "hhreview.cache.OpenRedisCache",
        "LOCATION": REDIS_URL,
        # Don't wait long for a mere cache, but retry once if Redis has dropped the connection.
        "OPTIONS": {"socket_timeout": 1, "retry": Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,))},
    }
}

LOG_LEVEL = env_choice("HHREVIEW_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "PIL": {"level": "INFO"},
    },
}
