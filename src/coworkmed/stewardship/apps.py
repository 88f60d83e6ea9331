from django.apps import AppConfig


class StewardshipConfig(AppConfig):
    name = "coworkmed.stewardship"
    label = "stewardship"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from coworkmed.people.events import LEAVING

        from .services.leaving import forget

        LEAVING.append(forget)
