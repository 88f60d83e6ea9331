// <front-desk>: the desk of a host, with or without a network. Without scripts the page asks the site by its forms.

import { drawBoard, drawVerdict } from "./desk-board.js";
import * as camera from "./desk-camera.js";
import { closed, decide, scanOf } from "./desk-rules.js";
import * as store from "./desk-store.js";
import { sync } from "./desk-sync.js";
import { able } from "./pass-token.js";

const EVERY = 60_000;

class FrontDesk extends HTMLElement {
  async connectedCallback() {
    Object.assign(this, JSON.parse(this.querySelector("script[type='application/json']").textContent));
    [this.ask, this.verdict] = [this.querySelector("[data-ask]"), this.querySelector("[data-verdict]")];
    this.ask.noValidate = true; // Enter on an empty field lets in who was just checked
    this.ask.addEventListener("submit", (event) => this.#asked(event));
    this.verdict.addEventListener("submit", (event) => this.#answered(event));
    this.querySelector("[data-next]").addEventListener("click", () => this.#next());
    this.querySelector("[data-nobody]").addEventListener("click", () => this.#judged({ outcome: "WALK_IN", visitor: "", token: "" }));
    document.addEventListener("keydown", (event) => this.#typed(event));
    addEventListener("online", () => this.#sync(true));
    addEventListener("offline", () => this.#board("away"));
    if (location.search === "?new") await this.#begin();
    [this.signed, this.seen] = [await able(), await store.scans()];
    if (await camera.able()) this.#camera();
    await navigator.serviceWorker?.register(this.addresses.worker, { scope: this.addresses.page });
    await this.#board("");
    await this.#sync();
    setInterval(() => this.#sync(), EVERY);
    this.dataset.ready = "";
  }

  /** Set up anew: whose word to trust is learnt again. */
  async #begin() {
    for (const name of ["site", "bulletin", "briefing"]) await store.tell(name, undefined);
    history.replaceState(null, "", location.pathname);
  }

  /** `anew`: what is under way began before there was a network, or before what is to be told. */
  async #sync(anew = false) {
    if (anew) await this.syncing;
    this.syncing ??= sync(this.addresses, this.signed).finally(() => (this.syncing = null));
    await this.#board(await this.syncing);
  }

  async #board(state) {
    drawBoard(this, { ...(await this.#known()), waiting: (await store.unsent()).length, signed: this.signed, state });
  }

  async #known() {
    const [briefing, bulletin] = [await store.told("briefing"), await store.told("bulletin")];
    return { briefing, bulletin, scans: this.seen, moment: Date.now() + (briefing?.offset ?? 0) };
  }

  async #asked(event) {
    event.preventDefault();
    const text = this.ask.elements.shown.value.trim();
    this.ask.elements.shown.value = "";
    if (text) this.#judged(await this.#decided(text));
    else this.#answer("LET_IN");
  }

  async #decided(text) {
    const known = await this.#known();
    const found = this.signed && known.briefing && known.bulletin && (await decide(text, known));
    if (found && !["UNKNOWN_CODE", "UNKNOWN_KEY"].includes(found.outcome)) return found;
    try { // the site may know more
      const body = new URLSearchParams({ shown: text, csrfmiddlewaretoken: known.briefing?.csrf ?? this.ask.elements.csrfmiddlewaretoken.value });
      const answer = await fetch(this.ask.action, { method: "POST", headers: { Accept: "application/json" }, body });
      if (answer.ok) return { ...(await answer.json()), token: text.length > 20 ? text : "" };
    } catch {
      // no network
    }
    return found || { outcome: "ASK_SITE", visitor: "", token: "" };
  }

  #judged(found) {
    this.found = found;
    drawVerdict(this.verdict, found, this.words);
    this.#say("");
    this.ask.elements.shown.focus();
  }

  #answered(event) {
    event.preventDefault();
    const { name, value } = event.submitter;
    this.#answer(name === "why" ? "TURNED_AWAY" : "LET_IN", name === "why" ? value : "");
  }

  /** A fact: kept on this device before anything else. */
  async #answer(kind, why = "") {
    const { found } = this;
    if (!found || (kind === "LET_IN" && closed(found))) return;
    this.found = null;
    const scan = scanOf(found, kind, why, await this.#known());
    await store.add(scan);
    this.seen.push(scan);
    this.#next();
    this.#say(kind === "LET_IN" ? this.words.notedIn : this.words.notedAway);
    this.#sync(true);
  }

  #next() {
    this.found = null;
    this.verdict.hidden = true;
    this.ask.elements.shown.focus();
  }

  #say(words) {
    this.querySelector("[data-told]").textContent = words;
  }

  /** A hand-held scanner types wherever one stands. */
  #typed(event) {
    const elsewhere = !event.target.closest("input, textarea, select, button, summary, a");
    if (elsewhere && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) this.ask.elements.shown.focus();
  }

  #camera() {
    const [button, video] = [this.querySelector("[data-camera]"), this.querySelector("video")];
    button.hidden = false;
    button.addEventListener("click", async () => {
      if (this.stop) return (this.stop = this.stop()), (video.hidden = true);
      video.hidden = false;
      try {
        this.stop = await camera.watch(video, async (text) => this.#judged(await this.#decided(text)));
      } catch {
        video.hidden = true;
        this.#say(this.words.noCamera);
      }
    });
  }
}

customElements.define("front-desk", FrontDesk);
