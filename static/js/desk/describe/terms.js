/** A field for names and headings, with their addresses if they are from a vocabulary. */

import { make } from "../dom.js";
import { Lookup } from "./lookup.js";
import { termsFrom, termsLine } from "./work.js";
import { _, within } from "../../i18n.js";

/** @typedef {import("../records.js").Term} Term */

export class TermsField {
  /**
   * @param {{name: string, label: string, most: number}} field
   * @param {string} value  in one line
   * @param {{address: string, far: boolean}} how
   */
  constructor({ name, label, most }, value, { address, far }) {
    /** Whether it may hold several: depends on the type of the document. */
    this.repeatable = true;
    const id = `describe-field-${name}`;
    // A text area rather than a hidden input, because unsaved values are recognized by a control's default value.
    this.kept = make("textarea", { name, hidden: true, "aria-hidden": "true", tabindex: "-1", text: value });
    this.chips = make("ul", { class: "chips", "aria-label": label });
    this.input = make("input", { type: "text", dir: "auto", id, name: `${name}-typed`, maxlength: most, "aria-label": _("Add to %(field)s", { field: within(label) }) });
    this.element = make("div", { class: "field" }, [
      make("label", { class: "field-label", for: id, text: label }),
      make("div", { class: "terms" }, [this.chips, make("div", { class: "lookup-place" }, [this.input])]),
      this.kept,
    ]);
    this.lookup = new Lookup(this.input, address, ({ label: chosen, uri }) => this.add({ label: chosen, uri }), far);
    this.input.addEventListener("keydown", (event) => {
      const typed = this.input.value.trim();
      if (event.defaultPrevented) return;
      if (typed && (event.key === "Enter" || event.key === ";") && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        event.stopPropagation();
        this.commit();
      } else if (event.key === "Backspace" && !this.input.value) this.set(this.terms().slice(0, -1));
    });
    this.kept.addEventListener("input", () => this.draw());
    this.draw();
  }

  /** @returns {Term[]} */
  terms() {
    return termsFrom(this.kept.value);
  }

  /** Turn typed text into a term. */
  commit() {
    for (const term of termsFrom(this.input.value)) this.add(term);
  }

  /** @param {Term} term */
  add(term) {
    this.lookup.close();
    this.input.value = "";
    const rest = this.repeatable ? this.terms().filter(({ label, uri }) => label !== term.label || (uri ?? "") !== (term.uri ?? "")) : [];
    this.set([...rest, term]);
  }

  /** @param {Term[]} terms */
  set(terms) {
    this.kept.value = termsLine(terms);
    this.kept.dispatchEvent(new Event("input", { bubbles: true }));
  }

  draw() {
    this.chips.replaceChildren(
      ...this.terms().map(({ label, uri }, i) => {
        const drop = make("button", { type: "button", class: "chip-drop", "aria-label": _("Remove %(label)s", { label }), text: "×" });
        drop.addEventListener("click", () => {
          this.set(this.terms().filter((_, at) => at !== i));
          this.input.focus();
        });
        return make("li", { class: uri ? "chip has-uri" : "chip", title: uri || undefined }, [make("span", { dir: "auto", text: label }), drop]);
      }),
    );
  }
}
