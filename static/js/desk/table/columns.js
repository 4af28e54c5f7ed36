/** The columns that a person looks at, which this browser remembers for each collection. */

import { ask } from "../dialogs.js";
import { make } from "../dom.js";
import { _, number } from "../../i18n.js";

/** @typedef {import("./rows.js").Column} Column */

/** Without it, nobody knows whose date that is. */
const ALWAYS = "title";

export class Columns {
  /** @param {string} slug  of the collection @param {Column[]} all */
  constructor(slug, all) {
    this.key = `hhreview-table-columns-${slug}`;
    this.all = all;
    const hidden = new Set(JSON.parse(localStorage.getItem(this.key) ?? "[]"));
    this.shown = all.filter(({ name }) => name === ALWAYS || !hidden.has(name));
  }

  /** @param {HTMLElement} button  that says how many are shown, and asks */
  offer(button) {
    const [count, size] = [number(this.shown.length), number(this.all.length)];
    button.textContent = this.shown.length < this.all.length ? _("Columns: %(count)s of %(size)s", { count, size }) : _("Columns…");
    button.addEventListener("click", () => void this.choose());
  }

  async choose() {
    const boxes = this.all.filter(({ name }) => name !== ALWAYS).map((column) => make("label", { class: "check" }, [
      make("input", { type: "checkbox", name: "column", value: column.name, checked: this.shown.includes(column) }), make("span", { text: column.label }),
    ]));
    const note = make("p", { class: "quiet", text: _("Find and replace and Export CSV leave hidden columns out. This browser remembers your choice.") });
    const answer = await ask(_("Show columns"), [make("div", { class: "column-boxes" }, boxes), note], { ok: _("Show"), asks: true });
    if (!answer) return;
    const wanted = answer.getAll("column");
    const hidden = this.all.map(({ name }) => name).filter((name) => name !== ALWAYS && !wanted.includes(name));
    localStorage.setItem(this.key, JSON.stringify(hidden));
    location.reload(); // what is typed and what is not sent yet is kept
  }
}
