// <place-map>: where a browser can, the picture of places that the server drew becomes a live map, in step with its list.
import { Beside, address } from "../map/beside.js";
import { Live, canDraw } from "../map/live.js";
import { whereabouts } from "../map/near.js";
import { Overlay, part } from "../map/overlay.js";

const side = matchMedia("(min-width: 64rem)"); // list and map side by side

class PlaceMap extends HTMLElement {
  connectedCallback() {
    this.texts = JSON.parse(this.querySelector("script").textContent);
    const list = document.getElementById(this.dataset.results);
    if (list) {
      this.beside = new Beside(list);
      list.addEventListener("click", (event) => event.target.closest("[data-near]") && this.#near(event.target));
    }
    this.page = this.closest(".map-page");
    this.page?.setAttribute("data-scripted", "");
    this.page?.addEventListener("click", (event) => this.#switch(event.target.closest("[data-show]")));
    if (!canDraw()) return; // the picture stays
    this.page?.setAttribute("data-live", ""); // room for it, before it comes
    const watcher = new IntersectionObserver((seen) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      watcher.disconnect();
      this.#wake().catch(() => this.#sleep());
    });
    watcher.observe(this);
  }

  async #wake() {
    this.overlay = new Overlay(this, this.texts, { close: () => this.#choose(""), search: () => this.#visit({ box: this.live.box(), page: "" }) });
    this.live = new Live(this, this.overlay.ground, { ...this.dataset }, this.texts);
    this.live.addEventListener("lost", () => this.overlay.say(this.texts.lost));
    await this.live.start();
    this.setAttribute("data-state", "live");
    this.live.addEventListener("pick", ({ detail }) => (detail?.box ? this.live.look(detail.box) : this.#choose(detail?.id ?? "")));
    this.live.addEventListener("point", ({ detail }) => this.#point(detail));
    if (!this.beside) return;
    this.live.addEventListener("roam", () => (this.overlay.search.hidden = false));
    this.#listen();
    const chosen = new URLSearchParams(location.search).get("place");
    const spot = chosen && this.live.where(chosen);
    if (!spot) return;
    if (!this.dataset.box) this.live.look([...spot, ...spot]);
    this.#choose(chosen);
  }

  /** On a phone: the map alone, or the list alone. */
  #switch(button) {
    if (!button) return;
    this.page.dataset.show = button.dataset.show;
    for (const one of this.page.querySelectorAll("button[data-show]")) one.setAttribute("aria-pressed", one === button);
  }

  /** Back to the picture. */
  #sleep() {
    this.live?.stop();
    this.overlay?.remove();
    this.removeAttribute("data-state");
    this.page?.removeAttribute("data-live");
  }

  #listen() {
    const list = this.beside.element;
    const at = (event) => this.beside.idOf(event.target);
    for (const name of ["mouseover", "focusin"]) list.addEventListener(name, (event) => this.live.raise({ pointed: at(event), look: name === "focusin" && at(event) }));
    for (const name of ["mouseleave", "focusout"]) list.addEventListener(name, () => this.live.raise({ pointed: "" }));
    list.addEventListener("click", (event) => this.#follow(event));
    list.addEventListener("submit", (event) => {
      event.preventDefault();
      const asked = new URLSearchParams(new FormData(event.target));
      this.#visit(Object.fromEntries(["place", "page", ...asked.keys()].map((name) => [name, asked.get(name) ?? ""])));
    });
    addEventListener("popstate", () => this.#arrive(location.href, { keep: true }));
  }

  /** Links of the list that lead to other parts of it change the list alone; those to places remember which. */
  #follow(event) {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const id = this.beside.idOf(link);
    if (id) this.#remember(id);
    if (link.pathname !== location.pathname) return;
    event.preventDefault();
    this.#arrive(link.href);
  }

  /** The place chosen, in the address: to come back to, and to pass on. */
  #remember(id) {
    const before = new URLSearchParams(location.search).get("place") ?? "";
    if (id !== before) history.replaceState(null, "", address({ place: id }));
  }

  #visit(changes) {
    return this.#arrive(address(changes));
  }

  async #arrive(url, options) {
    this.overlay.search.hidden = true;
    const there = await this.beside.visit(url, options);
    if (!there) return;
    this.overlay.say(this.beside.element.querySelector("h2")?.textContent ?? "");
    const before = this.live.set.points;
    await this.live.show(there.points);
    const box = there.box ? there.box.split(",").map(Number) : there.points !== before && this.live.extent();
    if (box && there.box !== this.live.box()) this.live.look(box);
    this.#choose(new URL(url, location.href).searchParams.get("place") ?? "");
  }

  #point(id) {
    if (id !== this.live.pointed) this.live.raise({ pointed: id });
  }

  async #choose(id) {
    this.live.raise({ chosen: id, look: id });
    if (!id) this.overlay.hide();
    if (this.beside) {
      this.beside.mark(id, side.matches);
      this.#remember(id);
    }
    const spot = id && this.live.where(id);
    if (!spot) return;
    const row = this.beside?.rowOf(id) ?? (await this.beside?.fetchRow(id, spot));
    if (this.live.chosen === id) this.overlay.show(row ?? this.#plain(id));
  }

  /** A place's name as a link, where no list says more. */
  #plain(id) {
    const made = part("div", "row");
    made.append(part("h3", ""));
    made.firstChild.append(Object.assign(part("a", "", this.live.nameOf(id)), { href: this.dataset.place.replace("ID", id) }));
    return made;
  }

  async #near(button) {
    button.setAttribute("aria-busy", "true");
    try {
      const near = await whereabouts(this.texts);
      const url = address({ near, sort: "distance", box: "", page: "", place: "", country: "", region: "", town: "" });
      if (!this.live) return location.assign(url);
      await this.#arrive(url);
      const [lat, lon] = near.split(",").map(Number);
      this.live.look([lon - 0.2, lat - 0.15, lon + 0.2, lat + 0.15]);
    } catch (error) {
      button.parentElement.querySelector("[role=status]").textContent = error.message;
    } finally {
      button.removeAttribute("aria-busy");
    }
  }
}
customElements.define("place-map", PlaceMap);
