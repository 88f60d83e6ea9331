-- Which lists speak of the places of each town, by definition and freshness.
CREATE TABLE spoken AS
SELECT DISTINCT country, region_code, town_code, counted, recent, by_whom.source
FROM (SELECT DISTINCT country, region_code, town_code, counted, recent, sources FROM by_definition) AS together
CROSS JOIN unnest(sources) AS by_whom (source)
