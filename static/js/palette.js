/** The command palette: one field for all commands that apply here and all places to go to. */

import { getJson, make, person } from "./desk/dom.js";
import { combination } from "./desk/keys.js";
import { fitting } from "./fuzzy.js";
import { _, _n } from "./i18n.js";

/**
 * @typedef {object} Entry
 * @property {string} label
 * @property {string} detail  what kind of thing it is
 * @property {string} [key]
 * @property {boolean} [always]  whatever is typed, it is meant
 * @property {() => void} run
 */

/** @typedef {(query: string) => Entry[]} Provider */

const SHORTCUT = "Mod+k";
const SHOWN = 50;
const RECENT = 6;
const PAUSE_MS = 150;
const LEAST_LETTERS = 2;

/** @type {Provider[]} */
const providers = [];

/** What this page can do is listed, too. @param {Provider} provider */
export function offer(provider) {
  providers.push(provider);
}

/** @param {import("./desk/keys.js").Keyboard} keyboard  whose commands are listed as they apply at that moment */
export function offerKeys(keyboard) {
  offer(() => keyboard.offered().map((command) => ({ ...command, detail: _("Action") })));
}

/** @param {string} address @param {string} label @param {string} detail @returns {Entry} */
function placeEntry(address, label, detail) {
  return { label, detail, run: () => location.assign(address) };
}

/** @returns {{label: string, address: string}[]} views of collections, the latest first */
function recent() {
  return JSON.parse(localStorage.getItem(recentKey()) ?? "[]");
}

function recentKey() {
  return `hhreview-recent-${person()}`;
}

/** Remember the current view of a collection. */
function remember() {
  const collection = document.querySelector(".crumb a")?.textContent?.trim();
  const view = document.querySelector(".tabs [aria-current]")?.textContent?.trim();
  if (!collection || !view) return;
  const here = { label: `${collection} · ${view}`, address: location.pathname };
  const others = recent().filter(({ address }) => address !== here.address);
  localStorage.setItem(recentKey(), JSON.stringify([here, ...others].slice(0, RECENT + 1)));
}

/** @returns {Entry[]} where one was, then where the bar of this page leads */
function places() {
  const lately = recent().filter(({ address }) => address !== location.pathname);
  const collection = document.querySelector(".crumb a")?.textContent?.trim();
  const links = [...document.querySelectorAll(".top .tabs a, .top .drop a")].filter((link) => !link.hasAttribute("aria-current"));
  /** @type {Map<string, [string, string]>} the bar and the account menu lead to some places both; a collection has views of its own */
  const byAddress = new Map(links.map((link) => [
    link.getAttribute("href") ?? "", [link.textContent?.trim() ?? "", (link.closest(".tabs") && collection) || _("Go to")],
  ]));
  // A view with several addresses (a change, a page) is listed once.
  const once = lately.filter(({ label }, i) => lately.findIndex((one) => one.label === label) === i);
  return [
    ...once.slice(0, RECENT).map(({ label, address }) => placeEntry(address, label, _("Recent"))),
    ...[...byAddress].map(([address, [label, detail]]) => placeEntry(address, label, detail)),
  ];
}

