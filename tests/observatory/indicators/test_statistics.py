"""Each statistic against a worked example that was published, or a library that is not ours."""

from pathlib import Path

import pytest
from scipy import stats

from coworkmed.observatory.indicators import compute
from coworkmed.observatory.unseen import chapman

from .factory import figure, figures, folder, said


@pytest.mark.parametrize(
    ("n", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_intervals_of_shares_are_those_of_newcombe(tmp_path: Path, n: int, of: int, low: float, high: float) -> None:
    """R. G. Newcombe (1998), Two-sided confidence intervals for the single proportion, table I, method 3 (Wilson)."""
    out = folder(tmp_path, [{"confirmed_on": "2026-01" if at < n else "2020"} for at in range(of)])
    compute.write(out)
    found = figure(out, "confirmed_share")
    assert (found["n"], found["of"], found["value"]) == (n, of, pytest.approx(n / of))
    assert (round(found["low"], 4), round(found["high"], 4)) == (low, high)
    oracle = stats.binomtest(n, of).proportion_ci(method="wilson")
    assert (found["low"], found["high"]) == (pytest.approx(oracle.low, abs=1e-8), pytest.approx(oracle.high, abs=1e-8))


#: E. J. Freireich et al. (1963), 6-MP against placebo in acute leukaemia: remission under 6-MP, as in every textbook
#: of survival (Kleinbaum & Klein, table 2.1); here months for weeks.
RELAPSED = (6, 6, 6, 7, 10, 13, 16, 22, 23)
CENSORED = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)


def month(ago: int) -> str:
    at = 2026 * 12 + 2 - ago
    return f"{at // 12}-{at % 12 + 1:02}"


def test_survival_is_that_of_freireich(tmp_path: Path) -> None:
    """Published: S(10) = 0.753 after 10, with a standard error of 0.0963; it holds until 13."""
    closed = [{"status": "CLOSED", "opened": month(40), "closed": month(40 - t)} for t in RELAPSED]
    out = folder(tmp_path, [*closed, *({"opened": month(t)} for t in CENSORED)])
    compute.write(out)
    [found] = figures(out, "survival", level="all", counted="ANY")
    assert (found["category"], found["of"]) == ("1", 21), "nobody was followed for three years"
    assert found["value"] == pytest.approx(0.753, abs=5e-4)
    assert found["value"] - found["low"] == pytest.approx(1.96 * 0.0963, abs=5e-4)
    oracle = stats.ecdf(stats.CensoredData(RELAPSED, right=CENSORED)).sf
    assert found["value"] == pytest.approx(oracle.evaluate(12))
    ends = oracle.confidence_interval(method="linear")
    assert (found["low"], found["high"]) == (
        pytest.approx(float(ends.low.evaluate(12)), abs=1e-8), pytest.approx(float(ends.high.evaluate(12)), abs=1e-8)
    )  # fmt: skip


def test_of_those_that_all_closed_none_is_left(tmp_path: Path) -> None:
    out = folder(tmp_path, [{"status": "CLOSED", "opened": "2020-01", "closed": "2020-07"}] * 11 + [{"opened": "2020"}])
    compute.write(out)
    assert figure(out, "survival", category="1")["value"] == pytest.approx(1 / 12)
    assert figure(out, "survival", category="5")["value"] == pytest.approx(1 / 12)
    out = folder(
        tmp_path / "b", [{"status": "CLOSED", "opened": "2020-01", "closed": f"2021-0{1 + at % 3}"} for at in range(12)]
    )
    compute.write(out)
    assert figure(out, "survival", category="1")["value"] == pytest.approx(8 / 12)


def test_chapman_is_that_of_the_textbook() -> None:
    """Ten turtles marked; of fifteen caught later, five bear the mark: 28 in the lake (the usual worked example of the
    Lincoln-Petersen method with Chapman's correction: 28.3)."""
    found = chapman(10, 15, 5)
    assert found.value == pytest.approx(28.333, abs=1e-3)
    spread = (11 * 16 * 5 * 10 / (6 * 6 * 7)) ** 0.5
    assert found.high == pytest.approx(found.value + stats.norm.ppf(0.975) * spread)
    assert found.low == 20, "what was seen"


def both(count: int, *sources: str) -> list[dict[str, object]]:
    return [{"sources": list(sources)}] * count


def test_the_unseen_are_estimated_where_two_lists_are_independent(tmp_path: Path) -> None:
    places = [*both(12, "a"), *both(15, "b"), *both(8, "a", "b"), *both(3, "c")]
    out = folder(tmp_path, places, {"a": (), "b": (), "c": ("a",)})
    said(out)
    compute.write(out)
    found = figure(out, "unseen_estimate", category="a b", counted="COWORK")
    oracle = chapman(20, 23, 8)
    assert (found["value"], found["low"], found["high"]) == pytest.approx((oracle.value, oracle.low, oracle.high))
    assert (found["n"], found["of"], found["sources"]) == (8, 35, "a b")
    assert figure(out, "unseen_estimate", category="a c", counted="COWORK")["note"] == "RELATED"
    few = figure(out, "unseen_estimate", category="b c", counted="COWORK")
    assert (few["note"], few["value"]) == ("TOO_FEW_MATCHES", None)


def test_concentration_is_that_of_the_department_of_justice(tmp_path: Path) -> None:
    """Four firms with 30, 30, 20 and 20 percent of a market: 2,600 of 10,000 (U.S. Department of Justice, HHI)."""
    towns = {"1": 30, "2": 30, "3": 20, "4": 20}
    out = folder(tmp_path, [{"town_code": town} for town, count in towns.items() for _ in range(count)])
    compute.write(out)
    for level, territory in (("all", ""), ("country", "FR"), ("region", "FR-PAC")):
        assert figure(out, "herfindahl", level=level, territory=territory)["value"] == pytest.approx(0.26)
        assert figure(out, "largest_town_share", level=level, territory=territory)["value"] == pytest.approx(0.3)


def test_location_quotients_compare_with_the_country(tmp_path: Path) -> None:
    """A tenth here, a twentieth in the country: twice as frequent."""
    here = [{"kinds": ["FAB"] if at < 10 else ["COWORK"]} for at in range(100)]
    there = [{"kinds": ["COWORK"], "region_code": "FR-OCC"}] * 100
    out = folder(tmp_path, [*here, *there])
    compute.write(out)
    found = figure(out, "location_quotient", level="region", territory="FR-PAC", category="FAB")
    assert (found["value"], found["n"], found["of"]) == (pytest.approx(2.0), 10, 100)
    assert figure(out, "location_quotient", level="country", territory="FR", category="FAB")["value"] == pytest.approx(
        1
    )


def test_quartiles_are_numpys(tmp_path: Path) -> None:
    desks = [3, 7, 8, 5, 12, 14, 21, 13, 18, 18, 4]
    out = folder(tmp_path, [{"desks": float(count)} for count in desks])
    compute.write(out)
    found = figure(out, "desks_per_place")
    expected = [float(stats.scoreatpercentile(desks, part)) for part in (25, 50, 75)]
    assert [found["low"], found["value"], found["high"]] == pytest.approx(expected)
    assert figure(out, "desks_total")["value"] == sum(desks)


def test_closures_within_a_year(tmp_path: Path) -> None:
    places = [
        {"status": "CLOSED", "closed": "2025-09"}, {"status": "CLOSED", "closed": "2024"}, {"opened": "2020"},
        *[{}] * 8, {"opened": "2025-10"},
    ]  # fmt: skip
    out = folder(tmp_path, places)
    compute.write(out)
    found = figure(out, "annual_closure_rate")
    assert (found["n"], found["of"]) == (1, 10), "closed long ago, or opened since: not at risk"
