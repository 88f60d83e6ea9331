"""The desk itself, as its device sees it: no account, only a cookie that lets it receive people at one place."""

import json
import uuid
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from functools import cache, wraps
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coworkmed import __version__, web
from coworkmed.kernel import ids
from coworkmed.kernel.errors import CoworkmedError
from coworkmed.platform import limits
from coworkmed.platform.limits import Limit, LimitedError
from coworkmed.web import errors
from coworkmed.web.guard import network

from ...models import Device, Scan
from ...passes import codes
from ...passes.tokens import Outcome
from .. import judging, queries, told
from ..services import devices, leases, syncing
from ..told import Told
from ..words import OUTCOMES, REASONS

COOKIE = "front-desk"
KEPT = timedelta(days=365)
#: What the page needs to open without a network, besides itself.
FILES = (
    "site.css",
    "desk.css",
    "mark.svg",
    "fonts/literata-latin.woff2",
    "fonts/literata-latin-ext.woff2",
    "fonts/literata-greek.woff2",
    "js/front-desk.js",
    "js/desk-board.js",
    "js/desk-camera.js",
    "js/desk-sync.js",
    "js/desk-rules.js",
    "js/desk-store.js",
    "js/pass-token.js",
)
LARGEST = 512 * 1024  # octets of a batch
CHECKS = Limit("desk-check", 60, timedelta(minutes=1))
TOLD = Limit("desk-told", 60, timedelta(minutes=1))
SET_UPS = Limit("desk-set-up", 20, timedelta(hours=1))

View = Callable[[HttpRequest, Device], HttpResponse]


def device_of(request: HttpRequest) -> Device | None:
    return devices.known(request.COOKIES.get(COOKIE, ""))


def for_device(view: View) -> Callable[[HttpRequest], HttpResponse]:
    """For a device that is known; kept by nobody on the way. To others, in the form they asked for, that it is none."""

    @wraps(view)
    @never_cache
    def answer(request: HttpRequest) -> HttpResponse:
        if (device := device_of(request)) is None:
            words = errors.Words(
                _("This is not a desk yet"),
                _("Open the link that somebody of your place made for this device. It may also have been taken away."),
            )
            return _refused(request, 403, words)
        try:
            return view(request, device)
        except LimitedError as error:
            return _refused(request, 429, errors.Words(_("That was too often for now"), errors.in_words(error)))

    return answer


@require_safe
@for_device
def desk(request: HttpRequest, device: Device) -> HttpResponse:
    """The page of the desk. ``?shell``: as it is kept for when there is no network, without who is expected."""
    devices.note_seen(device)
    return _desk(request, device)


def _desk(
    request: HttpRequest, device: Device, verdict: judging.Verdict | None = None, shown: str = ""
) -> HttpResponse:
    shell, now = "shell" in request.GET, timezone.now()
    host = device.place.host
    today = queries.day_now(host, now)
    here = set() if shell else set(queries.visits(host.pk).filter(day=today).values_list("visitor", flat=True))
    said = {
        "device": device,
        "place": device.place,
        "expected": [] if shell else queries.expected(host, [today]),
        "here": here,
        "messages": [] if shell else list(messages.get_messages(request)),
        "verdict": verdict,
        "shown": shown,
        "OUTCOMES": OUTCOMES,
        "outcomes": {code: [_(title), _(text)] for code, (title, text) in OUTCOMES.items()},
        "REASONS": REASONS,
        "GOOD": (Outcome.VALID, Outcome.HERE_ALREADY),
    }
    response = render(request, "desk/front.html", said)
    response.headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=(), payment=()"
    return response


@require_safe
@for_device
def briefing(request: HttpRequest, device: Device) -> HttpResponse:
    """All that the device needs for some days."""
    limits.take((TOLD, str(device.pk)))
    devices.note_seen(device)
    now = timezone.now()
    with transaction.atomic():
        lease = leases.hold(device, now)
    return JsonResponse(queries.briefing(device, lease, now) | {"csrf": get_token(request)})


