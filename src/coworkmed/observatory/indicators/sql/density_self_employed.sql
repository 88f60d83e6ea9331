-- Places open, for every 10000 of the territory's self employed.
SELECT level, territory, territory_type, counted, basis, '' AS category,
  10000.0 * n / territories.self_employed AS value, n, territories.self_employed AS "of",
  CAST(NULL AS DOUBLE PRECISION) AS low, CAST(NULL AS DOUBLE PRECISION) AS high
FROM found JOIN territories USING (territory)
WHERE code = 'places_open' AND territory_type = '' AND territories.self_employed > 0
