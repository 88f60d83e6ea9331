-- For each two lists and each territory: n1 and n2 that each declares in the towns both cover, m that both declare.
WITH covered AS (
  SELECT DISTINCT source, country, region_code, town_code FROM captures
), common AS (
  SELECT one.source AS left_list, other.source AS right_list, one.country, one.region_code, one.town_code
  FROM covered AS one JOIN covered AS other USING (town_code) WHERE one.source < other.source
), seen AS (
  SELECT left_list, right_list, common.country, common.region_code, common.town_code, place_id,
    max(CASE WHEN source = left_list THEN 1 ELSE 0 END) AS by_left,
    max(CASE WHEN source = right_list THEN 1 ELSE 0 END) AS by_right
  FROM common JOIN captures USING (town_code)
  WHERE source IN (left_list, right_list)
  GROUP BY left_list, right_list, common.country, common.region_code, common.town_code, place_id
)
SELECT
  CASE WHEN grouping(region_code) = 0 THEN 'region' WHEN grouping(country) = 0 THEN 'country' ELSE 'all' END AS level,
  CASE WHEN grouping(region_code) = 0 THEN region_code WHEN grouping(country) = 0 THEN country ELSE '' END AS territory,
  left_list, right_list, count(DISTINCT town_code) AS towns,
  sum(by_left) AS n1, sum(by_right) AS n2, sum(by_left * by_right) AS m
FROM seen
GROUP BY GROUPING SETS ((left_list, right_list), (left_list, right_list, country),
  (left_list, right_list, country, region_code))
