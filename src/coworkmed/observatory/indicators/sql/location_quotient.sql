-- Share of a kind among the places open here, divided by its share in the country; of a country, in all territories.
SELECT here.level, here.territory, '' AS territory_type, 'ANY' AS counted, here.basis, here.counted AS category,
  (CAST(here.n AS DOUBLE PRECISION) / every_here.n) / (CAST(there.n AS DOUBLE PRECISION) / every_there.n) AS value,
  here.n AS n, every_here.n AS "of",
  CAST(NULL AS DOUBLE PRECISION) AS low, CAST(NULL AS DOUBLE PRECISION) AS high
FROM found AS here
JOIN found AS every_here
  ON every_here.code = here.code AND every_here.level = here.level AND every_here.territory = here.territory
  AND every_here.basis = here.basis AND every_here.territory_type = '' AND every_here.counted = 'ANY'
JOIN found AS there
  ON there.code = here.code AND there.counted = here.counted AND there.basis = here.basis AND there.territory_type = ''
  AND there.territory = CASE here.level WHEN 'country' THEN '' ELSE here.country END
  AND there.level = CASE here.level WHEN 'country' THEN 'all' ELSE 'country' END
JOIN found AS every_there
  ON every_there.code = here.code AND every_there.level = there.level AND every_there.territory = there.territory
  AND every_there.basis = here.basis AND every_there.territory_type = '' AND every_there.counted = 'ANY'
WHERE here.code = 'places_open' AND here.territory_type = '' AND here.counted <> 'ANY'
  AND here.level IN ('country', 'region') AND every_here.n > 0 AND there.n > 0
