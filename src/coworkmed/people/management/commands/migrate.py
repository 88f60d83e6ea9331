"""Django's `migrate`, for sites that had accounts before there were people."""

from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import connections

from coworkmed.people import former


class Command(Migrate):
    def handle(self, *args: Any, **options: Any) -> None:
        former.untie(connections[options["database"]])
        super().handle(*args, **options)
