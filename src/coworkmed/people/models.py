"""People, organisations, roles in them, and what each person agreed to."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from .rules import ALLOWED, REACHING_DOWN, ROLES, Action


class PersonManager(BaseUserManager["Person"]):
    """Addresses are kept in small letters: two people never share one that differs by letters only."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)  # none, for all but those who run the site: a code comes by mail
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """Someone who runs the site. Whoever has its command line is believed about the address."""
        from allauth.account.models import EmailAddress

        person = self.create_user(email, password, **{"is_staff": True, "is_superuser": True} | fields)
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser, PermissionsMixin):
    """Someone who signs in, by their e-mail address. No other name is needed, and nobody else comes in."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=8, blank=True)  # to be written to in
    created = models.DateTimeField(default=timezone.now)
    last_seen = models.DateField(null=True, blank=True)  # the day, and no finer
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)  # runs this site

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = []

    class Meta:
        verbose_name_plural = "people"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="address_in_small_letters")
        ]

    def __str__(self) -> str:
        """Neither name nor address: this text is copied into logs, which outlive the person."""
        return f"Person {self.pk}"

    @property
    def tends(self) -> bool:
        """Whether they look after places anywhere, and so have a desk."""
        may = ALLOWED[Action.PLACE_TEND]
        return (self.is_staff and "OPERATOR" in may) or Membership.objects.current().filter(
            person=self, role__in=may
        ).exists()

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, person: "Person | AnonymousUser") -> "OrganisationQuerySet":
        """Those that ``person`` may open: where they have a role, and those below where that role reaches down."""
        return self._where(person, Action.ORGANISATION_SEE)

    def where_may(self, person: "Person | AnonymousUser", action: Action) -> "OrganisationQuerySet":
        """Those in which ``person`` may do ``action``."""
        return self._where(person, action)

    def _where(self, person: "Person | AnonymousUser", action: Action) -> "OrganisationQuerySet":
        if not person.is_active or person.pk is None:
            return self.none()
        if person.is_staff and "OPERATOR" in ALLOWED[action]:
            return self.all()
        held = Membership.objects.current().filter(person_id=person.pk, role__in=ALLOWED[action])
        own = set(held.values_list("organisation", flat=True))
        reaching = held.filter(role__in=REACHING_DOWN).values_list("organisation", flat=True)
        return self.filter(pk__in=own | below(reaching))


class Organisation(models.Model):
    """A body that people act for."""

    class Kind(models.TextChoices):
        OPERATOR = "OPERATOR"  # runs places
        NETWORK = "NETWORK"
        AUTHORITY = "AUTHORITY"
        RESEARCH = "RESEARCH"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.JSONField(default=dict)  # language → its name
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    territory = models.CharField(max_length=12, blank=True)  # of the gazetteer: "FR", "FR-PAC", "2995469"
    created = models.DateTimeField(default=timezone.now)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(parent=models.F("id")), name="not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return next(iter(self.name.values()), f"Organisation {self.pk}")


def below(organisations: Iterable[int]) -> set[int]:
    """All that stand under these, at any depth; one query for each level."""
    found: set[int] = set()
    level = set(organisations)
    while level:
        level = set(Organisation.objects.filter(parent__in=level).values_list("pk", flat=True)) - found
        found |= level
    return found


def above(organisations: Iterable[int]) -> set[int]:
    """All that stand over these, at any height; one query for each level."""
    found: set[int] = set()
    level = set(organisations)
    while level:
        parents = Organisation.objects.filter(pk__in=level, parent__isnull=False).values_list("parent", flat=True)
        level = {one for one in parents if one is not None} - found
        found |= level
    return found


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> "MembershipQuerySet":
        """Roles held at this moment. One that was lent ends with the role it was lent from."""
        now = timezone.now()

        def lasts(path: str) -> Q:
            return Q(**{f"{path}until": None}) | Q(**{f"{path}until__gt": now})

        return self.filter(lasts(""), Q(lent_from=None) | lasts("lent_from__"), person__is_active=True)

    def visible_to(self, person: "Person | AnonymousUser") -> "MembershipQuerySet":
        """One's own, and those of the organisations one may open."""
        return self.filter(Q(organisation__in=Organisation.objects.visible_to(person)) | Q(person_id=person.pk))


class Membership(models.Model):
    """A role of a person in an organisation, for a time."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=[(role.value, role.value) for role in ROLES])
    territory = models.CharField(max_length=12, blank=True)  # a steward's, where smaller than the organisation's
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)
    lent_from = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="lent")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["organisation", "since", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "organisation", "role"], condition=Q(until=None), name="a_role_once_at_a_time"
            ),
            models.CheckConstraint(condition=Q(lent_from=None) | Q(until__isnull=False), name="lent_for_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.person_id} @ {self.organisation_id}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        return self.filter(expires__gt=timezone.now())

    def visible_to(self, person: "Person | AnonymousUser") -> "InvitationQuerySet":
        return self.filter(organisation__in=Organisation.objects.where_may(person, Action.MEMBERS_INVITE))


class Invitation(models.Model):
    """A role offered to whoever reads the mail of an address. Deleted as soon as it is answered or too old."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=12, choices=[(role.value, role.value) for role in ROLES])
    territory = models.CharField(max_length=12, blank=True)
    email = models.EmailField()
    invited_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="invitations")
    created = models.DateTimeField(default=timezone.now)
    expires = models.DateTimeField()

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["created"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "email", "role"], name="one_offer_of_a_role")
        ]

    def __str__(self) -> str:
        return f"{self.role} @ {self.organisation_id}"


class Operates(models.Model):
    """An organisation runs a place, named by its public id: the registry stands above people."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="operates")
    place = models.CharField(max_length=16, db_index=True)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["organisation", "place"]
        verbose_name_plural = "operates"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "place"], condition=Q(until=None), name="runs_it_once")
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} → {self.place}"


class Consent(models.Model):
    """What a person agreed to, in which words (`words.CONSENTS`), from when to when. Kept after it was withdrawn, until
    the person goes: it proves that what was done in between was agreed to."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20)
    version = models.CharField(max_length=20)  # of the text they read
    given_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["given_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "purpose"], condition=Q(withdrawn_at=None), name="one_consent_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.version}"
