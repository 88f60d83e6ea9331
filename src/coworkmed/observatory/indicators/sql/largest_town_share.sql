-- Places open in the town that has most, among those whose town is known.
SELECT level, territory, '' AS territory_type, counted, basis, '' AS category,
  CAST(max(n) AS DOUBLE PRECISION) / sum(n) AS value, max(n) AS n, sum(n) AS "of",
  CAST(NULL AS DOUBLE PRECISION) AS low, CAST(NULL AS DOUBLE PRECISION) AS high
FROM towns GROUP BY level, territory, counted, basis