@require_POST
@for_device
def scans(request: HttpRequest, device: Device) -> HttpResponse:
    """What the device saw: {"scans": […]}. Says which it kept, the others can't be read and will never be."""
    limits.take((TOLD, str(device.pk)))
    try:
        if len(request.body) > LARGEST:
            raise told.BatchError
        lines = json.loads(request.body)["scans"]
        if not isinstance(lines, list) or len(lines) > told.MOST:
            raise told.BatchError
    except (ValueError, KeyError, TypeError, RecursionError, told.BatchError):
        words = errors.Words(_("We could not read that request"), errors.in_words(told.BatchError()))
        return _refused(request, 400, words)
    read = [one for line in lines if (one := told.read(line)) is not None]
    counts = syncing.take_in(device, read)
    return JsonResponse({"kept": [str(one.scan_id) for one in read], "new": counts["new"], "known": counts["known"]})


@require_POST
@for_device
def check(request: HttpRequest, device: Device) -> HttpResponse:
    """What to make of what was scanned or typed; and, from a browser without scripts, what was done about it."""
    limits.take((CHECKS, str(device.pk)))
    shown, why = request.POST.get("shown", "")[:400], request.POST.get("why", "")
    done = Scan.Kind.TURNED_AWAY if why in REASONS else request.POST.get("then", "")
    verdict = judging.judge(device, shown, timezone.now())
    if _wants_json(request):
        return JsonResponse(asdict(verdict))
    if done not in Scan.Kind.values:
        return _desk(request, device, verdict, shown)
    by_token = not codes.typed(shown)
    one = Told(
        uuid.uuid4(), Scan.Kind(done), verdict.outcome, shown if by_token else "", "" if by_token else verdict.visitor,
        uuid.UUID(verdict.lease) if verdict.lease else None, why if done == Scan.Kind.TURNED_AWAY else "",
        timezone.now(), 0, True,
    )  # fmt: skip
    syncing.take_in(device, [one])
    messages.success(request, _("Noted: let in.") if done == Scan.Kind.LET_IN else _("Noted: turned away."))
    return redirect("front-desk")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def set_up(request: HttpRequest, token: str) -> HttpResponse:
    """Asks once, then this browser is the device."""
    try:
        limits.take((SET_UPS, network(request)))
        if request.method != "POST":
            return render(
                request, "desk/set_up.html", {"device": devices.waiting(token), "token": token, "messages": []}
            )
        shown = devices.set_up(token)[1]
    except CoworkmedError as error:
        return errors.page(request, 410, errors.Words(_("This link opens no desk"), errors.in_words(error)))
    response = redirect(reverse("front-desk") + "?new")
    response.set_cookie(
        COOKIE, shown, max_age=int(KEPT.total_seconds()), httponly=True, samesite="Strict", secure=request.is_secure()
    )
    return response


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: it answers for this folder alone, in this language."""
    page = reverse("front-desk")
    kept = [f"{page}?shell", *(static(name) for name in FILES)]
    device = device_of(request)  # the page that is kept names its place
    name = f"front-desk-{get_language()}-{ids.digest(__version__, str(device.pk if device else ''), *kept)}"
    said = f"const NAME = {json.dumps(name)}, PAGE = {json.dumps(page)}, KEPT = {json.dumps(kept)};\n"
    return HttpResponse(said + _script(), content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@cache
def _script() -> str:
    return (Path(web.__file__).parent / "static/js/desk-worker.js").read_text()


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a device needs to know to keep the desk as an app."""
    page = reverse("front-desk")
    said: dict[str, Any] = {
        "id": page, "start_url": page, "scope": page, "display": "standalone", "lang": get_language(),
        "name": _("Front desk"), "short_name": _("Front desk"),
        "background_color": "#fbfaf7", "theme_color": "#1b5570",
        "icons": [{"src": static("mark.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }  # fmt: skip
    text = json.dumps(said, ensure_ascii=False)
    return HttpResponse(text, content_type="application/manifest+json", headers={"Cache-Control": "no-cache"})


def _refused(request: HttpRequest, status: int, words: errors.Words) -> HttpResponse:
    """Why not, in the form that was asked for."""
    if not request.path.endswith(".json") and not _wants_json(request):
        return errors.page(request, status, words)
    said = {"title": words.title, "status": status, "detail": words.text}
    return JsonResponse(said, status=status, content_type="application/problem+json")


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")
