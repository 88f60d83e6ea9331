-- What each list itself declares to be coworking, and in which town; two lists are then compared where both cover.
CREATE TABLE captures AS
SELECT DISTINCT said.source, said.place_id, records.country, records.region_code, records.town_code
FROM assertions AS said
JOIN records ON records.place_id = said.place_id
JOIN retained ON retained.source = said.source AND retained.external_id = said.external_id
WHERE said.field = 'kinds' AND coalesce(said.doubt, '') = '' AND said.value LIKE '%"COWORK"%'
  AND records.town_code IS NOT NULL
