"""People and organisations, for whoever runs the site: to look at. What is done to them, services do."""

from typing import cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.web.admin import ReadOnlyAdmin

from . import services
from .models import Consent, Invitation, Membership, Operates, Organisation, Person


@admin.register(Person)
class PersonAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "email", "name", "language", "is_staff", "is_active", "last_seen")
    list_filter = ("is_staff", "is_active", "language")
    search_fields = ("=email", "name")
    exclude = ("password", "groups", "user_permissions")
    actions = ("block", "admit", "rescue", "empower", "relieve")

    @admin.action(description=_("Shut out: sessions end at once, what they own passes on"))
    def block(self, request: HttpRequest, people: QuerySet[Person]) -> None:
        self._each(request, people, lambda by, one: services.block(by=by, person=one, blocked=True))

    @admin.action(description=_("Let in again"))
    def admit(self, request: HttpRequest, people: QuerySet[Person]) -> None:
        self._each(request, people, lambda by, one: services.block(by=by, person=one, blocked=False))

    @admin.action(description=_("Take away passkeys and codes they lost: a code by mail lets them in again"))
    def rescue(self, request: HttpRequest, people: QuerySet[Person]) -> None:
        self._each(request, people, lambda by, one: services.rescue(by=by, person=one))

    @admin.action(description=_("Make an operator of this site"))
    def empower(self, request: HttpRequest, people: QuerySet[Person]) -> None:
        self._each(request, people, lambda by, one: services.empower(by=by, person=one, operator=True))

    @admin.action(description=_("No longer an operator of this site"))
    def relieve(self, request: HttpRequest, people: QuerySet[Person]) -> None:
        self._each(request, people, lambda by, one: services.empower(by=by, person=one, operator=False))

    def _each(self, request: HttpRequest, people: QuerySet[Person], do: "services.OnPerson") -> None:
        by = cast(Person, request.user)
        for one in people:
            try:
                do(by, one)
            except CoworkmedError as error:
                self.message_user(request, gettext(error.message).format(**error.params), messages.ERROR)


@admin.register(Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "kind", "parent", "territory", "created")
    list_filter = ("kind",)
    list_select_related = ("parent",)
    search_fields = ("name", "=territory")


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ("person", "organisation", "role", "territory", "since", "until")
    list_filter = ("role",)
    list_select_related = ("person", "organisation")
    search_fields = ("=person__email", "organisation__name")


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("organisation", "role", "created", "expires")
    list_filter = ("role",)
    list_select_related = ("organisation",)
    search_fields = ("=email", "organisation__name")


@admin.register(Operates)
class OperatesAdmin(ReadOnlyAdmin):
    list_display = ("organisation", "place", "since", "until")
    list_select_related = ("organisation",)
    search_fields = ("=place", "organisation__name")


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    list_display = ("person", "purpose", "version", "given_at", "withdrawn_at")
    list_filter = ("purpose", "version")
    list_select_related = ("person",)
    search_fields = ("=person__email",)
