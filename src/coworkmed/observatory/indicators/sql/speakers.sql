-- Which lists speak of the places of each scope, as one text.
CREATE TABLE speakers AS
SELECT scope, string_agg(DISTINCT source, ' ' ORDER BY source) AS sources
FROM (
  SELECT DISTINCT stratum, by_whom.source
  FROM (SELECT DISTINCT stratum, sources FROM records) AS together CROSS JOIN unnest(sources) AS by_whom (source)
) AS spoken JOIN members USING (stratum)
GROUP BY scope
