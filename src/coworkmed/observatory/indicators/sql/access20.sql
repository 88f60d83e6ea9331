-- Inhabitants within 20 minutes by road of an open place, as the statistics of the territory have it.
SELECT level, territory, territory_type, counted, basis, '' AS category,
  CAST(within_20_minutes AS DOUBLE PRECISION) / inhabitants AS value,
  within_20_minutes AS n, inhabitants AS "of",
  CAST(NULL AS DOUBLE PRECISION) AS low, CAST(NULL AS DOUBLE PRECISION) AS high
FROM found JOIN territories USING (territory)
WHERE code = 'places_open' AND territory_type = '' AND counted = 'ANY' AND basis = 'ALL' AND inhabitants > 0
  AND within_20_minutes IS NOT NULL
