// The places on the ground: dots, and counted dots where they are too close to be told apart.

const EMPTY = { type: "FeatureCollection", features: [] };
const point = (coordinates, properties) => ({ type: "Feature", properties, geometry: { type: "Point", coordinates } });

/** What the server sent, as features: each place, or cells of many with the box they reach. */
export function features(answer) {
  const made = answer.clustered
    ? answer.cells.map(([lon, lat, count, ...box]) => point([lon, lat], { point_count: count, box: box.join() }))
    : answer.ids.map((id, row) => point([answer.lons[row], answer.lats[row]], { id, name: answer.names[row] }));
  return { type: "FeatureCollection", features: made };
}

/** Put the layers of places on a `map` whose style has loaded. */
export function addPlaces(map, colours, answer) {
  for (const id of ["clusters", "counts", "dots", "chosen"]) map.getLayer(id) && map.removeLayer(id);
  for (const id of ["places", "chosen"]) map.getSource(id) && map.removeSource(id);
  const many = ["has", "point_count"];
  const ring = { "circle-stroke-color": colours.land, "circle-stroke-width": 1.5 };
  map.addSource("places", { type: "geojson", data: features(answer), cluster: !answer.clustered, clusterRadius: 42, clusterMaxZoom: 15 });
  map.addSource("chosen", { type: "geojson", data: EMPTY });
  map.addLayer({
    id: "clusters", type: "circle", source: "places", filter: many,
    paint: { ...ring, "circle-color": colours.sea, "circle-radius": ["interpolate", ["linear"], ["log10", ["get", "point_count"]], 0, 10, 4, 28] },
  });
  map.addLayer({
    id: "counts", type: "symbol", source: "places", filter: many,
    layout: { "text-field": ["number-format", ["get", "point_count"], { locale: document.documentElement.lang }], "text-font": ["sans-serif"], "text-size": 12, "text-allow-overlap": true, "text-padding": 10 },
    paint: { "text-color": colours["on-sea"] },
  });
  map.addLayer({
    id: "dots", type: "circle", source: "places", filter: ["!", many],
    paint: { ...ring, "circle-color": colours.terracotta, "circle-radius": ["interpolate", ["linear"], ["zoom"], 4, 5, 12, 8] },
  });
  map.addLayer({
    id: "chosen", type: "circle", source: "chosen",
    paint: { "circle-color": colours.terracotta, "circle-radius": 9, "circle-stroke-color": colours.ink, "circle-stroke-width": 3 },
  });
}

/** Draw the places with these ids apart, larger: the one chosen, the one pointed at. */
export function raise(map, answer, ids) {
  if (answer.clustered) return;
  const rows = ids.map((id) => answer.ids.indexOf(id)).filter((row) => row >= 0);
  map.getSource("chosen")?.setData({ ...EMPTY, features: rows.map((row) => point([answer.lons[row], answer.lats[row]], {})) });
}

/** The box around an answer as MapLibre takes it, or null: of many, without the outermost few, lest one island an ocean away make all the others a single dot. */
export function extent(answer) {
  const edges = answer.clustered
    ? answer.cells.map((cell) => cell.slice(3))
    : answer.ids.map((_, row) => [answer.lons[row], answer.lats[row], answer.lons[row], answer.lats[row]]);
  const few = Math.floor(edges.length / 400);
  const [wests, souths, easts, norths] = [0, 1, 2, 3].map((side) => edges.map((edge) => edge[side]).sort((a, b) => a - b));
  return edges.length ? [wests[few], souths[few], easts.at(-1 - few), norths.at(-1 - few)] : null;
}

/** What the reader meant at a spot of the screen: null, or {box} to look closer at, or the id of a place. */
export async function meant(map, spot) {
  const near = [[spot.x - 6, spot.y - 6], [spot.x + 6, spot.y + 6]]; // a finger is no needle
  const [found] = map.queryRenderedFeatures(near, { layers: ["dots", "clusters"] });
  if (!found) return null;
  const { id, box, cluster_id: cluster } = found.properties;
  if (id) return { id };
  if (box) return { box: box.split(",").map(Number) };
  const source = map.getSource("places");
  const leaves = await source.getClusterLeaves(cluster, 500, 0);
  const spots = leaves.map((leaf) => leaf.geometry.coordinates);
  const [lons, lats] = [0, 1].map((axis) => spots.map((each) => each[axis]));
  return { box: [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)] };
}
