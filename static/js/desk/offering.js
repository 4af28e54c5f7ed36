/** What the command palette lists on the desk besides places: commands that apply, filters, documents, and pages. */

import { score } from "../fuzzy.js";
import { _ } from "../i18n.js";
import { offer, offerKeys } from "../palette.js";
import { applying } from "./applying.js";
import { goToMeant } from "./questions.js";

/** @typedef {import("../palette.js").Entry} Entry */

const DOCUMENTS = 12;

/**
 * @param {import("./acts.js").Acts} acts
 * @param {import("./records.js").Config} config
 * @param {import("./keys.js").Keyboard} keyboard
 * @param {import("./detail.js").Detail} detail
 * @param {import("./describe/view.js").Describe} view
 */
export function offerDesk(acts, config, keyboard, detail, view) {
  keyboard.applies = (id) => applying(acts, detail.isOpen ? detail.at : acts.stream.focus)[id] !== false;
  offerKeys(keyboard);
  /** @param {() => void} go  in the stream, with nothing over it */
  const there = (go) => () => {
    if (detail.isOpen) detail.close();
    if (view.isOpen) view.close();
    go();
  };
  offer(() => (detail.isOpen || view.isOpen ? [] : [...marks(acts, config), ...filters()]));
  offer((query) => destinations(acts, config, query).map((entry) => ({ ...entry, run: there(entry.run) })));
}

/** @param {import("./acts.js").Acts} acts @param {import("./records.js").Config} config @returns {Entry[]} */
function marks(acts, config) {
  const pages = acts.pages();
  const is = (/** @type {string} */ role) => pages.every((p) => (acts.model.pages.get(p)?.role ?? "") === role);
  return (config.mayEdit ? config.roles : []).filter(([role]) => !is(role)).map(([role, label]) => ({
    label: role ? _("Mark as %(label)s", { label }) : _("Remove mark"), detail: _("Action"), run: () => acts.mark(role, pages),
  }));
}

/** @returns {Entry[]} what else can be shown */
function filters() {
  const radios = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll("input[name=filter]:not(:checked)")]);
  return radios.map((radio) => ({
    label: _("Show: %(filter)s", { filter: radio.parentElement?.querySelector("span")?.textContent ?? "" }), detail: _("Filter"), run: () => radio.click(),
  }));
}

/**
 * @param {import("./acts.js").Acts} acts
 * @param {import("./records.js").Config} config
 * @param {string} query
 * @returns {Entry[]} pages and documents that it may mean
 */
function destinations(acts, config, query) {
  const { model, stream } = acts;
  if (!query) return [];
  /** @type {Entry[]} */
  const offers = [];
  const number = /^\d+$/.test(query) ? Number(query) : 0;
  if (model.exists[number]) offers.push({ label: _("Page %(p)s", { p: number }), detail: _("Go to"), run: () => stream.goToPage(number) });
  /** @type {{rank: number, entry: Entry}[]} */
  const documents = [];
  for (const group of model.groups.values()) {
    const place = model.placeOf(group);
    const title = model.titleOf(group);
    const label = `${_("Document %(number)s", { number: place })} · ${title}`;
    const rank = place === number ? 1000 : number ? null : score(query, title);
    const first = group.pages[0];
    if (rank !== null && first) documents.push({ rank, entry: { label, detail: _("Document"), run: () => stream.goToPage(first) } });
  }
  offers.push(...documents.sort((a, b) => b.rank - a.rank).slice(0, DOCUMENTS).map(({ entry }) => entry));
  offers.push({ label: _("Go to the page with the identifier “%(query)s”", { query }), detail: _("Go to"), always: true, run: () => void goToMeant(acts, config, query) });
  return offers;
}
