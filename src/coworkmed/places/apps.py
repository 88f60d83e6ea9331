from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "coworkmed.places"
    label = "places"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from coworkmed.people.events import NAMING

        from .queries import names

        NAMING.append(names)
