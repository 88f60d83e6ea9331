-- One row for each place that counts, with what its dates come to on the day of the extract.
-- A year or a month counts from its last day. Places that are another one, or none, are left out.
CREATE VIEW dated AS
SELECT told.*,
  coalesce(confirmed_day > year_ago, FALSE) AS recent,
  greatest(0, as_of - confirmed_day) AS age_days
FROM (
  SELECT places.*,
    {as_of} AS as_of,
    CAST({as_of} - INTERVAL '12 months' AS DATE) AS year_ago,
    {last_day confirmed_on} AS confirmed_day,
    {last_day opened} AS opened_day,
    {last_day closed} AS closed_day,
    {last_day lease_end} AS lease_end_day
  FROM places
  WHERE status NOT IN ('MERGED', 'NOT_A_MATCH')
) AS told;

-- What no figure is finer than: places of one town, type of territory, kinds and freshness. Each has a number, so that
-- places are counted by one number and not by five texts.
CREATE TABLE strata AS
SELECT row_number() OVER () AS stratum, each_once.*
FROM (SELECT DISTINCT country, region_code, town_code, territory_type, kinds, recent FROM dated) AS each_once;

CREATE TABLE records AS
SELECT dated.*, strata.stratum
FROM dated JOIN strata
  ON coalesce(strata.country, '') = coalesce(dated.country, '')
  AND coalesce(strata.region_code, '') = coalesce(dated.region_code, '')
  AND coalesce(strata.town_code, '') = coalesce(dated.town_code, '')
  AND coalesce(strata.territory_type, '') = coalesce(dated.territory_type, '')
  AND strata.kinds = dated.kinds AND strata.recent = dated.recent;

-- Each stratum once for each definition its places match: "ANY", and every kind they declare.
CREATE TABLE by_definition AS
SELECT stratum, country, region_code, town_code, territory_type, recent, definition.counted
FROM strata CROSS JOIN unnest(array_append(kinds, 'ANY')) AS definition (counted)
