from django.contrib import admin

from coworkmed.web.admin import ReadOnlyAdmin

from .models import Assertion, Entry, Harvest, Rejection, Source


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin):
    list_display = ("key", "harvested_on", "flag", "position")
    list_filter = ("flag",)
    search_fields = ("key",)


@admin.register(Harvest)
class HarvestAdmin(ReadOnlyAdmin):
    list_display = ("source", "as_of", "outcome", "flag")
    list_filter = ("outcome", "source")
    search_fields = ("=source__key",)


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ("source", "external_id", "first_seen", "missing_since", "retired_on")
    list_filter = ("source",)
    search_fields = ("=external_id",)


@admin.register(Assertion)
class AssertionAdmin(ReadOnlyAdmin):
    list_display = ("entry", "role", "observed_on", "asserted_on", "licence")
    list_filter = ("role", "licence")
    list_select_related = ("entry",)
    search_fields = ("=entry__external_id",)


@admin.register(Rejection)
class RejectionAdmin(ReadOnlyAdmin):
    list_display = ("source", "number", "code")
    list_filter = ("source", "code")
    search_fields = ("=source__key", "code")
