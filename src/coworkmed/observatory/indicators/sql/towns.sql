-- Places open in each town, once for each territory around it.
CREATE TABLE towns AS
SELECT around.level, around.territory, counted, basis, town.territory AS town, n
FROM found AS town
CROSS JOIN LATERAL (VALUES ('all', ''), ('country', country), ('region', region_code)) AS around (level, territory)
WHERE code = 'places_open' AND town.level = 'town' AND territory_type = '' AND n > 0 AND around.territory IS NOT NULL
