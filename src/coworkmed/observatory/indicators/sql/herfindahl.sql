-- Sum of the squared shares of all towns.
SELECT level, territory, '' AS territory_type, counted, basis, '' AS category,
  sum(CAST(n AS DOUBLE PRECISION) * n) / (CAST(sum(n) AS DOUBLE PRECISION) * sum(n)) AS value,
  count(*) AS n, sum(n) AS "of",
  CAST(NULL AS DOUBLE PRECISION) AS low, CAST(NULL AS DOUBLE PRECISION) AS high
FROM towns GROUP BY level, territory, counted, basis
