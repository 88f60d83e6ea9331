-- Median price of a month in rural territories, divided by that in urban ones.
SELECT rural.level, rural.territory, '' AS territory_type, rural.counted, rural.basis, '' AS category,
  rural.value / urban.value AS value, rural.n AS n, rural.n + urban.n AS "of",
  CAST(NULL AS DOUBLE PRECISION) AS low, CAST(NULL AS DOUBLE PRECISION) AS high
FROM found AS rural JOIN found AS urban USING (code, level, territory, counted, basis)
WHERE code = 'price_month_flex' AND rural.territory_type = 'RURAL' AND urban.territory_type = 'URBAN' AND urban.value > 0
