"""One's account, organisations and roles; and allauth's pages that we use."""

from allauth.account import urls as sign_in
from allauth.socialaccount import urls as elsewhere
from django.urls import URLPattern, include, path

from . import views

#: People have no password to change, set or reset. Operators, who may have one, change it on the administrators' pages.
PASSWORDS = ("account_change_password", "account_set_password", "account_reset_password")
_sign_in = [
    one for one in sign_in.urlpatterns if not (isinstance(one, URLPattern) and (one.name or "").startswith(PASSWORDS))
]

urlpatterns = [
    path("account/", views.account, name="account"),
    path("account/consent/<slug:purpose>/", views.consent, name="consent"),
    path("account/export/", views.export, name="export"),
    path("account/delete/", views.delete, name="delete-account"),
    path("account/", include(_sign_in)),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
    path("account/3rdparty/", include(elsewhere.urlpatterns)),
    path("organisations/new/", views.new_organisation, name="new-organisation"),
    path("organisations/<int:pk>/", views.organisation, name="organisation"),
    path("organisations/<int:pk>/invite/", views.invite, name="invite"),
    path("organisations/<int:pk>/dissolve/", views.dissolve, name="dissolve"),
    path("roles/<int:pk>/end/", views.end_role, name="end-role"),
    path("roles/<int:pk>/give/", views.give_role, name="give-role"),
    path("invitations/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
]
