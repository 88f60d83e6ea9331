-- For each two lists and each territory: n1 and n2 that each declares in the towns both cover, m that both declare.
WITH covered AS (
  SELECT source, town_code, min(country) AS country, min(region_code) AS region_code, count(*) AS n
  FROM captures GROUP BY source, town_code
), shared AS (
  SELECT one.source AS left_list, other.source AS right_list, one.town_code, count(*) AS m
  FROM captures AS one JOIN captures AS other USING (place_id) WHERE one.source < other.source
  GROUP BY one.source, other.source, one.town_code
), common AS (
  SELECT one.source AS left_list, other.source AS right_list, one.country, one.region_code, town_code,
    one.n AS n1, other.n AS n2
  FROM covered AS one JOIN covered AS other USING (town_code) WHERE one.source < other.source
)
SELECT
  CASE WHEN grouping(region_code) = 0 THEN 'region' WHEN grouping(country) = 0 THEN 'country' ELSE 'all' END AS level,
  CASE WHEN grouping(region_code) = 0 THEN region_code WHEN grouping(country) = 0 THEN country ELSE '' END AS territory,
  left_list, right_list, count(*) AS towns, sum(n1) AS n1, sum(n2) AS n2, sum(coalesce(m, 0)) AS m
FROM common LEFT JOIN shared USING (left_list, right_list, town_code)
GROUP BY GROUPING SETS ((left_list, right_list), (left_list, right_list, country),
  (left_list, right_list, country, region_code))
