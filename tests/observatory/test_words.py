"""What is said of the registry's quality: figures with intervals, or what is missing."""

from django.utils import translation

from coworkmed.linkage.review import Figure, Quality
from coworkmed.observatory import words

CENSUS = {"strata": {"0.98-1.00 joined": {"pairs": 900, "mean": 0.99, "judged": 0, "same": 0}}}
STATED = Figure(0.981, 0.968, 0.9896, {"1": 80, "2": 0, "5": 0})
OPEN = Figure(None, None, None, {"1": 4000, "2": 1200, "5": 310})


def said(precision: Figure, recall: Figure, verdicts: int = 1250) -> list[str]:
    with translation.override("en"):
        return words.quality(Quality(precision, recall, verdicts, CENSUS))


def test_a_figure_comes_with_its_interval_and_what_it_rests_on() -> None:
    precision, recall, rests = said(STATED, Figure(0.9, 0.85, 0.94, {"5": 0}))
    assert precision.startswith("Precision 98% (97% to 99%)")
    assert recall.startswith("Recall 90% (85% to 94%)")
    assert "1,250 verdicts" in rests


def test_what_can_not_be_stated_says_what_it_takes() -> None:
    precision, recall = said(STATED, OPEN, 0)
    assert precision.startswith("Precision 98%")
    assert recall.startswith("Recall can’t be stated yet")
    assert "310 more verdicts" in recall


def test_where_no_two_entries_are_alike_there_is_nothing_to_say() -> None:
    assert words.quality(None) == []
    nothing = Figure(None, None, None, {"5": 0})
    assert words.quality(Quality(nothing, nothing, 0, {"strata": {}})) == []
