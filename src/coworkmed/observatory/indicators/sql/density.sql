-- Places open, for every 100000 of the territory's inhabitants.
SELECT level, territory, territory_type, counted, basis, '' AS category,
  100000.0 * n / territories.inhabitants AS value, n, territories.inhabitants AS "of",
  CAST(NULL AS DOUBLE PRECISION) AS low, CAST(NULL AS DOUBLE PRECISION) AS high
FROM found JOIN territories USING (territory)
WHERE code = 'places_open' AND territory_type = '' AND territories.inhabitants > 0
