// What lies over the map: the card of the place chosen, "search in this view", and a line that is read out.

/** `frame` is the element of the map; `close` what to do when the reader is done with the card. */
export class Overlay {
  constructor(frame, texts, { close, search }) {
    this.live = part("div", "map-live");
    this.ground = this.live.appendChild(part("div", ""));
    this.said = part("p", "map-said");
    this.said.setAttribute("role", "status");
    this.search = part("button", "map-search", texts.view);
    this.search.hidden = true;
    this.search.addEventListener("click", search);
    this.card = part("section", "map-card");
    this.card.hidden = true;
    this.card.setAttribute("aria-label", texts.chosen);
    this.shut = part("button", "map-shut", "✕");
    this.shut.setAttribute("aria-label", texts.close);
    this.shut.addEventListener("click", close);
    frame.append(this.live, this.search, this.card, this.said);
    frame.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.card.hidden) close();
    });
  }

  /** Show the row of a place, as the list has it, on a card. */
  show(row) {
    const copy = part("div", "row");
    copy.append(...[...row.childNodes].map((node) => node.cloneNode(true)));
    this.card.replaceChildren(copy, this.shut);
    this.card.hidden = false;
  }

  /** A keyboard that stood on the card goes on from the map. */
  hide() {
    if (this.card.contains(document.activeElement)) this.ground.querySelector("canvas")?.focus({ preventScroll: true });
    this.card.hidden = true;
    this.card.replaceChildren();
  }

  say(text) {
    this.said.textContent = text;
  }

  remove() {
    for (const one of [this.live, this.search, this.card, this.said]) one.remove();
  }
}

export function part(name, style, text = "") {
  const made = Object.assign(document.createElement(name), { className: style, textContent: text });
  if (name === "button") made.type = "button";
  return made;
}
