"""Settings of the desk. Everything a bank decides comes from the environment; the rest has one value.

TENURE_HOME        where this installation keeps its files (default ./var)
TENURE_DATABASE    sqlite:///path (default) or postgresql://user:password@host:port/name
TENURE_SECRET      key for sessions and signatures; made on first use and kept in TENURE_HOME
TENURE_HOSTS       host names the desk answers to, comma separated (default: this machine)
TENURE_HTTPS       1 behind TLS: secure cookies, HSTS
TENURE_PROXIES     how many proxies stand before the desk, so that the client's address is known (default 0)
TENURE_TIME_ZONE   the bank's time zone (default Asia/Shanghai)
TENURE_EXPORT_ROWS how many customers one exported file may hold (default 50000)
TENURE_EXPORT_ROWS_ALONE  up to how many nobody else needs to approve it (default 1000)
TENURE_OIDC_SECRET the client secret of the bank's own sign-in (door.toml)
TENURE_DEBUG       1 while developing
"""

from __future__ import annotations

import os
from pathlib import Path

from tenure.desk.conf.database import database_from
from tenure.desk.conf.home import home, secret_key

DESK = Path(__file__).resolve().parent.parent
HOME = home()

DEBUG = os.environ.get("TENURE_DEBUG") == "1"
SECRET_KEY = secret_key(HOME)
ALLOWED_HOSTS = [h for h in os.environ.get("TENURE_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",") if h]
HTTPS = os.environ.get("TENURE_HTTPS") == "1"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "ninja",  # for the API page's own files, so that it works with no network
    "django_tasks",
    "django_tasks_db",
    "tenure.desk.publication",
    "tenure.desk.org",
    "tenure.desk.control",
    "tenure.desk.parties",
    "tenure.desk.work",
    "tenure.desk.signals",
    "tenure.desk.findings",
    "tenure.desk.opportunities",
    "tenure.desk.offers",
    "tenure.desk.voice.sending",
    "tenure.desk.voice.surveys",
    "tenure.desk.voice.cases",
    "tenure.desk.voice.leaving",
    "tenure.desk.voice.causes",
    "tenure.desk.voice.complaints",
    "tenure.desk.voice.panels",
    "tenure.desk.voice.answering",
    "tenure.desk.knowledge",
    "tenure.desk.lobby",
    "tenure.desk.care",
    "tenure.desk.requests",
    "tenure.desk.network",
    "tenure.desk.team",
    "tenure.desk.corporate",
    "tenure.desk.reports",
    "tenure.desk.kit",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tenure.desk.control.middleware.NoteOrigin",
    "tenure.desk.api.problems.ProblemsOutsideOperations",
    "tenure.desk.control.middleware.RefuseNul",
    "tenure.desk.kit.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tenure.desk.kit.middleware.ChosenLanguage",
    "tenure.desk.kit.middleware.FormOnly",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tenure.desk.publication.middleware.PinPublication",
    "tenure.desk.org.door.middleware.AtTheDoor",
]

ROOT_URLCONF = "tenure.desk.conf.urls"
WSGI_APPLICATION = "tenure.desk.conf.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["tenure.desk.kit.templatetags.quick"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tenure.desk.kit.context.desk",
                "tenure.desk.control.context.approvals",
                "tenure.desk.signals.context.signals",
            ],
        },
    },
]

DATABASES = {"default": database_from(os.environ.get("TENURE_DATABASE", ""), HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "org.User"
AUTHENTICATION_BACKENDS = ["tenure.desk.org.backends.DeskBackend"]
LOGIN_URL = "org:sign-in"
LOGIN_REDIRECT_URL = "work:today"
LOGOUT_REDIRECT_URL = "org:sign-in"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "tenure.desk.org.door.policy.DeskPassword"},  # the bank's rules: door.toml
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [DESK / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("TENURE_TIME_ZONE", "Asia/Shanghai")

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": HOME / "files"}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or os.environ.get("TENURE_PLAIN_STATIC") == "1"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_MAX_AGE = 3600

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

#: 10,000 events in one request; other bodies are refused by their own rules long before.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
#: How many people may listen to the live feed of one process; the server leaves threads for pages besides.
FEED_LISTENERS = int(os.environ.get("TENURE_FEED_LISTENERS", "64"))

PROXIES = int(os.environ.get("TENURE_PROXIES", "0"))
EXPORT_ROWS = int(os.environ.get("TENURE_EXPORT_ROWS", "50000"))
EXPORT_ROWS_ALONE = int(os.environ.get("TENURE_EXPORT_ROWS_ALONE", "1000"))

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 24 * 3600  # at most; how long a session really lasts says door.toml
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "tenure.desk.kit.pages.stale"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"discreet": {"()": "tenure.desk.control.logs.Discreet"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "discreet"}},
    "root": {"handlers": ["console"], "level": os.environ.get("TENURE_LOG", "WARNING")},
    # Django's own would print a second, wordy line while debugging and mail request bodies to administrators.
    "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}},
}
