-- Kaplan-Meier: of the places at risk in each month after they opened, the share that did not close in it, multiplied
-- up; with Greenwood's variance. Those open on the day of the extract are censored at their age.
WITH lives AS (
  SELECT stratum,
    greatest(0, 12 * (extract(year FROM til) - extract(year FROM opened_day))
      + extract(month FROM til) - extract(month FROM opened_day)) AS months,
    CASE WHEN status = 'CLOSED' THEN 1 ELSE 0 END AS died
  FROM (SELECT *, CASE WHEN status = 'CLOSED' THEN closed_day ELSE as_of END AS til FROM records) AS spans
  WHERE opened_day <= as_of AND til IS NOT NULL AND opened_day <= til
), tallied AS (
  SELECT stratum, months, sum(died) AS died, count(*) AS left_off FROM lives GROUP BY stratum, months
), counts AS (
  SELECT scope, months, sum(died) AS died, sum(left_off) AS left_off
  FROM tallied JOIN members USING (stratum) JOIN scopes USING (scope)
  WHERE basis = 'ALL' AND scopes.territory_type = '' AND level <> 'town'
  GROUP BY scope, months
), risks AS (
  SELECT *, sum(left_off) OVER (PARTITION BY scope ORDER BY months DESC) AS at_risk
  FROM counts
), steps AS (
  SELECT scope, months, at_risk,
    -- where all that were left closed, nothing remains: e to the power of -60 is nought
    exp(sum(CASE WHEN died < at_risk THEN ln(1 - CAST(died AS DOUBLE PRECISION) / at_risk) ELSE -60 END) OVER up) AS s,
    sum(CASE WHEN died < at_risk THEN CAST(died AS DOUBLE PRECISION) / (at_risk * (at_risk - died)) ELSE 0 END) OVER up
      AS spread,
    sum(died) OVER up AS died,
    max(at_risk) OVER (PARTITION BY scope) AS cohort,
    max(months) OVER (PARTITION BY scope) AS longest
  FROM risks
  WINDOW up AS (PARTITION BY scope ORDER BY months)
), ends AS (
  SELECT steps.*, years.k,
    row_number() OVER (PARTITION BY scope, k ORDER BY months DESC) AS newest
  FROM steps CROSS JOIN (VALUES (1), (3), (5), (10)) AS years (k)
  WHERE months <= 12 * k AND longest >= 12 * k
)
SELECT level, territory, territory_type, counted, basis, CAST(k AS VARCHAR) AS category,
  s AS value, cohort - died AS n, cohort AS "of",
  greatest(0, s - 1.959963984540054 * s * sqrt(spread)) AS low,
  least(1, s + 1.959963984540054 * s * sqrt(spread)) AS high
FROM ends JOIN scopes USING (scope) WHERE newest = 1
