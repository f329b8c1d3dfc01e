"""Settings, all from the environment; a bad value stops the start.

Without any variable OEC runs on SQLite and a broker made of files below ``var/``.
With ``DATABASE_URL`` and ``REDIS_URL`` it runs on PostgreSQL and Redis.
"""

import os
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from oec.environment import (
    add_variables_of_file,
    between,
    check_names,
    make_data_folder,
    redis_address,
)
from oec.keys import (
    check_encryption_keys,
    read_or_create_encryption_keys,
    read_or_create_secret_key,
    read_or_create_token_key,
    token_key_of,
)

django_stubs_ext.monkeypatch()

env = Env()

BASE_DIR = Path(__file__).resolve().parent.parent
# Every process reads its settings here, and so the file as well.
add_variables_of_file(env.str("OEC_ENV_FILE", ""), beside=BASE_DIR)
DATA_DIR = Path(env.str("OEC_DATA_DIR", "var")).resolve()
make_data_folder(DATA_DIR)
# With less than this the console is not ready.
LEAST_FREE_BYTES = env.int(
    "OEC_LEAST_FREE_BYTES", 104_857_600, validate=between(0, 2**50)
)
MIRRORS_DIR = DATA_DIR / "mirrors"

# --- Who may talk to us --------------------------------------------------------------

DEBUG = env.bool("OEC_DEBUG", False)
HOST = env.str("OEC_HOST", "127.0.0.1")
PORT = env.int("OEC_PORT", 8000, validate=between(1, 65535))
ALLOWED_HOSTS = env.list("OEC_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("OEC_TRUSTED_ORIGINS", [])
PROXIES = env.int("OEC_PROXIES", 0, validate=between(0, 20))
HTTPS = env.bool("OEC_HTTPS", False)

SECRET_KEY = env.str("OEC_SECRET_KEY", "") or read_or_create_secret_key(DATA_DIR)
SECRET_KEY_FALLBACKS: list[str] = env.list("OEC_SECRET_KEY_FALLBACKS", [])
# Processes on several machines share what is configured, not what lies in a file.
TOKEN_KEY = (
    env.str("OEC_TOKEN_KEY", "")
    or token_key_of(env.str("OEC_SECRET_KEY", ""))
    or read_or_create_token_key(DATA_DIR)
)
# None when the keys are configured: then there is no file of ours to change.
ENCRYPTION_KEYS_FILE: Path | None = None
ENCRYPTION_KEYS: list[str] = env.list("OEC_ENCRYPTION_KEYS", [])
if ENCRYPTION_KEYS:
    check_encryption_keys(ENCRYPTION_KEYS, source="OEC_ENCRYPTION_KEYS")
else:
    ENCRYPTION_KEYS_FILE = DATA_DIR / "encryption_keys"
    ENCRYPTION_KEYS = read_or_create_encryption_keys(ENCRYPTION_KEYS_FILE)
    check_encryption_keys(ENCRYPTION_KEYS, source=str(ENCRYPTION_KEYS_FILE))

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# Browsers take years to forget a name that is in their list, so nobody is put there
# unasked.
SECURE_HSTS_PRELOAD = env.bool("OEC_HSTS_PRELOAD", False)
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
if PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "object-src": [NONE],
    }
}

# --- Parts ---------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "guardian",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "projects",
    "deployments",
]
MIDDLEWARE = [
    "deployments.api.health.answer_probes",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "oec.urls"
ASGI_APPLICATION = "oec.asgi.application"
WSGI_APPLICATION = "oec.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "projects.rendering.LegibleTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "oec.storage.ModuleManifestStaticFilesStorage"},
}

# --- Database ------------------------------------------------------------------------

SQLITE_OPTIONS = {
    # A write transaction takes its lock when it begins, so that two writers wait for
    # each other instead of failing with "database is locked" half way.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        # Without it REPLACE INTO bypasses the triggers of append-only tables.
        "PRAGMA recursive_triggers=ON;"
    ),
}
# A new connection for each request costs more than the request. Somebody waits for the
# answer, so a burst on a busy machine gets a few seconds until others are done.
DATABASE_POOL: dict[str, int] = {
    "most": env.int("OEC_DATABASE_POOL_SIZE", 20, validate=between(2, 1000)),
    "wait_seconds": 10,
    "idle_seconds": 60,
}
POSTGRESQL_OPTIONS = {
    "options": "-c idle_in_transaction_session_timeout=30s",
    # A statement of many joins takes longer to plan than to run. Each connection keeps
    # the plan of what it has asked twice.
    "server_side_binding": True,
    "prepare_threshold": 2,
    # A database that the network swallows is noticed before a lease runs out. Over a
    # Unix socket these mean nothing.
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 12_000,
}
DATABASES = {
    "default": env.dj_db_url("DATABASE_URL", f"sqlite:///{DATA_DIR}/oec.sqlite3")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"].setdefault("OPTIONS", {}).update(POSTGRESQL_OPTIONS)
    DATABASES["default"]["ENGINE"] = "oec.postgresql"
else:
    DATABASES["default"].setdefault("OPTIONS", {}).update(SQLITE_OPTIONS)

# Shared by every web process, and there while Redis is not.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "oec_cache",
    }
}

