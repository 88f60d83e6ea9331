from collections.abc import Collection

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "coworkmed.places"
    label = "places"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from coworkmed.people.events import NAMING

        NAMING.append(names)


def names(ids: Collection[str]) -> dict[str, str]:
    """As `queries.names`, which is slow to load and seldom asked."""
    from . import queries

    return queries.names(ids)
