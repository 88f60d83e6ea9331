"""An extract of any size: places in 1,624 real towns (``towns.csv``), as the site publishes them; the same each time.

Values are drawn by DuckDB's hash of the place's number, so that a million take seconds. Towns get places by population.
"""

import json
from pathlib import Path

import duckdb

TOWNS = Path(__file__).parents[1] / "towns.csv"
LISTS = ("atlas", "federation", "guide", "region")
DAY = "2026-11-23"


def generate(folder: Path, places: int) -> None:
    """Write places.parquet, assertions.parquet, links.csv, territories.parquet and manifest.json to ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as db:
        db.execute(f"CREATE TABLE read AS SELECT * FROM read_csv('{TOWNS}', all_varchar = true, header = true)")
        db.execute(_TOWNS)
        db.execute(_PLACES.format(places=places))
        db.execute(f"COPY places TO '{folder / 'places.parquet'}' (COMPRESSION zstd)")
        db.execute(f"COPY ({_ASSERTIONS}) TO '{folder / 'assertions.parquet'}' (COMPRESSION zstd)")
        db.execute(f"COPY ({_LINKS}) TO '{folder / 'links.csv'}' (HEADER)")
        db.execute(f"COPY ({_TERRITORIES}) TO '{folder / 'territories.parquet'}'")
    sources = [{"key": key, "derived_from": ["atlas"] if key == "guide" else []} for key in LISTS]
    (folder / "manifest.json").write_text(json.dumps({"as_of": DAY, "sources": sources}))


_TOWNS = """
CREATE TABLE towns AS
SELECT row_number() OVER () AS town, country, country || '-' || (1 + abs(hash(name)) % 20)::VARCHAR AS region,
  name AS locality, lat::DOUBLE AS lat, lon::DOUBLE AS lon,
  sum(greatest(1, sqrt(population::DOUBLE))) OVER (ORDER BY country, name ROWS UNBOUNDED PRECEDING) AS upto
FROM read
"""

_PLACES = """
CREATE TABLE places AS
WITH numbered AS (
  SELECT i, 'p' || i AS place_id,
    (hash(i * 7 + 1) % 1000000) / 1000000.0 AS a, (hash(i * 7 + 2) % 1000000) / 1000000.0 AS b,
    (hash(i * 7 + 3) % 1000000) / 1000000.0 AS c, (hash(i * 7 + 4) % 1000000) / 1000000.0 AS d
  FROM range({places}) AS t (i)
), placed AS (
  SELECT numbered.*, towns.* FROM numbered ASOF JOIN towns
  ON numbered.a * (SELECT max(upto) FROM towns) <= towns.upto
)
SELECT place_id, 'Place ' || i AS name,
  CASE WHEN b < 0.85 THEN 'OPEN' WHEN b < 0.95 THEN 'CLOSED' WHEN b < 0.97 THEN 'PAUSED' ELSE 'UNKNOWN' END AS status,
  CASE WHEN c < 0.3 THEN 'confirmed' WHEN c < 0.8 THEN 'unconfirmed' ELSE 'doubtful' END AS freshness,
  CASE WHEN d < 0.6 THEN ['COWORK'] WHEN d < 0.7 THEN ['COWORK', 'FAB'] WHEN d < 0.9 THEN ['FAB'] ELSE ['CULTURE'] END
    AS kinds,
  country, region AS region, locality, lat, lon, region AS region_code, town::VARCHAR AS town_code,
  CASE WHEN c < 0.9 THEN 'https://p' || i || '.example' END AS web,
  CASE WHEN b < 0.4 THEN '+3349' || i END AS phone,
  CASE WHEN a < 0.1 THEN 'Mo-Fr 09:00-18:00' END AS opening_hours,
  CASE WHEN d < 0.5 THEN (2000 + (hash(i) % 26))::VARCHAR END AS opened,
  CASE WHEN b >= 0.85 AND b < 0.95 THEN (2019 + (hash(i * 3) % 8))::VARCHAR END AS closed,
  CASE WHEN c < 0.3 THEN ['ASSOC', 'COMPANY', 'COOP_MULTI', 'PUBLIC_LOCAL'][1 + (hash(i * 5) % 4)::INT] END
    AS legal_form,
  CASE WHEN c < 0.3 THEN ['PRIVATE', 'PUBLIC', 'ASSOCIATIVE'][1 + (hash(i * 9) % 3)::INT] END AS sector,
  CASE WHEN c < 0.2 THEN 5.0 + hash(i * 11) % 60 END AS desks,
  CASE WHEN c < 0.1 THEN 5.0 + hash(i * 13) % 90 END AS members_now,
  CASE WHEN c < 0.15 THEN 100.0 + hash(i * 15) % 250 END AS price_month,
  CASE WHEN c < 0.15 THEN 'EUR' END AS price_month_currency,
  ['URBAN', 'INTERMEDIATE', 'RURAL'][1 + (hash(region) % 3)::INT] AS territory_type,
  CASE WHEN d < 0.95 THEN (2023 + (hash(i * 17) % 4))::VARCHAR || '-0' || (1 + hash(i * 19) % 9)::VARCHAR END
    AS confirmed_on,
  list_filter(['atlas', 'federation', 'guide', 'region'], (x, j) -> hash(i * 23 + j) % 2 = 0 OR j = 1 + i % 4)
    AS sources
FROM placed ORDER BY i
"""

_ASSERTIONS = """
SELECT source, place_id AS external_id, place_id, 'kinds' AS field,
  '[' || list_aggregate(list_transform(kinds, k -> '"' || k || '"'), 'string_agg', ',') || ']' AS value,
  '' AS doubt, '2026-05' AS observed_on
FROM places CROSS JOIN unnest(sources) AS spoke (source)
"""
_LINKS = (
    "SELECT source, place_id AS external_id, place_id, '' AS retired_on "
    "FROM places CROSS JOIN unnest(sources) AS spoke (source)"
)
_TERRITORIES = """
SELECT region AS territory, 100000.0 + hash(region) % 900000 AS inhabitants,
  9000.0 + hash(region) % 90000 AS self_employed,
  1500.0 AS income_month, 50000.0 AS within_20_minutes
FROM (SELECT DISTINCT region FROM towns)
"""
