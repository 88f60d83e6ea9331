"""Distances on the sphere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel.geo import EARTH_RADIUS_M, distance_m, distances_m

positions = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


def test_a_known_distance() -> None:
    assert distance_m(43.2965, 5.3698, 41.8931, 12.4828) == pytest.approx(601_500, rel=0.005)  # Marseille to Rome
    assert distance_m(90, 0, -90, 57) == pytest.approx(3.141592653589793 * EARTH_RADIUS_M)


@given(positions, st.lists(positions))
def test_many_at_once_are_each_by_itself(centre: tuple[float, float], others: list[tuple[float, float]]) -> None:
    lats, lons = [lat for lat, _ in others], [lon for _, lon in others]
    assert distances_m(*centre, lats, lons) == pytest.approx([distance_m(*centre, *one) for one in others], abs=0.01)
