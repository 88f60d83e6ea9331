"""Pages of one's account, of organisations and roles, and the answer to an invitation."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from allauth.idp.oidc.views import authorization
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.platform import stops
from coworkmed.platform.tokens import TokenError
from coworkmed.web import errors, security

from . import history, queries, services
from .forms import ForgetForm, GiveForm, InvitationForm, NameForm, OrganisationForm, PersonForm
from .models import Consent, Invitation, Membership, Organisation, Person
from .rules import Action
from .words import CONSENTS, KINDS, QUALITIES, ROLES, ROLES_EXPLAINED

WORDS = {
    "CONSENTS": CONSENTS, "KINDS": KINDS, "QUALITIES": QUALITIES, "ROLES": ROLES, "ROLES_EXPLAINED": ROLES_EXPLAINED
}  # fmt: skip
View = Callable[..., HttpResponse]
HOST = re.compile(r"[\w.-]+(:\d+)?")


def private(view: View) -> View:
    """For who signed in, and kept by nobody on the way. What may not be done is said on a page of its own; what can't
    be done now, on the page one goes back to."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except services.NotAllowedError as error:
            words = errors.Words(_("You can’t do this"), _(error.message).format(**error.params))
            response = errors.page(request, 403, words)
        except CoworkmedError as error:
            messages.error(request, _(error.message).format(**error.params))
            response = redirect("account")
        add_never_cache_headers(response)
        return response

    return login_required(answer)


