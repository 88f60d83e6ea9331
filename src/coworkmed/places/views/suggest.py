"""What somebody who types in the search box may mean."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from coworkmed import __version__
from coworkmed.kernel import ids
from coworkmed.kernel.i18n import LANGUAGES

from ..queries import revision
from ..search import suggest as search


def _version(request: HttpRequest) -> str:
    return f'"{ids.digest(__version__, revision(), f"{timezone.now():%Y%m%d}", request.get_full_path())}"'


@require_safe
@cache_control(public=True, max_age=300)
@condition(etag_func=_version)
def suggest(request: HttpRequest) -> HttpResponse:
    """Suggestions for ``q`` in ``language``, as JSON: at most eight."""
    language = request.GET.get("language", "")
    found = search.suggest(request.GET.get("q", ""), language if language in LANGUAGES else "en")
    told = {"suggestions": [asdict(one) for one in found]}
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})
