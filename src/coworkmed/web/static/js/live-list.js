// <live-list>: a search exchanged in place. Without it every link and the search box load a page of their own.
import { Beside, address } from "../map/beside.js";
import { whereabouts } from "../map/near.js";

class LiveList extends HTMLElement {
  connectedCallback() {
    this.beside = new Beside(this);
    this.addEventListener("click", (event) => this.#click(event));
    this.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#visit(`${event.target.action}?${new URLSearchParams(new FormData(event.target))}`);
    });
    addEventListener("popstate", () => this.#visit(location.href, { keep: true }));
    this.#offer();
  }

  /** What only works with a script is hidden until there is one. */
  #offer() {
    for (const button of this.querySelectorAll("[data-near]")) button.hidden = !navigator.geolocation;
  }

  #click(event) {
    if (event.target.closest("[data-near]")) return this.#near();
    const link = event.target.closest("a[href]");
    const elsewhere = !link || link.closest(".row, .as-files, [data-leave]") || event.ctrlKey || event.metaKey || event.shiftKey;
    if (elsewhere || new URL(link.href).pathname !== location.pathname) return;
    event.preventDefault();
    this.#visit(link.href);
  }

  async #visit(url, options) {
    if (await this.beside.visit(url, options)) this.#offer();
  }

  async #near() {
    const said = this.querySelector("[data-said]");
    try {
      this.#visit(address({ near: await whereabouts(said.dataset), sort: "", page: "", box: "", country: "", region: "", town: "" }));
    } catch (error) {
      said.textContent = error.message;
      said.hidden = false;
    }
  }
}

customElements.define("live-list", LiveList);
