"""What goes right, as JSON: bytes made once, with what clients need to keep it and to go on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date
from pydantic import BaseModel, TypeAdapter

from .problems import Problem, Wrong

MEDIA_TYPE = "application/json"
#: Anything (dataclasses, mappings, sequences, moments) as the bytes of its JSON.
encode = TypeAdapter(Any).dump_json


def answer(value: Any, *, following: str = "", modified: datetime | None = None) -> HttpResponse:
    """``value`` (dataclasses, mappings, sequences) as JSON; ``following`` is the address of the page after this one,
    ``modified`` when what it tells last changed."""
    response = HttpResponse(encode(value), content_type=MEDIA_TYPE)
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    if modified:
        response.headers["Last-Modified"] = http_date(modified.timestamp())
    return response


def address(request: HttpRequest, **changed: str) -> str:
    """The address asked for, with some of its parameters ``changed``."""
    asked = {name: request.GET[name] for name in request.GET} | changed
    return request.build_absolute_uri(f"{request.path}?{urlencode(asked)}")


def only(request: HttpRequest, asked: BaseModel | None = None) -> None:
    """Problem where the request has a parameter that is not of ``asked``, or one twice: a word misspelt would
    otherwise go unnoticed, and all the registry be taken for the answer."""
    known: Sequence[str] = sorted(type(asked).model_fields) if asked else ()
    strange = [name for name in request.GET if name not in known]
    if strange:
        detail = f"known here: {', '.join(known)}" if known else "nothing can be asked here"
        wrong = [Wrong(name, detail) for name in strange]
        raise Problem(422, "unknown-parameter", f"{', '.join(strange)}: {detail}", wrong)
    twice = [name for name, values in request.GET.lists() if len(values) > 1]
    if twice:
        wrong = [Wrong(name, "given more than once") for name in twice]
        raise Problem(422, "repeated-parameter", f"{', '.join(twice)}: given more than once", wrong)
