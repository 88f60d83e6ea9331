"""The site's settings with accounts in Django's own table, as they were before there were people."""

from coworkmed.settings import *  # noqa: F403

AUTH_USER_MODEL = "auth.User"
ROOT_URLCONF = "tests.people.former_settings"
urlpatterns: list[object] = []
