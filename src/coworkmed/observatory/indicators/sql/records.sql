-- One row for each place that counts, with what its dates come to on the day of the extract.
-- A year or a month counts from its last day. Places that are another one, or none, are left out.
CREATE TABLE records AS
SELECT dated.*,
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
) AS dated
