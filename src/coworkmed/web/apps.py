from django.apps import AppConfig
from django.conf import settings

from . import pseudo


class WebConfig(AppConfig):
    name = "coworkmed.web"

    def ready(self) -> None:
        if settings.ENV.pseudo:
            pseudo.install()
