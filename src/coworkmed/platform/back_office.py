"""The back office: Django's administrators' pages, to look at all there is and to do the little that nothing else does.

What the registry holds is written by services only. So a page is shown here if it is read-only, or stands in `BY_HAND`
with the reason why not; whatever else a package would bring is left out.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.db.models import Model
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:  # generic for the type checker only
    _Admin = admin.ModelAdmin

#: What may be written here, and why. A test crosses every page with this.
BY_HAND: Mapping[str, str] = {
    "allauth_idp_oidc.client": "another site that signs people in by us is set up here, and is no domain data",
}

_FIRST = ("platform", "sources", "places", "stewardship", "people")


class Sign(NamedTuple):
    """How one part of the site is: ``state`` is "good", "watch" or "bad"; ``link`` leads to where something can be
    done."""

    state: str
    words: str
    link: str = ""


#: What tells how the site is, in the order of the pages' subjects: a few cheap questions each.
_SIGNS: list[Callable[[], Iterable[Sign]]] = []


def signs(tell: Callable[[], Iterable[Sign]]) -> Callable[[], Iterable[Sign]]:
    """Have the first page tell this too."""
    _SIGNS.append(tell)
    return tell


class Site(admin.AdminSite):
    """The pages of whoever runs the site."""

    site_header = site_title = "CoWorkMed"
    index_template = "back_office/index.html"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        models: list[Any] = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        read_only = admin_class is not None and issubclass(admin_class, ReadOnlyAdmin)
        shown = [one for one in models if read_only or one._meta.label_lower in BY_HAND]
        super().register(shown, admin_class, **options)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """What one looks at most comes first."""
        found = super().get_app_list(request, app_label)
        return sorted(
            found, key=lambda one: _FIRST.index(one["app_label"]) if one["app_label"] in _FIRST else len(_FIRST)
        )

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        found = [sign for tell in _SIGNS for sign in tell()]
        more = {"title": _("The site at a glance"), "signs": found, "all_pages": _("Everything there is")}
        return super().index(request, more | (extra_context or {}))


class BackOffice(AdminConfig):
    """Django's own application, with our pages."""

    default_site = "coworkmed.platform.back_office.Site"


class ReadOnlyAdmin(_Admin):
    """To look, not to touch: what the registry holds is written by services only. For whoever runs the site."""

    show_full_result_count = False
    list_per_page = 50

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
