// <proof-of-work>: the arithmetic that keeps robots from a form (web/guard.py). Begun when its reader begins to fill it
// in, ready when they have done. Where it can't be done the form goes as it is, and the site asks once more.

class ProofOfWork extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.form.addEventListener("focusin", () => this.#begin(), { once: true });
    this.form.addEventListener("submit", (event) => this.#hold(event));
    addEventListener("pageshow", (event) => event.persisted && (this.sending = false));
  }

  #begin() {
    this.done ??= new Promise((resolve, reject) => {
      const worker = new Worker(this.dataset.worker);
      worker.addEventListener("message", ({ data }) => resolve(data));
      worker.addEventListener("error", reject);
      worker.postMessage({ challenge: this.dataset.challenge, bits: Number(this.dataset.bits) });
      this.worker = worker;
    }).then(
      (number) => (this.querySelector("[name=proof]").value = number),
      () => {},
    ).finally(() => {
      this.worker?.terminate();
      this.ready = true;
    });
    return this.done;
  }

  async #hold(event) {
    if (this.ready) return;
    event.preventDefault();
    if (this.sending) return; // pressed twice
    this.sending = true;
    this.querySelector("[role=status]").textContent = this.dataset.wait;
    await this.#begin();
    this.form.requestSubmit(event.submitter);
  }
}

customElements.define("proof-of-work", ProofOfWork);
