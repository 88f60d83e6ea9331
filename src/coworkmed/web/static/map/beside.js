// The list beside the map: the same places, kept in step with it and with the address.

export class Beside {
  /** `element` holds the list; each row bears the id of its place in data-place. */
  constructor(element) {
    this.element = element;
    this.asked = null;
  }

  /** The id of the place a node of the list is about; "" if about none. */
  idOf(node) {
    return node?.closest?.("[data-place]")?.dataset.place ?? "";
  }

  rowOf(id, within = this.element) {
    return within.querySelector(`[data-place="${CSS.escape(id)}"]`);
  }

  /** Show one row as chosen, and bring it into sight. */
  mark(id, scroll) {
    this.element.querySelector(".row[aria-current]")?.removeAttribute("aria-current");
    const row = id ? this.rowOf(id) : null;
    row?.setAttribute("aria-current", "true");
    if (row && scroll) row.scrollIntoView({ block: "nearest" });
  }

  /** Replace the list by that of another address; the attributes of the map there ({} without one), or null if a later visit won. */
  async visit(url, { keep = false } = {}) {
    this.asked?.abort();
    this.asked = new AbortController();
    this.element.setAttribute("aria-busy", "true");
    try {
      const page = await this.#page(url, this.asked.signal);
      this.#exchange(page.getElementById(this.element.id));
      if (!keep) history.pushState(null, "", url);
      return page.querySelector("place-map")?.dataset ?? {};
    } catch (error) {
      if (error.name === "AbortError") return null;
      location.assign(url); // whatever is wrong, the browser says it better
      return null;
    } finally {
      this.element.removeAttribute("aria-busy");
    }
  }

  /** What was unfolded stays so; a keyboard that stood in the old list, or nowhere, goes on from the number of places. */
  #exchange(other) {
    const held = document.activeElement;
    const within = this.element.contains(held);
    const folds = () => [...this.element.querySelectorAll("details")].map((one) => [one.firstElementChild.textContent, one]);
    const before = new Map(folds());
    this.element.replaceChildren(...other.childNodes);
    for (const [words, one] of folds()) one.open = before.get(words)?.open ?? one.open;
    if (within || held === document.body || !held.checkVisibility()) this.element.querySelector("h2[tabindex]").focus({ preventScroll: !within });
  }

  /** The row of a place that isn't on this page of the list, read from the list of its surroundings. */
  async fetchRow(id, [lon, lat]) {
    const url = new URL(location.href);
    const near = 0.0005;
    url.search = new URLSearchParams({ box: [lon - near, lat - near, lon + near, lat + near].join() });
    const page = await this.#page(url);
    return this.rowOf(id, page.getElementById(this.element.id));
  }

  async #page(url, signal) {
    const answer = await fetch(url, { signal, headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(answer.statusText);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  }
}

/** This page's address with some parameters set, or left out where "". */
export function address(changes) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    if (value === "") url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url;
}
