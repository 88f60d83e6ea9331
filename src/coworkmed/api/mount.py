"""The API as one thing: the routes that subjects bring, their description (OpenAPI 3.1), and their addresses."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path, re_path, reverse
from django.views.decorators.http import require_safe
from ninja import NinjaAPI, Router
from ninja.openapi.schema import OpenAPISchema

from coworkmed import __version__
from coworkmed.kernel.i18n import N_

from . import problems
from .answers import answer, only
from .door import door

ROOT = "api/v1/"
ABOUT = N_(
    "The registry for programs: places, their sources and their territories, each value with who said it, when and "
    "under which licence. Reading needs no key. Reuse is bound to the licence of each source and to naming it."
)
_HEADERS = {
    "ETag": "Changes whenever the answer does; send it back as If-None-Match.",
    "Link": "The address of the page after this one, rel=next.",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """``codes`` are all that it may be, () where it is free."""

    name: str
    about: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """A route as a reader meets it."""

    name: str
    address: str
    summary: str
    parameters: tuple[Parameter, ...]


class ReadApi(NinjaAPI):
    """All routes under one root. ``state`` gives a text that changes whenever anything shown does."""

    def __init__(self, *routers: Router, state: Callable[[], str]) -> None:
        super().__init__(
            title="CoWorkMed",
            version=__version__,
            description=ABOUT,
            docs_url=None,  # its pages load scripts of others; ours is `reference`
            urls_namespace="api-v1",
        )
        self.state = state
        problems.handle(self)
        for router in (_start(self), *routers):
            self.add_router("", router)

    @property
    def addresses(self) -> list[URLPattern | URLResolver]:
        """For the site's own: the routes, and an answer for whatever else is asked under ``api/``."""
        patterns, app, namespace = self.urls
        for one in patterns:
            if isinstance(one, URLPattern):
                one.callback = door(one.callback, self.state)
        nothing = door(problems.not_found, self.state)
        return [path(ROOT, (patterns, app, namespace)), re_path(r"^api(?:/|$)", nothing)]

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        for operation in _operations(schema):
            operation["responses"] = {str(code): told for code, told in operation["responses"].items()}
            for code, told in operation["responses"].items():
                if code >= "400" and "content" in told:
                    (about,) = told["content"].values()
                    told["content"] = {problems.MEDIA_TYPE: about}
                elif code == "200":
                    told["headers"] = {
                        name: {"description": about, "schema": {"type": "string"}} for name, about in _HEADERS.items()
                    }
        return schema

    def reference(self, request: HttpRequest) -> HttpResponse:
        """The page for people: every route and what can be asked of it."""
        return _reference(request, self.get_openapi_schema())


@dataclass(frozen=True, slots=True)
class Link:
    rel: str
    href: str
    title: str


@dataclass(frozen=True, slots=True)
class Start:
    """Where to go from here."""

    title: str
    description: str
    version: str
    links: tuple[Link, ...]


def _start(api: ReadApi) -> Router:
    """The route everything can be found from."""
    router = Router(tags=["Start"])

    @router.get(
        "/", response={200: Start, **problems.documented()}, operation_id="start", summary=N_("Where everything is")
    )
    def start(request: HttpRequest) -> HttpResponse:
        """Links to all that needs no identifier, to the description of the API, and to its page for people."""
        only(request)
        schema = api.get_openapi_schema()
        links = [
            Link("service-desc", request.build_absolute_uri(reverse("api-v1:openapi-json")), "OpenAPI 3.1"),
            Link("service-doc", request.build_absolute_uri(reverse("api")), "Reference"),
            *(
                Link(told["operationId"], request.build_absolute_uri(address), told["summary"])
                for address, methods in schema["paths"].items()
                for told in methods.values()
                if "{" not in address
            ),
        ]
        return answer(Start(api.title, api.description, api.version, tuple(links)))

    return router


def _operations(schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in schema["paths"].values():
        yield from methods.values()


@require_safe
def _reference(request: HttpRequest, schema: Mapping[str, Any]) -> HttpResponse:
    operations = [
        Operation(told["operationId"], address, told["summary"], tuple(_parameter(one) for one in told["parameters"]))
        for address, methods in schema["paths"].items()
        for told in methods.values()
    ]
    return render(
        request, "api/reference.html", {"operations": operations, "problems": problems.TITLES, "about": ABOUT}
    )


def _parameter(told: Mapping[str, Any]) -> Parameter:
    codes = (str(code) for code in told["schema"].get("enum", ()) if code)
    return Parameter(told["name"], told.get("description", ""), tuple(codes))
