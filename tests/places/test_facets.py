"""What a facet promises is what choosing it shows, whatever else is asked."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from coworkmed.kernel.fields import STATUSES
from coworkmed.places.filters import Filters
from coworkmed.places.models import Place
from coworkmed.places.search import find

NAMES = ("Filature", "Filatrue", "Filatures", "Port", "La Ruche", "Nice")
TOWNS = (
    ("FR", "FR-PAC", 2990440, "Nice", 43.70, 7.27),
    ("GR", "GR-I", 264371, "Αθήνα", 37.98, 23.73),
    ("", "", None, "", None, None),
)
places = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(NAMES),
            "at": st.sampled_from(TOWNS),
            "main_kind": st.sampled_from(("COWORK", "FAB", "")),
            "status": st.sampled_from(tuple(one for one in STATUSES if one != "MERGED")),
            "freshness": st.sampled_from(("FRESH", "STALE", "")),
            "sources": st.sets(st.sampled_from(("a", "b"))).map(sorted),
            "values": st.fixed_dictionaries(
                {
                    "wheelchair": st.sampled_from(("yes", "no")),
                    "equipment": st.lists(st.sampled_from(("Laser", "Oven"))),
                }
            ),
        }
    ),
    max_size=12,
)
filters = st.builds(
    Filters,
    q=st.sampled_from(("", "filature", "filatur", "nice", "la ruche", "athens", "cowork", "…")),
    country=st.sampled_from(("", "FR")),
    kind=st.sampled_from(("", "COWORK")),
    status=st.sampled_from(("", "OPEN", "CLOSED")),
    freshness=st.sampled_from(("", "STALE")),
    wheelchair=st.sampled_from(("", "yes")),
    near=st.sampled_from(("", "43.7000,7.2700")),
    sort=st.sampled_from(("", "name")),
)


def _stored(rows: Sequence[dict[str, Any]]) -> None:
    columns = ("country", "region", "town", "locality", "lat", "lon")
    Place.objects.bulk_create(
        Place(public_id=f"p{number}", modified=datetime.now(UTC), **dict(zip(columns, at, strict=True)), **row)
        for number, (at, row) in enumerate((row["at"], {k: v for k, v in row.items() if k != "at"}) for row in rows)
    )


@pytest.mark.usefixtures("own_index")
class TestFacets(TestCase):
    @given(places, filters)
    def test_they_keep_their_word(self, rows: Sequence[dict[str, Any]], asked: Filters) -> None:
        _stored(rows)
        assert find.find(asked).total == find.count(asked)
        for name, options in find.facets(asked).items():
            for option in options:
                chosen = find.find(asked.but(**{name: option.value}), limit=50)
                assert chosen.total == len(chosen.hits) == option.count, (name, option)
