-- Whom a figure may be of: a territory, a type of territory ('' for all), a definition and a basis, with a number.
-- Of towns only the two main definitions are told, and no types: a town is of one. A place that nobody can put into a
-- region or a town counts in what lies around.
CREATE TABLE counting AS
SELECT stratum, level, counted, basis,
  CASE WHEN typed THEN territory_type ELSE '' END AS territory_type,
  CASE level WHEN 'town' THEN town_code WHEN 'region' THEN region_code WHEN 'country' THEN country ELSE '' END
    AS territory,
  CASE WHEN level <> 'all' THEN country END AS country,
  CASE WHEN level IN ('region', 'town') THEN region_code END AS region_code
FROM by_definition
CROSS JOIN (VALUES ('all'), ('country'), ('region'), ('town')) AS levels (level)
CROSS JOIN (VALUES ('ALL'), ('CONFIRMED')) AS bases (basis)
CROSS JOIN (VALUES (FALSE), (TRUE)) AS types (typed)
WHERE (basis = 'ALL' OR recent) AND (NOT typed OR territory_type IS NOT NULL)
  AND (level = 'all' OR country IS NOT NULL) AND (level <> 'region' OR region_code IS NOT NULL)
  AND (level <> 'town' OR (town_code IS NOT NULL AND NOT typed AND counted IN ('ANY', 'COWORK')));

CREATE TABLE scopes AS
SELECT row_number() OVER () AS scope, each_once.*
FROM (
  SELECT DISTINCT level, territory, country, region_code, territory_type, counted, basis FROM counting
) AS each_once;

-- Which strata make up each scope.
CREATE TABLE members AS
SELECT counting.stratum, scopes.scope
FROM counting JOIN scopes USING (level, territory, territory_type, counted, basis)
WHERE coalesce(scopes.country, '') = coalesce(counting.country, '')
  AND coalesce(scopes.region_code, '') = coalesce(counting.region_code, '')
