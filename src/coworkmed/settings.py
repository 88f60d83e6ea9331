"""Django's settings. What differs from one machine to the next comes from `env`."""

from urllib.parse import urlsplit

from django.utils.functional import lazy
from whitenoise.compress import Compressor

from . import env
from .kernel.i18n import LANGUAGE_NAMES
from .people import sign_in
from .places import clock_settings
from .platform import database_settings, mail_settings

ENV = env.read()

DEBUG = ENV.debug
SECRET_KEY = ENV.secret_key
SECRET_KEY_FALLBACKS = ENV.former_keys
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", urlsplit(ENV.site_url).hostname or "localhost"]
CSRF_TRUSTED_ORIGINS = [ENV.site_url]

INSTALLED_APPS = [
    "coworkmed.people",  # before those whose templates it replaces
    "coworkmed.platform",  # as well
    "coworkmed.platform.back_office.BackOffice",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.idp.oidc",
    "coworkmed.web",
    "coworkmed.sources",
    "coworkmed.places",
    "coworkmed.ledger",
    "coworkmed.stewardship",
    "coworkmed.observatory",
    "coworkmed.hospitality",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "coworkmed.web.security.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "coworkmed.web.cache.Pages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "coworkmed.web.errors.Explained",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "coworkmed.people.middleware.Seen",
    "coworkmed.people.middleware.LostKey",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "coworkmed.urls"
WSGI_APPLICATION = "coworkmed.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [env.ROOT / "src/coworkmed/web/templates"],
        "OPTIONS": {"environment": "coworkmed.web.jinja.environment"},
    },
    {  # the admin's own pages
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

DATABASES = {"default": database_settings.read(ENV.database_url, default=ENV.var / "coworkmed.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# "default" counts attempts to sign in, for all workers together: room for many, so that a flood does not push the
# counts out. Of pages each worker keeps its own: they can be made again, and say by their key which state they show.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "platform_kept",
        "KEY_FUNCTION": "coworkmed.platform.shared.key",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 2000},  # some 10 kB each
    },
}
PAGES_REVISION = "coworkmed.places.queries.revision"

_MAIL = mail_settings.read(ENV.email_url, default=ENV.var / "mail")
EMAIL_BACKEND = _MAIL.backend
EMAIL_HOST, EMAIL_PORT = _MAIL.host, _MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL.host_user, _MAIL.host_password
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL.use_tls, _MAIL.use_ssl
EMAIL_FILE_PATH = _MAIL.file_path
BOUNCES = mail_settings.inbox(ENV.bounces_url)
CLOCK = clock_settings.read(ENV.clock)
EMAIL_TIMEOUT = 30  # seconds
DEFAULT_FROM_EMAIL = ENV.email_from or f"CoWorkMed <no-reply@{urlsplit(ENV.site_url).hostname or 'localhost'}>"

LANGUAGE_CODE = "en"
LANGUAGES = list(LANGUAGE_NAMES.items()) + [("ar", "Pseudo")] * ENV.pseudo  # see web/pseudo.py; never in the menu
LANGUAGE_COOKIE_NAME = "language"  # set when a reader chooses, and only then
LANGUAGE_COOKIE_AGE = 365 * 86_400
LANGUAGE_COOKIE_HTTPONLY = True
LOCALE_PATHS = [env.ROOT / "src/coworkmed/locale"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = ENV.var / "static"
SEARCH_ROOT = ENV.var / "search"  # the index of the registry; can be made again
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "coworkmed.web.static_files.Storage"},
}
# Browsers read parts of a PMTiles file by their place in it, so it is never compressed as a whole.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "pmtiles")
WHITENOISE_MIMETYPES = {".mjs": "text/javascript", ".pmtiles": "application/vnd.pmtiles"}
# For ever: what bears a sum of its content in its name, and vendored files, which bear their version.
WHITENOISE_IMMUTABLE_FILE_TEST = r"\.[0-9a-f]{12}\.|/vendor/"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "coworkmed.web.errors.forbidden"
if ENV.site_url.startswith("https://"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

AUTH_USER_MODEL = "people.Person"
SOCIALACCOUNT_ADAPTER = "coworkmed.people.adapter.ElsewhereAdapter"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account"
LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 30 * 86_400
ACCOUNT_ADAPTER = "coworkmed.people.adapter.Adapter"
ACCOUNT_FORMS = {"login": "coworkmed.people.forms.SignInForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]  # no password: a code comes by mail
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "CoWorkMed: "
ACCOUNT_CHANGE_EMAIL = True  # one address each
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(ENV.site_url).scheme
# The one proxy that is trusted with the protocol is trusted with the reader's address.
ALLAUTH_TRUSTED_PROXY_COUNT = int(ENV.site_url.startswith("https://"))
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ADAPTER = "coworkmed.people.second_factors.Adapter"
MFA_TOTP_ISSUER = "CoWorkMed"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not ENV.site_url.startswith("https://")
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_STORE_TOKENS = False
SIGN_IN_SITES = sign_in.read(ENV.sign_in)
SIGN_IN_HOSTS = sign_in.hosts(SIGN_IN_SITES)  # forms may lead there
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": SIGN_IN_SITES}}
IDP_OIDC_ADAPTER = "coworkmed.people.adapter.IdentityAdapter"
IDP_OIDC_PRIVATE_KEY = lazy(lambda: ENV.identity_key, str)()

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