# --- Broker --------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", "", validate=redis_address)
BROKER_DIR = DATA_DIR / "broker"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object]
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT = "oec.redis_broker:RedisTransport"
    # Only Redis can hand out messages one by one.
    CELERY_WORKER_DISABLE_PREFETCH = True
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        # Without time-outs a frozen Redis freezes every web request that publishes.
        "socket_timeout": 5,
        "socket_connect_timeout": 3,
        "socket_keepalive": True,
        "health_check_interval": 25,
        # A message is acknowledged before it is carried out, so nothing is kept of it.
        "ack_emulation": False,
    }
else:
    CELERY_BROKER_URL = "filesystem://localhost/"
    CELERY_BROKER_TRANSPORT = "oec.broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.05,
    }
    for folder in ("queue", "control"):
        (BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)
WORKER_CONCURRENCY = env.int("OEC_WORKER_CONCURRENCY", 16, validate=between(1, 1000))
CELERY_WORKER_CONCURRENCY = WORKER_CONCURRENCY

# --- Lifecycle of a deployment, in seconds -------------------------------------------

LEASE_SECONDS = env.int("OEC_LEASE_SECONDS", 30, validate=between(3, 3600))
HEARTBEAT_SECONDS = env.float("OEC_HEARTBEAT_SECONDS", 5, validate=between(0.1, 600))
if LEASE_SECONDS < 3 * HEARTBEAT_SECONDS:
    raise ImproperlyConfigured(
        "OEC_LEASE_SECONDS has to be three times OEC_HEARTBEAT_SECONDS at least."
    )
DISPATCH_SECONDS = env.float("OEC_DISPATCH_SECONDS", 2, validate=between(0.05, 10))
RING_AGAIN_SECONDS = env.int("OEC_RING_AGAIN_SECONDS", 10, validate=between(1, 3600))
NEVER_STARTED_SECONDS = env.int(
    "OEC_NEVER_STARTED_SECONDS", 3600, validate=between(1, 10**9)
)
SHUTDOWN_GRACE_SECONDS = env.int(
    "OEC_SHUTDOWN_GRACE_SECONDS", 25, validate=between(0, 86400)
)
LOG_LIMIT_MB = env.int("OEC_LOG_LIMIT_MB", 200)

# --- What is kept for how many days; 0 is for ever -----------------------------------

KEEP_DAYS = {
    "logs": env.int("OEC_KEEP_LOGS_DAYS", 0),
    "events": env.int("OEC_KEEP_EVENTS_DAYS", 0),
    "sessions": env.int("OEC_KEEP_SESSIONS_DAYS", 0),
    "tokens": env.int("OEC_KEEP_TOKENS_DAYS", 0),
    "keys": env.int("OEC_KEEP_IDEMPOTENCY_KEYS_DAYS", 1),
}
DEMO_PASSWORD = env.str("OEC_DEMO_PASSWORD", "")

# --- Git -----------------------------------------------------------------------------

ALLOW_LOCAL_GIT = env.bool("OEC_ALLOW_LOCAL_GIT", False)
GIT_ALLOWED_HOSTS: list[str] = env.list("OEC_GIT_ALLOWED_HOSTS", [])
for entry in GIT_ALLOWED_HOSTS:
    if "/" in entry:
        ip_network(entry)  # raises ValueError
MAX_REPOSITORY_BYTES = env.int(
    "OEC_MAX_REPOSITORY_BYTES", 5_368_709_120, validate=between(1, 2**50)
)
MAX_COMMIT_FILES = env.int("OEC_MAX_COMMIT_FILES", 200_000, validate=between(1, 10**9))

# --- People --------------------------------------------------------------------------

AUTH_USER_MODEL = "project.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
# No row for anonymous people: nobody holds rights without signing in.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "sign-in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- REST ----------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "projects.api.authentication.FamilyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "oec.api.browsing.BrowsableRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": [
        "oec.api.StrictJSONParser",
        "oec.api.StrictFormParser",
    ],
    "DEFAULT_FILTER_BACKENDS": ["oec.api.filters.StrictFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "oec.api.NewestFirst",
    "DEFAULT_METADATA_CLASS": "oec.api.metadata.Metadata",
    "DEFAULT_SCHEMA_CLASS": "oec.api.schema.AutoSchema",
    "EXCEPTION_HANDLER": "oec.api.problem_details",
    "NUM_PROXIES": PROXIES,
}
SIMPLE_JWT = {
    "SIGNING_KEY": TOKEN_KEY,
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=5),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=7),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    # A token dies with the password it was made with.
    "CHECK_REVOKE_TOKEN": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "OEC",
    "DESCRIPTION": "Deploy Git commits to your own servers, and retry what failed.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "filters": {"refusals": {"()": "oec.refusals.OneLine"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["refusals"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("OEC_LOG_LEVEL", "INFO")},
    # Transport chatter of every connection says nothing to an operator.
    "loggers": {"paramiko": {"level": "ERROR"}},
}

check_names(os.environ, {*env.dump()} | {"DATABASE_URL"})
