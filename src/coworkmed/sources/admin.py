from collections.abc import Iterator

from django.contrib import admin
from django.db.models import Max
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coworkmed.platform.back_office import Sign, signs
from coworkmed.web.admin import ReadOnlyAdmin

from . import rules, voices
from .models import Assertion, Entry, Harvest, Rejection, Source, Withheld


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


@admin.register(Withheld)
class WithheldAdmin(ReadOnlyAdmin):
    list_display = ("entry", "field", "since")
    list_filter = ("field",)
    list_select_related = ("entry",)
    search_fields = ("=entry__external_id",)
    fields = readonly_fields = ("entry", "field", "since")


_MOST = 20  # lists named one by one


@signs
def of_lists() -> Iterator[Sign]:
    """Which lists need a person, and why."""
    lists = Source.objects.exclude(pk__in=voices.KEYS)
    page = reverse("admin:sources_source_changelist")
    flagged = lists.exclude(flag="").order_by("key")
    for one in flagged[:_MOST]:
        why = _(rules.FLAGS[one.flag]).format(**one.flag_params)
        words = _("{list}: {why}").format(list=one.key, why=why)
        yield Sign("watch", words, reverse("admin:sources_source_change", args=[one.pk]))
    if flagged.count() > _MOST:
        yield Sign("watch", _("More lists need a person."), page)
    last = lists.aggregate(last=Max("harvested_on"))["last"]
    if last is None:
        yield Sign("good", _("No list was taken in yet."), page)
    elif not flagged:
        yield Sign("good", _("All lists came as they should, the last on {day}.").format(day=date_format(last)), page)
