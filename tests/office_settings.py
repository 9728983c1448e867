"""Settings of the office under test: a database in memory, a quick hash, plain HTTP."""

import tempfile

from darvoza.office.catalogues import compile_catalogues
from darvoza.office.settings import *  # noqa: F403
from darvoza.office.settings import DATABASES as OURS
from darvoza.office.settings import MIDDLEWARE as LAYERS

compile_catalogues()
SECRET_KEY = "only-for-tests-" + "0123456789" * 5
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
METRICS_TOKEN = "only-for-tests-" + "9876543210" * 5
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = False
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "session", "csrf"
# A table of its own: whoever reads this file again must not change what Django has completed meanwhile.
DATABASES = {"default": dict(OURS["default"])}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"] |= {"NAME": tempfile.gettempdir() + "/unused.sqlite3", "TEST": {"NAME": ":memory:"}}
FILES = "whitenoise.middleware.WhiteNoiseMiddleware"
MIDDLEWARE = ["office.static_files.FoundOnce" if layer == FILES else layer for layer in LAYERS]