class Palette {
  constructor() {
    this.input = make("input", {
      type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", "aria-autocomplete": "list",
      "aria-label": _("Search actions and places"), placeholder: _("Search actions, documents, and collections"), autocomplete: "off", spellcheck: "false",
    });
    this.list = make("div", { class: "palette-list", role: "listbox", id: "palette-list", "aria-label": _("Actions and places") });
    this.status = make("p", { class: "palette-status quiet", role: "status" });
    this.dialog = make("dialog", { class: "palette", id: "palette", "data-asks": true, "aria-label": _("Command palette") }, [this.input, this.list, this.status]);
    /** @type {Entry[]} */
    this.entries = [];
    /** @type {Entry[]} collections that the server found */
    this.collections = [];
    this.at = 0;
    this.timer = 0;
    this.input.addEventListener("input", () => this.typed());
    this.dialog.addEventListener("keydown", (event) => this.press(event));
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.close();
    });
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.close();
    });
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.show();
  }

  get query() {
    return this.input.value.trim();
  }

  close() {
    window.clearTimeout(this.timer);
    this.dialog.close();
    this.dialog.remove();
  }

  typed() {
    this.collections = [];
    this.at = 0;
    this.show();
    window.clearTimeout(this.timer);
    if (this.query.length >= LEAST_LETTERS) this.timer = window.setTimeout(() => void this.ask(this.query), PAUSE_MS);
  }

  /** @param {string} query */
  async ask(query) {
    try {
      const data = await getJson(`${document.body.dataset.places}?q=${encodeURIComponent(query)}`);
      if (query !== this.query) return;
      this.collections = data.collections.map((/** @type {{title: string, address: string}} */ { title, address }) => placeEntry(address, title, _("Collection")));
      this.show();
    } catch (error) {
      if (query === this.query) this.status.textContent = error instanceof Error ? error.message : String(error);
    }
  }

  show() {
    const chosen = this.entries[this.at]?.label;
    const here = providers.flatMap((provider) => provider(this.query));
    const all = this.query ? [...here, ...places()] : [...places().slice(0, RECENT), ...here, ...places().slice(RECENT)];
    const fit = fitting(this.query, all);
    this.entries = [...fit.filter(({ always }) => !always), ...this.collections, ...fit.filter(({ always }) => always)].slice(0, SHOWN);
    this.at = this.at ? Math.max(0, this.entries.findIndex(({ label }) => label === chosen)) : 0; // what comes late moves nobody
    this.list.replaceChildren(...this.entries.map((entry, i) => this.option(entry, i)));
    this.status.textContent = this.entries.length ? _n("%(count)s result", "%(count)s results", this.entries.length) : _("Nothing matches. Try fewer letters.");
    this.mark();
  }

  /** @param {Entry} entry @param {number} i */
  option({ label, detail, key }, i) {
    const option = make("div", { role: "option", id: `palette-${i}`, class: "palette-option" }, [
      make("span", { class: "palette-label", dir: "auto", text: label }), make("span", { class: "palette-detail", text: detail }), key ? make("kbd", { text: key }) : null,
    ]);
    option.addEventListener("click", () => this.take(i));
    return option;
  }

  mark() {
    this.input.removeAttribute("aria-activedescendant");
    [...this.list.children].forEach((child, i) => {
      child.setAttribute("aria-selected", String(i === this.at));
      if (i !== this.at) return;
      this.input.setAttribute("aria-activedescendant", child.id);
      child.scrollIntoView({ block: "nearest" });
    });
  }

  /** @param {number} i */
  take(i) {
    const entry = this.entries[i];
    if (!entry) return;
    this.close();
    entry.run();
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.isComposing) return;
    const last = this.entries.length - 1;
    const pressed = combination(event);
    if (pressed === "ArrowDown") this.at = this.at < last ? this.at + 1 : 0;
    else if (pressed === "ArrowUp") this.at = this.at > 0 ? this.at - 1 : Math.max(0, last);
    else if (pressed === "PageDown") this.at = Math.max(0, Math.min(last, this.at + 8));
    else if (pressed === "PageUp") this.at = Math.max(0, this.at - 8);
    else if (pressed === SHORTCUT) this.close();
    else if (pressed === "Enter") this.take(this.at);
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.mark();
  }
}

/** Set up the palette on every page, for people who are signed in. */
export function listenForPalette() {
  if (!person()) return;
  remember();
  document.addEventListener("keydown", (event) => {
    if (combination(event) !== SHORTCUT || event.isComposing || document.querySelector("dialog:modal:not([data-layer])")) return;
    event.preventDefault();
    new Palette();
  });
}