def _me(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def _page(request: HttpRequest, name: str, shown: dict[str, Any], form: Any = None) -> HttpResponse:
    """A page with what was said to its reader; a form that came back with faults makes it 422."""
    said = {"messages": list(messages.get_messages(request)), "form": form}
    return render(request, f"people/{name}.html", WORDS | said | shown, status=422 if form and form.errors else 200)


# -- one's account --------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@private
def account(request: HttpRequest) -> HttpResponse:
    """Who I am here, for whom I act, what I agreed to, and how I get in and out."""
    person = _me(request)
    form = PersonForm(
        request.POST or None, initial={"name": person.name, "language": person.language or get_language()}
    )
    if form.is_valid():
        services.change(person=person, **form.cleaned_data)
        messages.success(request, _("Kept."))
        return redirect("account")
    shown = {
        "person": person,
        "roles": Membership.objects.current().filter(person=person).select_related("organisation"),
        "agreed": {one.purpose: one for one in Consent.objects.filter(person=person, withdrawn_at=None)},
        "sessions": UserSession.objects.filter(user=person).count(),
        "second_factors": Authenticator.objects.filter(user=person).exclude(type="recovery_codes").count(),
    }
    return _page(request, "account", shown, form)


@require_POST
@private
def consent(request: HttpRequest, purpose: str) -> HttpResponse:
    if purpose not in CONSENTS:
        raise Http404
    services.consent(person=_me(request), purpose=purpose, given=request.POST.get("given") == "yes")
    return redirect(reverse("account") + "#consents")


@require_safe
@private
def export(request: HttpRequest) -> HttpResponse:
    """Everything about me, as a file."""
    answer = JsonResponse(services.export(_me(request)), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer.headers["Content-Disposition"] = 'attachment; filename="me.json"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@private
def delete(request: HttpRequest) -> HttpResponse:
    """Says what goes and what stays; then, once the address is typed, does it."""
    person = _me(request)
    form = ForgetForm(request.POST or None, address=person.email)
    if form.is_valid():
        logout(request)
        services.forget(person)
        return render(request, "people/gone.html")
    return _page(request, "delete", {"left_alone": queries.left_alone(person)}, form)


# -- organisations --------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@private
def new_organisation(request: HttpRequest) -> HttpResponse:
    """Anyone starts one that runs places; operators of the site, any other."""
    person = _me(request)
    appoints = queries.can(person, Action.ORGANISATION_APPOINT)
    form = (OrganisationForm if appoints else NameForm)(request.POST or None)
    if form.is_valid():
        name = form.names({})
        if isinstance(form, OrganisationForm):
            given = {key: form.cleaned_data[key] for key in ("kind", "territory", "parent")}
            made = services.appoint(by=person, name=name, **given)
        else:
            made = services.found(by=person, name=name)
        return redirect("organisation", made.pk)
    return _page(request, "new_organisation", {}, form)


def _open(request: HttpRequest, pk: int) -> Organisation:
    """The organisation, where the reader may open it; else nothing is at this address."""
    return get_object_or_404(Organisation.objects.visible_to(_me(request)).select_related("parent"), pk=pk)


def _organisation_page(request: HttpRequest, organisation: Organisation, form: Any = None) -> HttpResponse:
    inside = queries.inside(_me(request), organisation)
    own = get_language() or "en"
    renaming = NameForm(initial={"name": organisation.name.get(own, "")})
    inviting = InvitationForm(kind=organisation.kind, owners=inside.may_make_owners)
    deeds = history.of(organisation) if inside.may_change else []
    names = queries.place_names({one.place for one in deeds if one.place})
    shown = {
        "inside": inside, "organisation": organisation, "renaming": renaming, "inviting": inviting, "deeds": deeds,
        "place_names": names,
    }  # fmt: skip
    if form is not None:
        shown["inviting" if isinstance(form, InvitationForm) else "renaming"] = form
    return _page(request, "organisation", shown, form)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is in it, in what role, which places it runs. A POST gives it another name."""
    one = _open(request, pk)
    if request.method != "POST":
        return _organisation_page(request, one)
    form = NameForm(request.POST)
    if not form.is_valid():
        return _organisation_page(request, one, form)
    services.rename(by=_me(request), organisation=one, name=form.names(one.name))
    return redirect("organisation", pk)


@require_POST
@private
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    one, person = _open(request, pk), _me(request)
    services.require(person, Action.MEMBERS_INVITE, one)
    owners = queries.can(person, Action.OWNERS_CHANGE, one)
    form = InvitationForm(request.POST, kind=one.kind, owners=owners)
    if not form.is_valid():
        return _organisation_page(request, one, form)
    email, role = form.cleaned_data["email"], form.cleaned_data["role"]
    token = services.invite(by=person, organisation=one, email=email, role=role)
    link = request.build_absolute_uri(reverse("invitation", args=[token]))
    said = _("A letter is on its way. Should it not arrive, send them this link yourself: {link}")
    messages.success(request, said.format(link=link))
    return redirect("organisation", pk)


@require_POST
@private
def dissolve(request: HttpRequest, pk: int) -> HttpResponse:
    services.dissolve(by=_me(request), organisation=_open(request, pk))
    return redirect("account")


# -- roles and invitations ------------------------------------------------------------------------------------------


def _role(request: HttpRequest, pk: int) -> Membership:
    found = Membership.objects.current().visible_to(_me(request)).select_related("organisation", "person")
    return get_object_or_404(found, pk=pk)


@require_POST
@private
def end_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave, or ask someone to."""
    one, person = _role(request, pk), _me(request)
    services.end(by=person, membership=one)
    stays = Organisation.objects.visible_to(person).filter(pk=one.organisation_id).exists()
    return redirect("organisation", one.organisation_id) if stays else redirect("account")


@require_http_methods(["GET", "HEAD", "POST"])
@private
def give_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a role of mine over for good, or lend it until a day."""
    one, person = _role(request, pk), _me(request)
    if one.person_id != person.pk or one.lent_from_id:
        raise services.NotAllowedError(services.NOT_YOURS)
    known = {each.membership.pk: each.who for each in queries.inside(person, one.organisation).colleagues}
    form = GiveForm(request.POST or None, membership=one, known=known)
    if form.is_valid():
        to, until = form.cleaned_data["to"].person, form.cleaned_data["until"]
        if until:
            services.lend(by=person, membership=one, to=to, until=until)
        else:
            services.hand_over(by=person, membership=one, to=to)
        return redirect("account")
    return _page(request, "give_role", {"membership": one}, form)


@require_POST
@private
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    offer = get_object_or_404(Invitation.objects.visible_to(_me(request)).select_related("organisation"), pk=pk)
    services.withdraw(by=_me(request), offer=offer)
    return redirect("organisation", offer.organisation_id)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever has no account yet makes one on the way: asked to sign in, they would get no code."""
    offer = services.invitation(token)
    if request.user.is_authenticated or offer is None or queries.has_account(offer.email):
        return _invitation(request, token, offer)
    return redirect(f"{reverse('account_signup')}?{urlencode({'next': request.path})}")


@private
def _invitation(request: HttpRequest, token: str, offer: Invitation | None) -> HttpResponse:
    """GET shows what is offered and changes nothing: programs that follow every link of a letter accept nothing."""
    person = _me(request)
    if request.method == "POST":
        made = services.accept(person=person, token=token)
        return redirect("organisation", made.organisation_id)
    mine = offer is not None and offer.email in services.verified(person)
    return _page(request, "invitation", {"offer": offer if mine else None, "person": person, "token": token})


# -- mails ----------------------------------------------------------------------------------------------------------


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the token is what they have, and who has it may
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Mails that nobody asked for, to whoever holds the token: GET shows how it stands, POST ends them or, with
    ``again``, lets them come again."""
    try:
        address = stops.read(token)
    except TokenError as error:
        return errors.page(request, 404, errors.Words(_("This link leads nowhere"), _(error.message)))
    if request.method == "POST":
        if "again" in request.POST:
            stops.resume(address)
        else:
            stops.stop(address)
    return _page(request, "stop", {"stopped": stops.is_stopped(address), "token": token})


# -- other sites ----------------------------------------------------------------------------------------------------


@csrf_exempt  # allauth checks the answer itself; the question may come from anywhere
def authorize(request: HttpRequest) -> HttpResponse:
    """Asks whether another site may know who one is. Only once allauth has found that site's address to be the one it
    registered may the form lead there."""
    response: HttpResponse = authorization(request)
    there = urlsplit(request.GET.get("redirect_uri", ""))
    asks = "form" in (getattr(response, "context_data", None) or {})
    if asks and there.scheme in ("http", "https") and HOST.fullmatch(there.netloc):
        policy = security.policy(form_action=f"{there.scheme}://{there.netloc}")
        response.headers["Content-Security-Policy"] = policy
    return response
