from django.apps import AppConfig


class HospitalityConfig(AppConfig):
    name = "coworkmed.hospitality"
    label = "hospitality"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from coworkmed.people.events import LEAVING

        from .passes.services import forget

        LEAVING.append(forget)
