"""Who deletes their account takes along the addresses they left elsewhere to be written back at."""

import pytest

from coworkmed.kernel.values import Value
from coworkmed.people.services import forget
from coworkmed.stewardship.models import Report, Suggestion
from coworkmed.stewardship.services import reports, suggestions
from tests.people.conftest import person
from tests.web.factories import registry


@pytest.mark.django_db
def test_the_address_goes_and_what_was_said_waits_on() -> None:
    mill = registry()["mill"]
    ana = person("ana@example.org")
    for email in ("Ana@Example.org", "ana@example.org.example", ""):
        suggestions.suggest(place=mill, fields={"desks": Value(30)}, email=email)
        reports.report(place=mill, reason="FALSE", email=email)
    forget(ana)
    for case in (Suggestion, Report):
        assert sorted(case.objects.values_list("email", flat=True)) == ["", "", "ana@example.org.example"]
        assert case.objects.filter(outcome="").count() == 3
