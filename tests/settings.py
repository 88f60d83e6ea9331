"""The settings the suite runs under: the site's own, with its files in a folder that is thrown away."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_folder = Path(tempfile.mkdtemp(prefix="coworkmed-tests-"))
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["COWORKMED_VAR"] = str(_folder / "var")
os.environ.pop("SITE_URL", None)
os.environ.pop("COWORKMED_SIGN_IN", None)
os.environ.pop("COWORKMED_DEBUG", None)
os.environ.pop("COWORKMED_DEMO", None)
# What a test starts in another process is the site itself, in the same throw-away folder.
os.environ["DJANGO_SETTINGS_MODULE"] = "coworkmed.settings"

from coworkmed.settings import *  # noqa: E402, F403 (Django's way to build settings on settings)
from coworkmed.settings import CACHES, DATABASES, ENV, STORAGES  # noqa: E402

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick; no password of a test is worth keeping
# A page is made each time it is asked for, and nobody asks whether the registry changed, except where a test is about
# keeping pages.
CACHES = {**CACHES, "pages": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
PAGES_REVISION = "coworkmed.kernel.ids.digest"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True  # files are served from where they are written: nothing to collect first
STATIC_ROOT = ENV.var / "static"
STATIC_ROOT.mkdir(parents=True)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as on a site: two threads at work meet as they would there.
    DATABASES["default"]["TEST"] = {"NAME": str(_folder / "tests.sqlite3")}
