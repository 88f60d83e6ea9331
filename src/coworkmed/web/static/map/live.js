// The live map itself: the engine, the ground, the places, and what the reader does with them.
import { addPlaces, extent, meant, raise } from "./places.js";
import { ground, palette } from "./style.js";

// Not hashed by name like our own files: these find each other by theirs.
const ENGINE = "../vendor/maplibre-gl-6.17.0/maplibre-gl.mjs";
const ARCHIVE = "../vendor/pmtiles-4.5.0/pmtiles.js";
const SEA = [-10, 33.4, 36.6, 47.6]; // west, south, east, north: what a map shows when nobody says otherwise
const dark = matchMedia("(prefers-color-scheme: dark)");

export const canDraw = () => Boolean(document.createElement("canvas").getContext("webgl2"));

/** Fires "pick" (detail: {id} or {box} or null), "point" (detail: an id or ""), "roam" (the reader moved it), "lost". */
export class Live extends EventTarget {
  /** `set` is the data-* of the element: points, ground, detail, style, sheet, box. */
  constructor(element, container, set, texts) {
    super();
    Object.assign(this, { element, container, set, texts, chosen: "", pointed: "" });
  }

  async start() {
    const [engine, archive] = await Promise.all([import(ENGINE), import(ARCHIVE), this.#ask(), this.#dress()]);
    engine.addProtocol("pmtiles", new archive.Protocol().tile);
    const { label, closer, farther, credits, ground: land, software } = this.texts;
    const small = this.element.clientWidth < 640;
    this.map = new engine.Map({
      container: this.container,
      style: this.#style(),
      bounds: this.#first(),
      fitBoundsOptions: { padding: small ? 12 : 32, maxZoom: 12 },
      maxZoom: 17,
      zoomLevelsToOverscale: undefined, // tiles cut again in the browser: one given up while zooming takes its neighbours along
      dragRotate: false,
      pitchWithRotate: false,
      attributionControl: false,
      locale: { "Map.Title": label, "NavigationControl.ZoomIn": closer, "NavigationControl.ZoomOut": farther, "AttributionControl.ToggleAttribution": credits },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    const rtl = document.dir === "rtl";
    this.map.addControl(new engine.NavigationControl({ showCompass: false }), rtl ? "top-left" : "top-right");
    const made = this.set.style ? [software] : [land, software];
    this.map.addControl(new engine.AttributionControl({ compact: true, customAttribution: made }), rtl ? "bottom-left" : "bottom-right");
    const tell = (name, detail) => this.dispatchEvent(new CustomEvent(name, { detail }));
    this.map.on("style.load", () => this.#draw());
    this.map.on("error", () => tell("lost"));
    this.map.on("webglcontextlost", () => tell("lost"));
    this.map.on("moveend", (event) => (this.partial && this.#refine(), event.originalEvent && tell("roam")));
    this.map.on("click", async (event) => tell("pick", await meant(this.map, event.point)));
    this.map.on("mousemove", async ({ point }) => {
      const [found] = this.map.getLayer("dots") ? this.map.queryRenderedFeatures(point, { layers: ["dots", "clusters"] }) : [];
      this.map.getCanvas().classList.toggle("map-hand", Boolean(found));
      tell("point", found?.properties.id ?? "");
    });
    this.change = () => this.set.style || this.map.setStyle(this.#style(), { diff: false });
    dark.addEventListener("change", this.change);
    await new Promise((done) => this.map.once("idle", done));
    if (small) this.container.querySelector(".maplibregl-compact-show")?.querySelector("summary").click(); // the credits, one tap away
  }

  stop() {
    dark.removeEventListener("change", this.change);
    this.map?.remove();
  }

  /** Show other places: those at another address. */
  async show(points) {
    if (points === this.set.points) return;
    this.set.points = points;
    await this.#ask();
    this.#draw();
    if (this.partial) this.#refine();
  }

  /** Draw the place chosen, and the one pointed at, apart from the others; bring the first into sight where asked. */
  raise({ chosen = this.chosen, pointed = this.pointed, look = "" }) {
    Object.assign(this, { chosen, pointed });
    raise(this.map, this.answer, [chosen, pointed].filter(Boolean));
    const spot = look && this.where(look);
    if (spot && !this.map.getBounds().contains(spot)) this.map.easeTo({ center: spot });
  }

  look(box) {
    const spot = box[0] === box[2] && box[1] === box[3]; // one place, or several at one door
    this.map.fitBounds(box, { padding: 64, maxZoom: spot ? Math.max(12, this.map.getZoom() + 2) : 16 });
  }

  /** [lon, lat] of a place, or null. */
  where(id) {
    const row = this.answer.clustered ? -1 : this.answer.ids.indexOf(id);
    return row < 0 ? null : [this.answer.lons[row], this.answer.lats[row]];
  }

  nameOf(id) {
    return this.answer.names[this.answer.ids.indexOf(id)];
  }

  /** "west,south,east,north" of what is in sight. */
  box() {
    const bounds = this.map.getBounds();
    const edge = (degrees, most) => Math.max(-most, Math.min(most, degrees)).toFixed(5);
    return [edge(bounds.getWest(), 180), edge(bounds.getSouth(), 85), edge(bounds.getEast(), 180), edge(bounds.getNorth(), 85)].join();
  }

  extent() {
    return extent(this.answer);
  }

  #first() {
    if (this.set.box) return this.set.box.split(",").map(Number);
    return (this.set.points.includes("?") && this.extent()) || SEA;
  }

  #style() {
    return this.set.style || ground(palette(this.element), this.set, document.documentElement.lang);
  }

  #draw() {
    addPlaces(this.map, palette(this.element), this.answer);
    this.raise({});
  }

  /** All places; where they are too many to be sent, counted, until a closer look. */
  async #ask() {
    this.answer = await this.#fetch();
    this.partial = this.answer.clustered;
  }

  async #refine() {
    this.asked?.abort();
    this.asked = new AbortController();
    try {
      this.answer = await this.#fetch(this.box(), this.asked.signal);
      this.#draw();
    } catch (error) {
      if (error.name !== "AbortError") this.dispatchEvent(new CustomEvent("lost"));
    }
  }

  async #fetch(box = "", signal = null) {
    const url = new URL(this.set.points, location.href);
    if (box) url.searchParams.set("box", box);
    const answer = await fetch(url, { signal });
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  }

  /** The engine's own style sheet, asked for only now; ours comes after it and wins. */
  #dress() {
    const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: this.set.sheet });
    return new Promise((done, failed) => {
      sheet.addEventListener("load", done);
      sheet.addEventListener("error", failed);
      document.head.prepend(sheet);
    });
  }
}
