"""`forget_expired`: what is kept of people for a time only, and had its time."""

from typing import Any

from django.core.management.base import BaseCommand

from coworkmed.people import services


class Command(BaseCommand):
    def handle(self, *args: Any, **options: Any) -> None:
        services.forget_expired()
