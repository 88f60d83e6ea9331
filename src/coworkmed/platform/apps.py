from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PlatformConfig(AppConfig):
    name = "coworkmed.platform"
    label = "platform"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("coworkmed.platform.mail")  # declares its jobs, as do those it uses

        autodiscover_modules("tasks")  # each subject declares its jobs in its `tasks.py`
