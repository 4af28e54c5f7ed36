/** Type-ahead below a field: an ARIA combobox that also allows free text. */

import { getJson, make } from "../dom.js";
import { _ } from "../../i18n.js";

/** @typedef {{label: string, uri: string, source: string}} Offer */

const PAUSE_MS = 140;
const SHORTEST_FAR = 3;
let made = 0;

export class Lookup {
  /**
   * @param {HTMLInputElement} input
   * @param {string} address  that offers terms
   * @param {(offer: Offer) => void} take
   * @param {boolean} [far]  whether authorities elsewhere are asked as well
   */
  constructor(input, address, take, far = false) {
    this.far = far;
    this.input = input;
    this.address = address;
    this.take = take;
    const id = `lookup-${++made}`;
    this.list = make("div", { class: "lookup", role: "listbox", id, hidden: true, "aria-label": _("Suggestions") });
    /** @type {Offer[]} */
    this.offers = [];
    this.at = -1;
    /** The text whose terms are being loaded. */
    this.asked = "";
    /** Arrow keys and Enter that were pressed before the list was loaded. */
    this.ahead = { steps: 0, chosen: false };
    this.timer = 0;
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id, autocomplete: "off" })) {
      input.setAttribute(name, value);
    }
    input.after(this.list);
    input.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.asked = "";
      this.ahead = { steps: 0, chosen: false };
      this.mark(-1); // the marked term doesn't fit the new text
      this.timer = window.setTimeout(() => void this.ask(), PAUSE_MS);
    });
    input.addEventListener("blur", () => this.close());
    input.addEventListener("keydown", (event) => this.key(event));
    // Before the field loses the focus.
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const option = event.target instanceof Element ? event.target.closest("[data-at]") : null;
      if (option instanceof HTMLElement) this.choose(Number(option.dataset.at));
    });
  }

  /** @returns {string} what is asked for: all that is typed */
  text() {
    return this.input.value.trim();
  }

  /** @param {string} text @param {boolean} [far] @returns {Promise<{terms: Offer[], problems?: string[]}>} */
  find(text, far = false) {
    return getJson(`${this.address}${far ? "&far=1" : ""}&q=${encodeURIComponent(text)}`);
  }

  async ask() {
    const text = this.text();
    if (!text) return this.close();
    this.asked = text;
    try {
      const { terms } = await this.find(text);
      if (!this.isStill(text)) return;
      this.show(terms);
      if (this.overtook()) return;
      if (!this.far || text.length < SHORTEST_FAR) return;
      const more = await this.find(text, true);
      if (this.isStill(text) && this.at < 0) this.show([...terms, ...more.terms], more.problems);
    } catch {
      this.close(); // the text can be saved without it
    }
  }

  /** Do what was pressed before the list came. @returns {boolean} whether that chose one of it */
  overtook() {
    const { steps, chosen } = this.ahead;
    this.asked = "";
    this.ahead = { steps: 0, chosen: false };
    if (!steps || !this.offers.length) return false;
    this.mark(Math.min(steps, this.offers.length) - 1);
    if (chosen) this.choose(this.at);
    return chosen;
  }

  /** @param {string} text @returns {boolean} whether this is still what is asked for */
  isStill(text) {
    return this.text() === text && document.activeElement === this.input;
  }

  /** @param {Offer[]} offers @param {string[]} [problems]  why some did not answer */
  show(offers, problems = []) {
    this.offers = offers;
    this.at = -1;
    this.list.replaceChildren(
      ...offers.map(({ label, source }, i) =>
        make("div", { role: "option", id: `${this.list.id}-${i}`, class: "choice", "data-at": i, "aria-selected": "false" }, [
          make("span", { class: "choice-label", dir: "auto", text: label }), make("span", { class: "choice-detail", text: source }),
        ])),
      ...problems.map((text) => make("div", { role: "option", class: "choice is-problem", "aria-disabled": "true", "aria-selected": "false", text })),
    );
    this.list.hidden = !offers.length && !problems.length;
    this.input.setAttribute("aria-expanded", String(offers.length > 0));
  }

  close() {
    clearTimeout(this.timer);
    this.asked = "";
    this.ahead = { steps: 0, chosen: false };
    this.list.hidden = true;
    this.at = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (this.list.hidden) return this.keyAhead(event);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.mark((this.at + step + this.offers.length + (this.at < 0 && step < 0 ? 1 : 0)) % this.offers.length);
    else if (event.key === "Enter" && this.at >= 0) this.choose(this.at);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * Load the list immediately on Down. On a slow connection, further presses and Enter count until it is loaded.
   * @param {KeyboardEvent} event
   */
  keyAhead(event) {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
    if (event.key === "ArrowDown" && isPlain && this.text()) {
      clearTimeout(this.timer);
      if (!this.asked) void this.ask();
      this.ahead.steps++;
    } else if (event.key === "Enter" && isPlain && this.asked && this.ahead.steps) this.ahead.chosen = true;
    else if (event.key === "Escape" && this.asked && this.ahead.steps) this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} at */
  mark(at) {
    this.at = at;
    [...this.list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    if (at < 0) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", `${this.list.id}-${at}`);
    this.list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} at */
  choose(at) {
    const offer = this.offers[at];
    this.close();
    if (offer) this.take(offer);
  }
}
