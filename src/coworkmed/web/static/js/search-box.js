// <search-box>: suggestions under a search field, by the pattern of a combobox with a list. Without it the field just searches.

class SearchBox extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.list = this.appendChild(document.createElement("ul"));
    Object.assign(this.list, { id: `${this.input.name}-suggestions`, className: "suggestions", role: "listbox", hidden: true });
    this.list.ariaLabel = this.querySelector("label").textContent.trim();
    Object.assign(this.input, { role: "combobox", ariaAutoComplete: "list", ariaExpanded: "false" });
    this.input.setAttribute("aria-controls", this.list.id);
    this.input.addEventListener("input", () => this.#soon());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("focusout", (event) => this.contains(event.relatedTarget) || this.#close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    this.list.addEventListener("click", (event) => this.#take(event.target.closest("[role=option]")));
  }

  #soon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.#ask(), 120);
  }

  async #ask() {
    this.asked?.abort();
    const words = this.input.value.trim();
    if (words.length < 2) return this.#close();
    this.asked = new AbortController();
    const query = new URLSearchParams({ q: words, language: this.dataset.language });
    try {
      const answer = await fetch(`${this.dataset.suggest}?${query}`, { signal: this.asked.signal });
      if (answer.ok) this.#show((await answer.json()).suggestions);
    } catch {
      this.#close(); // later words came first, or the line is down: the field still searches
    }
  }

  #show(suggestions) {
    this.input.removeAttribute("aria-activedescendant");
    if (document.activeElement !== this.input) return; // the reader went on meanwhile
    this.list.replaceChildren(...suggestions.map(({ label, detail, href }, at) => {
      const option = document.createElement("li");
      Object.assign(option, { id: `${this.list.id}-${at}`, role: "option", ariaSelected: "false" });
      option.dataset.href = href;
      for (const [name, text] of [["bdi", label], ["small", detail]]) {
        option.appendChild(document.createElement(name)).textContent = text;
      }
      return option;
    }));
    this.list.hidden = !suggestions.length;
    this.input.ariaExpanded = String(!this.list.hidden);
  }

  get options() {
    return [...this.list.children];
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = this.options.findIndex((one) => one.ariaSelected === "true");
    if (event.key === "Escape" && !this.list.hidden) this.#close();
    else if (event.key === "Enter" && at >= 0 && !this.list.hidden) this.#take(this.options[at]);
    else if (step && !this.list.hidden) this.#select(at < 0 && step < 0 ? this.options.length - 1 : (at + step + this.options.length) % this.options.length);
    else return;
    event.preventDefault();
  }

  #select(at) {
    this.options.forEach((one, number) => (one.ariaSelected = String(number === at)));
    this.input.setAttribute("aria-activedescendant", this.options[at].id);
    this.options[at].scrollIntoView({ block: "nearest" });
  }

  #take(option) {
    if (!option) return;
    const url = new URL(option.dataset.href, location.href);
    if (url.search) url.pathname = new URL(this.closest("form").action).pathname; // from the map to the map
    location.assign(url);
  }

  #close() {
    clearTimeout(this.waiting);
    this.asked?.abort();
    this.list.hidden = true;
    this.input.ariaExpanded = "false";
    this.input.removeAttribute("aria-activedescendant");
  }
}

customElements.define("search-box", SearchBox);
