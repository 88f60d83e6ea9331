"""Where allauth asks us: what a new account gets, and what other sites are told of a person."""

from collections.abc import Iterable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.core.mail import send_mail
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from .models import Person


class Adapter(DefaultAccountAdapter):
    def save_user(self, request: HttpRequest, user: Person, form: Any, commit: bool = True) -> Person:
        """A new person is written to in the language they signed up in."""
        user.language = translation.get_language() or ""
        saved: Person = super().save_user(request, user, form, commit)
        return saved

    def send_account_already_exists_mail(self, email: str) -> None:
        """Who signs up again is told in their letter only; the page says what it says to anyone."""
        address = self.request.build_absolute_uri(reverse("account_login"))
        subject = self.format_email_subject(_("You have an account already"))
        text = _(
            "Someone, probably you, wanted to sign up with this address. It has an account already: sign in at "
            "{address} and a code comes by mail.\n\nIf it was not you, do nothing."
        ).format(address=address)
        send_mail(subject, text, self.get_from_email(), [email])


class IdentityAdapter(DefaultOIDCAdapter):
    """Other sites learn who signed in: a number, and what the person let them see."""

    def get_claims(self, purpose: Any, user: Any, client: Any, scopes: Iterable[str], **more: Any) -> dict[str, Any]:
        claims: dict[str, Any] = super().get_claims(purpose, user, client, scopes, **more)
        if "profile" in scopes:
            told = {"name": user.name, "locale": user.language}
            claims = {name: one for name, one in claims.items() if name not in ("given_name", "family_name")}
            claims |= {name: one for name, one in told.items() if one}
        return claims


class ElsewhereAdapter(DefaultSocialAccountAdapter):
    """Signing in by an account of elsewhere."""

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        """None of a name that PostgreSQL could not even be asked for."""
        return [] if provider and "\0" in provider else super().list_apps(request, provider, client_id)
