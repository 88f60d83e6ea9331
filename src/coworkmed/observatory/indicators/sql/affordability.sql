-- Median price of a month, divided by the disposable income of an inhabitant for a month.
SELECT level, territory, territory_type, counted, basis, '' AS category,
  value / income_month AS value, n, "of", low / income_month AS low, high / income_month AS high
FROM found JOIN territories USING (territory)
WHERE code = 'price_month_flex' AND territory_type = '' AND income_month > 0
