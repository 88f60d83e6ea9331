// <review-desk>: a pair judged by keys. Each key presses the button that shows it; without a script the buttons remain.
// Keys can be switched off, and say nothing while someone writes (WCAG 2.1.4).
const KEPT = "review-keys";

class ReviewDesk extends HTMLElement {
  connectedCallback() {
    this.switch = this.querySelector("#keys");
    this.switch.checked = localStorage.getItem(KEPT) !== "off";
    this.switch.closest("[hidden]").hidden = false;
    this.switch.addEventListener("change", () => this.#keep());
    this.dataset.keys = this.switch.checked ? "on" : "off";
    this.press = (event) => this.#press(event);
    document.addEventListener("keydown", this.press);
    this.addEventListener("submit", (event) => this.#once(event));
    addEventListener("pageshow", () => delete this.dataset.sent);
    if (this.dataset.moved) this.#announce();
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.press);
  }

  #keep() {
    const state = this.switch.checked ? "on" : "off";
    localStorage.setItem(KEPT, state);
    this.dataset.keys = state;
  }

  #press(event) {
    const writes = event.target.closest("input:not([type=checkbox]), textarea, select");
    if (this.dataset.keys === "off" || writes || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    // by place on the keyboard too: digits need Shift on a French one
    const key = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1] ?? event.key;
    const button = this.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  }

  /** A verdict is sent once, however often its key is pressed. */
  #once(event) {
    if (this.dataset.sent) return event.preventDefault();
    this.dataset.sent = "1";
  }

  /** The next pair came by itself: the reader is told what was noted, and stands at its beginning. */
  #announce() {
    this.querySelector("h1").focus({ preventScroll: true });
    const said = [...document.querySelectorAll(".told[role=status]")].map((one) => one.textContent).join(" ");
    setTimeout(() => (this.querySelector("[data-live]").textContent = said), 150);
  }
}

customElements.define("review-desk", ReviewDesk);
