// The ground under the places: a MapLibre style in the colours of the page.

const NAMED = ("AD AL AM AT AX AZ BA BE BG BY CH CY CZ DE DK DZ EE EG EH ES FI FR GB GE GG GI GR HR HU IE IL IM IQ IR IT "
  + "JE JO KZ LB LI LT LU LV LY MA MC MD ME MK ML MR MT NE NL NO PL PS PT RO RS RU SA SD SE SI SK SM SY TD TN TR UA VA XK").split(" ");
const MIDDLE = [14, 39], REACH = 30; // degrees: where the winds of the chart cross, and how far they blow
const GREEK = ["all", [">=", ["get", "name"], "\u0370"], ["<", ["get", "name"], "\u0400"]];
const SEEN = [-10.5, 29.8, 37, 47.9]; // west, south, east, north of what the detail draws, over the ground
const CLOSE = 7; // zoom of the detail
const FONT = ["sans-serif"]; // no glyphs are shipped: the browser draws letters with its own

/** The page's colours as MapLibre reads them: it knows neither oklch() nor light-dark(). */
export function palette(element) {
  const pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const probe = element.appendChild(document.createElement("i"));
  const read = (name) => {
    probe.style.color = `var(--${name})`;
    pixel.clearRect(0, 0, 1, 1);
    pixel.fillStyle = getComputedStyle(probe).color;
    pixel.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = pixel.getImageData(0, 0, 1, 1).data;
    return `rgba(${red}, ${green}, ${blue}, ${(alpha / 255).toFixed(2)})`;
  };
  const names = ["water", "land", "coast", "rhumb", "edge", "ink", "soft", "sea", "sea-deep", "on-sea", "terracotta"];
  const found = Object.fromEntries(names.map((name) => [name, read(name)]));
  probe.remove();
  return found;
}

/** The style: `set` has the addresses of the two PMTiles files, `language` is the reader's. */
export function ground(colours, set, language) {
  const archive = (tiles) => ({ type: "vector", url: `pmtiles://${new URL(tiles, location.href)}` });
  const layer = (id, source, part, paint, more = {}) => ({ id, source, "source-layer": part, paint, ...more });
  const land = (id, source, more) => [
    layer(id, source, "land", { "fill-color": colours.land }, { type: "fill", ...more }),
    layer(`${id}-coast`, source, "land", { "line-color": colours.coast, "line-width": 0.8 }, { type: "line", ...more }),
  ];
  return {
    version: 8,
    sources: {
      ground: archive(set.ground),
      detail: archive(set.detail),
      winds: { type: "geojson", data: winds() },
      seen: { type: "geojson", data: rectangle(SEEN) },
    },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": colours.water } },
      { id: "winds", type: "line", source: "winds", paint: { "line-color": colours.rhumb, "line-width": 0.8 } },
      ...land("land", "ground"),
      { id: "seen", type: "fill", source: "seen", minzoom: CLOSE, paint: { "fill-color": colours.water, "fill-antialias": false } },
      ...land("detail", "detail", { minzoom: CLOSE }),
      layer("borders", "ground", "borders", { "line-color": colours.edge, "line-opacity": 0.6, "line-width": 0.8, "line-dasharray": [4, 3] }, { type: "line" }),
      ...["ground", "detail"].flatMap((source) => towns(colours, source, language)),
      countries(colours, layer, language),
    ],
  };
}

/** Names of towns as people there write them, and a Latin form below where this reader may need one. */
function towns(colours, source, language) {
  const both = ["format", ["get", "name"], {}, "\n", {}, ["get", "latin"], { "font-scale": 0.8 }];
  const needed = language === "el" ? ["all", ["has", "latin"], ["!", GREEK]] : ["has", "latin"];
  const small = ["step", ["get", "size"], 10, 500000, 12];
  const large = ["step", ["get", "size"], 12, 50000, 14, 500000, 17];
  const from = { source, "source-layer": "towns" };
  return [
    { id: `${source}-marks`, type: "circle", ...from, minzoom: 5, paint: { "circle-radius": 1.6, "circle-color": colours.soft } },
    {
      id: `${source}-towns`, type: "symbol", ...from, paint: halo(colours.ink, colours.land),
      layout: {
        "text-field": ["case", needed, both, ["get", "name"]],
        "text-font": FONT,
        "text-size": ["interpolate", ["linear"], ["zoom"], 4, small, 10, large],
        "text-variable-anchor": ["top", "bottom", "left", "right"],
        "text-radial-offset": 0.4,
        "symbol-sort-key": ["-", ["get", "size"]],
      },
    },
  ];
}

function countries(colours, layer, language) {
  const known = new Intl.DisplayNames([language], { type: "region" });
  const name = ["match", ["get", "code"], ...NAMED.flatMap((code) => [code, known.of(code)]), ""];
  const layout = {
    "text-field": name, "text-font": FONT, "text-size": ["interpolate", ["linear"], ["zoom"], 3, 10, 6, 15],
    "text-letter-spacing": 0.12, "text-max-width": 7,
  };
  return layer("countries", "ground", "countries", halo(colours.soft, colours.land), { type: "symbol", layout, maxzoom: 7 });
}

export const halo = (colour, around) => ({ "text-color": colour, "text-halo-color": around, "text-halo-width": 1.4 });

/** Sixteen winds on a circle, each joined to every other: on this projection a straight line is a rhumb line. */
function winds() {
  const [lon, lat] = MIDDLE;
  const ends = Array.from({ length: 16 }, (_, turn) => (turn * Math.PI) / 8)
    .map((angle) => [lon + REACH * Math.sin(angle), lat + REACH * 0.72 * Math.cos(angle)]);
  const coordinates = ends.flatMap((end, index) => ends.slice(index + 1).map((other) => [end, other]));
  return { type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates } };
}

function rectangle([west, south, east, north]) {
  const ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ring] } };
}
