"""Where allauth asks us: what a new account gets, and what other sites are told of a person."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation

from . import letters
from .models import Person

LASTS = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
#: Mails of allauth's by the last part of their name, and ours.
CODES = {"login_code": "code", "email_confirmation": "confirm", "email_confirmation_signup": "confirm"}
ANSWERS = {
    "unknown_account": ("unknown-account", "account_signup"),
    "account_already_exists": ("known-account", "account_login"),
}
NOTICES = {
    "account_connected": "elsewhere-added",
    "account_disconnected": "elsewhere-removed",
    "email_changed": "address-changed",
    "email_confirm": "address-confirmed",
    "email_deleted": "address-removed",
    "recovery_codes_generated": "recovery-codes-made",
    "totp_activated": "app-added",
    "totp_deactivated": "app-removed",
    "webauthn_added": "passkey-added",
    "webauthn_removed": "passkey-removed",
}


class Adapter(DefaultAccountAdapter):
    def save_user(self, request: HttpRequest, user: Person, form: Any, commit: bool = True) -> Person:
        """A new person is written to in the language they signed up in."""
        user.language = translation.get_language() or ""
        saved: Person = super().save_user(request, user, form, commit)
        return saved

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Every mail of allauth's goes by our outbox, in a template of ours. A LookupError for one that we have not."""
        kind = template_prefix.rpartition("/")[2]
        if kind in CODES:
            letters.code(CODES[kind], email, code=context["code"], lasts=LASTS)
        elif kind in ANSWERS:
            letter, page = ANSWERS[kind]
            letters.answer(letter, email, link=self.request.build_absolute_uri(reverse(page)), lasts=LASTS)
        else:
            letters.notice(NOTICES[kind], to=email, ip=context["ip"] or "", browser=context["user_agent"] or "")

    def send_account_already_exists_mail(self, email: str) -> None:
        """Who signs up again is told in their letter only; the page says what it says to anyone."""
        self.send_mail("account_already_exists", email, {})


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
