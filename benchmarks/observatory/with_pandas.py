"""The same indicators in pandas, as one would write them there: records by definition, then a groupby for each level of
territory, basis and type. It needs pandas and nothing of ours: ``python with_pandas.py FOLDER``.

Left out, to pandas' advantage: survival, the unseen, which lists speak of each territory, the dates of the evidence,
intervals, and writing the figures down.
"""

import json
import resource
import sys
import time
from pathlib import Path

import pandas as pd

LEVELS = {"all": [], "country": ["country"], "region": ["country", "region_code"],
          "town": ["country", "region_code", "town_code"]}  # fmt: skip
FIELDS = (
    "name status kinds country region locality lat web phone opening_hours opened closed legal_form sector desks "
    "members_now price_month"
).split()


def last_day(column: pd.Series) -> pd.Series:
    """The last day of partial dates."""
    years = column.str.len() == 4
    found = pd.to_datetime(column.where(~years), format="%Y-%m", errors="coerce") + pd.offsets.MonthEnd(0)
    return found.where(
        ~years, pd.to_datetime(column.where(years), format="%Y", errors="coerce") + pd.offsets.YearEnd(0)
    )


def compute(folder: Path) -> int:
    """How many figures came of it."""
    day = pd.Timestamp(json.loads((folder / "manifest.json").read_text())["as_of"])
    places = pd.read_parquet(folder / "places.parquet")
    year_ago = day - pd.DateOffset(months=12)
    confirmed, opened, closed = (last_day(places[name]) for name in ("confirmed_on", "opened", "closed"))
    alive, is_open = places.status != "CLOSED", places.status == "OPEN"
    recent = confirmed > year_ago
    gone = ~alive & (closed > year_ago) & (closed <= day)
    at_risk = gone | (is_open & (opened.isna() | (opened <= year_ago)))
    sums = {
        "places_open__n": is_open, "all": alive | True, "alive": alive, "confirmed_share__n": alive & recent,
        "vouched_share__n": alive & (places.freshness == "confirmed"), "annual_closure_rate__of": at_risk,
        "annual_closure_rate__n": gone, "desks_total": places.desks.where(alive, 0).fillna(0),
        "members": places.members_now.where(alive & (places.desks > 0), 0).fillna(0),
        "desks": places.desks.where(alive & places.members_now.notna(), 0).fillna(0),
        **{f"filled__{name}": places[name].notna() for name in FIELDS},
    }  # fmt: skip
    kept = places[["country", "region_code", "town_code", "territory_type", "legal_form", "sector"]].assign(
        recent=recent, alive_=alive, is_open=is_open, **sums,
        age=(day - confirmed).dt.days.clip(lower=0).where(alive), desks_=places.desks.where(alive),
        price=places.price_month.where(alive & (places.price_month_currency == "EUR")),
        counted=[[*kinds, "ANY"] for kinds in places.kinds],
    )  # fmt: skip
    kept = kept.explode("counted").astype({"age": float, "desks_": float, "price": float})
    rows = 0
    for level, columns in LEVELS.items():
        for only in (False, True):
            some = kept[kept.recent] if only else kept
            if level == "town":
                some = some[some.counted.isin(["ANY", "COWORK"])]
            for typed in (False, True) if level != "town" else (False,):
                keys = [*columns, "counted", *(["territory_type"] if typed else [])]
                groups = some.groupby(keys)
                totals = groups[list(sums)].sum()
                rows += totals.size
                for name in ("age", "desks_", "price"):
                    rows += groups[name].quantile([0.25, 0.5, 0.75]).size
                for name in ("legal_form", "sector"):
                    of = some[some.alive_].dropna(subset=[name]).groupby([*keys, name]).size()
                    rows += (of / of.groupby(level=list(range(len(keys)))).transform("sum")).size
                if level == "town":
                    share = totals["places_open__n"]
                    for where in ([], ["country"], ["country", "region_code"]):
                        around = share.groupby([*where, "counted"])
                        rows += (around.max() / around.sum()).size + (
                            (share**2).groupby([*where, "counted"]).sum()
                        ).size
                else:
                    rows += (totals["places_open__n"] / totals["places_open__n"].sum()).size
    return rows


def main() -> None:
    start, used = time.perf_counter(), time.process_time()
    rows = compute(Path(sys.argv[1]))
    told = {"wall": time.perf_counter() - start, "cpu": time.process_time() - used, "rows": rows}
    print(json.dumps(told | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


if __name__ == "__main__":
    main()
