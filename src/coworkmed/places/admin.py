from django.contrib import admin

from coworkmed.web.admin import ReadOnlyAdmin

from .models import Change, Decision, Doubt, Link, Place, Refresh, Registry, Signal, Verdict, Weakest, Weights


@admin.register(Place)
class PlaceAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "name", "locality", "country", "main_kind", "status", "freshness", "confirmed_on")
    list_filter = ("country", "status", "freshness", "main_kind")
    search_fields = ("=public_id", "name", "search")


@admin.register(Link)
class LinkAdmin(ReadOnlyAdmin):
    list_display = ("entry", "place", "probability", "relation", "decided_by")
    list_filter = ("decided_by", "relation")
    list_select_related = ("entry", "place")
    search_fields = ("=place__public_id", "place__name", "=entry__external_id")


@admin.register(Weakest)
class WeakestAdmin(ReadOnlyAdmin):
    list_display = ("place", "left", "right", "probability", "relation")
    list_filter = ("relation",)
    list_select_related = ("place", "left", "right")
    search_fields = ("=place__public_id", "place__name")


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ("left", "right", "verdict", "purpose", "decided_on")
    list_filter = ("verdict", "purpose")
    list_select_related = ("left", "right")
    search_fields = ("=left__external_id", "=right__external_id", "note")


@admin.register(Doubt)
class DoubtAdmin(ReadOnlyAdmin):
    list_display = ("left", "right", "probability", "joined", "relation", "purpose", "gain")
    list_filter = ("purpose", "joined", "relation")
    list_select_related = ("left", "right")
    search_fields = ("=left__external_id", "=right__external_id")


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    list_display = ("place", "kind", "other", "on")
    list_filter = ("kind",)
    list_select_related = ("place", "other")
    search_fields = ("=place__public_id", "place__name")


@admin.register(Refresh)
class RefreshAdmin(ReadOnlyAdmin):
    list_display = ("as_of", "state")
    search_fields = ("=state",)


@admin.register(Signal)
class SignalAdmin(ReadOnlyAdmin):
    list_display = ("place", "kind", "on", "says", "until", "struck_on")
    list_filter = ("kind", "says")
    list_select_related = ("place",)
    search_fields = ("=place__public_id", "place__name")


@admin.register(Verdict)
class VerdictAdmin(ReadOnlyAdmin):
    list_display = ("left", "right", "said", "person", "purpose", "at")
    list_filter = ("said", "purpose")
    list_select_related = ("left", "right", "person")
    search_fields = ("=left__external_id", "=right__external_id", "=person__pk")


@admin.register(Weights)
class WeightsAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "made_at", "adopted_at")
    search_fields = ("=pk",)


@admin.register(Registry)
class RegistryAdmin(ReadOnlyAdmin):
    list_display = ("__str__",)
    search_fields = ("=pk",)
