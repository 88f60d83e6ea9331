"""The site's settings as they were before there were people: accounts in Django's own table."""

from coworkmed.settings import *  # noqa: F403
from coworkmed.settings import INSTALLED_APPS as TODAY
from coworkmed.settings import MIDDLEWARE as NOW

INSTALLED_APPS = [app for app in TODAY if not app.startswith(("allauth", "coworkmed.people"))]
AUTH_USER_MODEL = "auth.User"
ROOT_URLCONF = "tests.people.former_settings"
urlpatterns: list[object] = []
MIDDLEWARE = [one for one in NOW if not one.startswith(("allauth", "coworkmed"))]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
