from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PlatformConfig(AppConfig):
    name = "coworkmed.platform"
    label = "platform"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for one in ("bounces", "mail", "shared"):  # each declares its jobs, as do those it uses
            import_module(f"coworkmed.platform.{one}")
        autodiscover_modules("tasks")  # each subject declares its jobs in its `tasks.py`
