from django.apps import AppConfig


class HospitalityConfig(AppConfig):
    name = "coworkmed.hospitality"
    label = "hospitality"
    default_auto_field = "django.db.models.BigAutoField"
