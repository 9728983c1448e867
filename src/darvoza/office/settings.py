"""Settings of Django, made out of the environment; nothing secret is written here and nothing has a secret default."""

import os
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from darvoza.office.environment import database_settings, read_environment

ENVIRONMENT = read_environment(os.environ)

DEBUG = False
SECRET_KEY = ENVIRONMENT.secret
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)
DATABASES = {"default": database_settings(ENVIRONMENT.database, ENVIRONMENT.home)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "darvoza.office.urls"
WSGI_APPLICATION = "darvoza.office.wsgi.application"
HOME = ENVIRONMENT.home
DEMO = ENVIRONMENT.demo
GATE_FILE = ENVIRONMENT.home / "gate.yaml"
METRICS_TOKEN = ENVIRONMENT.metrics_token
HISTORY = ENVIRONMENT.history
CURRENCY = ENVIRONMENT.currency
PROXIES = ENVIRONMENT.proxies
EVENT_NETWORKS = ENVIRONMENT.event_networks
PROVIDER = ENVIRONMENT.provider

INSTALLED_APPS = [
    "darvoza.office.shell",
    "darvoza.office.accounts",
    "darvoza.office.journal",
    "darvoza.office.registry",
    "darvoza.office.profiles",
    "darvoza.office.desk",
    "darvoza.office.administration",
    "darvoza.office.insight",
    "darvoza.office.api",
    "darvoza.office.operations",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "darvoza.office.operations.watching.Watching",
    "darvoza.office.operations.alive.Alive",
    "darvoza.office.shell.headers.SecurityHeaders",
    "django.middleware.gzip.GZipMiddleware",  # with a random length against BREACH; CSRF tokens are masked
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "darvoza.office.shell.layers.ForPages",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "darvoza.office.shell.bodies.BodyLimit",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "darvoza.office.accounts.sessions.SessionAge",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "darvoza.office.accounts.second_factor.SecondFactor",
    "django_htmx.middleware.HtmxMiddleware",
    "darvoza.office.journal.denials.Denials",
    "darvoza.office.shell.layers.Innermost",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "darvoza.office.navigation.navigation",
                "darvoza.office.shell.typed.typed",
            ]
        },
    }
]

# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["darvoza.office.accounts.services.sign_in.PersonBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "darvoza.office.accounts.adapter.OfficeAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": False}  # counted in the table of people, where every worker sees it
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Darvoza"
MFA_TOTP_TOLERANCE = 1  # a step of half a minute before and after, as RFC 6238 allows for clocks that drift

# ── sessions and cookies ─────────────────────────────────────────────────────────────────────────────────────────────
IDLE, WHOLE = timedelta(minutes=30), timedelta(hours=10)
SESSION_COOKIE_AGE = int(WHOLE.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = ENVIRONMENT.secure
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-session" if ENVIRONMENT.secure else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if ENVIRONMENT.secure else "csrf"
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "darvoza.office.shell.views.csrf_failure"

# ── security ─────────────────────────────────────────────────────────────────────────────────────────────────────────
SECURE_SSL_REDIRECT = ENVIRONMENT.secure
SECURE_REDIRECT_EXEMPT = [r"^health/(live|ready)$"]  # asked on the machine itself, past the proxy; they tell nothing
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.secure else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if ENVIRONMENT.secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = ENVIRONMENT.secure
SILENCED_SYSTEM_CHECKS = ["security.W002"]  # the header against frames is written by darvoza.office.shell.headers
DATA_UPLOAD_MAX_NUMBER_FIELDS = 30_000  # a declaration of 999 items has a part for each in the form of its result
PHOTOS = ENVIRONMENT.home / "photos"
DATA_UPLOAD_MAX_NUMBER_FILES = 20
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# ── words, times, files ──────────────────────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("ru", _("Russian")),
    ("ky", _("Kyrgyz")),
    ("tg", _("Tajik")),
    ("uz", _("Uzbek")),
    ("kk", _("Kazakh")),
    ("tk", _("Turkmen")),
]
MACHINE_MADE = ("ky", "tg", "uz", "kk", "tk")  # until a speaker has signed the catalogue
USE_I18N = USE_TZ = True
FORMAT_MODULE_PATH = "darvoza.office.shell.formats"
TIME_ZONE = ENVIRONMENT.time_zone
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "darvoza.office.operations.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "darvoza.office.operations.logs.StandardError", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "darvoza": {"level": "INFO"},
        # Django hangs handlers of its own on these: they would print addresses and mail errors
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
        # what was refused stands in the line of each request already; of what failed the error is told
        "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
    },
}
