/** The fields of one document, according to its template. Typed values are stored until they are saved or discarded. */

import { DateField } from "../datefield.js";
import { make } from "../dom.js";
import { languageName } from "../language_names.js";
import { placeNumbered } from "../model.js";
import { fill, isTouched, keepTyped, keptBy } from "../typed.js";
import { Lookup } from "./lookup.js";
import { TermsField } from "./terms.js";
import { draftOf, entered, isUnsure, kindOf, rulesFor, termsLine } from "./work.js";
import { _ } from "../../i18n.js";

/** @typedef {import("../records.js").Group} Group */
/** @typedef {import("../records.js").Config} Config */
/** @typedef {import("../records.js").Term} Term */
/** @typedef {import("./work.js").Field} Field */

export class DescribeForm {
  /**
   * @param {Config} config
   * @param {import("../model.js").Model} model
   * @param {Group} group
   * @param {{values?: Record<string, string>, message?: string}} [refused]
   * @param {string} [now]  under which is kept what was typed into the form that was here
   */
  constructor(config, model, group, { values, message } = {}, now = "") {
    this.config = config;
    this.model = model;
    this.group = group;
    /** @type {Map<string, TermsField>} */
    this.terms = new Map();
    /** @type {HTMLElement | null} what holds the text that was refused */
    this.wrong = null;
    this.problem = make("p", { class: "field-error", role: "alert", text: message ?? "" });
    this.date = new DateField(config.urls.dates ?? "", this.shown("date"));
    this.kindUri = make("textarea", { name: "kind_uri", hidden: true, tabindex: "-1", text: group.details.kind_uri ?? "" });
    /** @type {Map<string, HTMLElement>} */
    this.places = new Map(config.description.fields.map((field) => [field.name, this.place(field)]));
    this.element = make("form", { class: "describe-form", novalidate: true }, [
      this.problem, ...this.places.values(), this.kindUri, this.copy(),
      make("datalist", { id: "languages" }, config.description.languages.map(languageName).sort((a, b) => a.localeCompare(b)).map((value) => make("option", { value }))),
    ]);
    this.draft = keptBy(`${config.slug}-describe-`, group.pages, { now });
    const kept = keepTyped(this.element, this.draft);
    this.forget = kept.forget;
    if (values) {
      fill(this.element, values);
      this.element.dispatchEvent(new Event("input")); // store it as if it were typed
    }
    for (const field of this.terms.values()) field.draw();
    void this.date.show();
    if (kept.restored && !values) this.problem.before(this.restored());
    for (const name of kept.overtaken.filter((one) => this.isFilled(one) || !this.shown(one))) this.places.get(name)?.after(this.theirs(name));
    this.element.addEventListener("input", ({ target }) => {
      if (target === this.wrong) this.problem.textContent = ""; // the refused text was changed
      this.dress();
    });
    this.control("kind").addEventListener("change", () => this.dress());
    this.dress();
  }

  /** @param {string} name @returns {string} what the field begins with, in one line */
  shown(name) {
    const value = entered(this.group, name);
    const text = typeof value === "string" ? value : termsLine(value);
    if (name === "language" && text) return languageName(text);
    return text || draftOf(this.group, name) || rulesFor(this.config.description, kindOf(this.group, this.config.description))[name]?.default || "";
  }

  /** @param {string} name @returns {HTMLInputElement | HTMLTextAreaElement} */
  control(name) {
    return /** @type {any} */ (this.element.elements.namedItem(name));
  }

  /** @param {Field} field @returns {HTMLElement} */
  place({ name, label, holds, most }) {
    if (holds === "date") {
      this.date.element.classList.add("is-half");
      return this.date.element;
    }
    const address = `${this.config.urls.terms}?field=${name}`;
    if (holds === "terms") {
      const field = new TermsField({ name, label, most }, this.shown(name), { address, far: this.config.description.far === true });
      this.terms.set(name, field);
      return field.element;
    }
    const isLong = holds === "lines" || name === "title";
    const id = `describe-field-${name}`;
    const control = isLong
      ? make("textarea", { name, id, dir: "auto", rows: name === "title" ? "2" : "3", maxlength: most, text: this.shown(name) })
      : make("input", { type: "text", dir: "auto", name, id, maxlength: most, autocomplete: "off", value: this.shown(name), list: name === "language" ? "languages" : undefined });
    const element = make("div", { class: isLong ? "field" : "field is-half" }, [make("label", { class: "field-label", for: id, text: label }), make("div", { class: "lookup-place" }, [control])]);
    if (name === "kind" && control instanceof HTMLInputElement) {
      new Lookup(control, address, (offer) => {
        control.value = offer.label.slice(0, most);
        this.kindUri.value = offer.uri;
        control.dispatchEvent(new Event("change", { bubbles: true }));
        control.dispatchEvent(new Event("input", { bubbles: true }));
      });
      control.addEventListener("input", (event) => {
        if (event.isTrusted) this.kindUri.value = this.uriOf(control.value);
      });
    }
    return element;
  }

  /** @param {string} kind @returns {string} its address in a vocabulary, if it is the document's own */
  uriOf(kind) {
    return kind === this.group.kind ? (this.group.details.kind_uri ?? "") : "";
  }

  /**
   * Put a suggestion into its field: names after existing ones, longer texts below them, anything else in place of them.
   * @param {string} name
   * @param {string | string[]} value
   */
  take(name, value) {
    const field = this.control(name);
    const terms = this.terms.get(name);
    const before = field.value.trimEnd();
    if (terms) for (const label of [value].flat()) terms.add({ label });
    else if (name !== "title" && field instanceof HTMLTextAreaElement) field.value = before && !before.includes(String(value)) ? `${before}\n${value}` : before || String(value);
    else field.value = String(value);
    if (name === "kind") this.kindUri.value = this.uriOf(field.value);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    (terms?.input ?? field).focus();
  }

  copy() {
    const original = placeNumbered(this.model, this.group.copyOf);
    return make("div", { class: "field is-half" }, [
      make("label", { class: "field-label", for: "describe-field-copy", text: _("Copy of document") }),
      make("input", { type: "text", id: "describe-field-copy", name: "copy", value: original, inputmode: "numeric", pattern: "[0-9]*" }),
      make("span", { class: "field-hint", text: _("The place of the original in the list: 12 for document 12 of 91.") }),
    ]);
  }

  /** @param {string} name @returns {boolean} whether somebody entered it, or it was drafted: no default is shown */
  isFilled(name) {
    return entered(this.group, name).length > 0 || draftOf(this.group, name) !== "";
  }

  /** Begin the fields that nobody filled in with the defaults of this type. @param {Record<string, import("./work.js").Rule>} rules */
  begin(rules) {
    for (const { name, holds } of this.config.description.fields) {
      const control = this.control(name);
      const rule = rules[name];
      const terms = this.terms.get(name);
      if (terms) terms.repeatable = rule?.repeatable !== false;
      if (this.isFilled(name) || control.value !== control.defaultValue || name === "kind" || control.value === (rule?.default ?? "")) continue;
      control.value = control.defaultValue = rule?.default ?? "";
      terms?.draw();
      if (holds === "date") void this.date.show();
    }
  }

  /** Show the fields that the template has for this type, and where each value came from. */
  dress() {
    const rules = rulesFor(this.config.description, this.control("kind").value);
    this.begin(rules);
    for (const { name, label } of this.config.description.fields) {
      const container = this.places.get(name);
      const rule = rules[name];
      if (!container || !rule) continue;
      container.hidden = rule.use === "hidden" && !this.control(name).defaultValue && !this.control(name).value;
      const called = container.querySelector(".field-label");
      if (!called) continue;
      const origin = this.origin(name);
      called.replaceChildren(label, ...(rule.use === "required" ? [make("span", { class: "is-required", text: _(" required") })] : []), ...(origin ? [make("span", { class: "tag", text: origin })] : []));
    }
  }

  /** @param {string} name @returns {string} that its text is the machine's, until somebody types another */
  origin(name) {
    const { value, defaultValue } = this.control(name);
    if (value !== defaultValue) return "";
    if (this.group.accepted.includes(name)) return _("draft, accepted");
    if (isUnsure(this.group, name)) return _("uncertain draft");
    return !entered(this.group, name).length && draftOf(this.group, name) ? _("draft") : "";
  }

  /** @returns {Record<string, string> | null} what was typed, by field; null: nothing */
  typed() {
    const fields = [...new FormData(this.element)].filter(([name]) => this.control(name).value !== this.control(name).defaultValue);
    return isTouched(this.element) ? Object.fromEntries(fields.map(([name, value]) => [name, String(value)])) : null;
  }

  /** @returns {Record<string, string | Term[]>} by field, as the server takes them */
  values() {
    for (const field of this.terms.values()) field.commit();
    /** @type {Record<string, string | Term[]>} */
    const values = {};
    for (const field of this.config.description.fields) values[field.name] = this.valueOf(field);
    return { ...values, kind_uri: this.kindUri.value };
  }

  /** @param {Field} field @returns {string | Term[]} */
  valueOf({ name, holds }) {
    const text = this.control(name).value.trim();
    if (holds === "terms") return this.terms.get(name)?.terms() ?? [];
    if (holds === "date") return this.date.edtf(text);
    // A language is shown by name; if that isn't changed, its tag stays.
    if (name === "language" && text === languageName(this.group.language)) return this.group.language;
    return holds === "lines" ? text : text.replace(/\s+/g, " ");
  }

  /** @returns {number} of the document that this one repeats; 0: of none, -1: there is no such document */
  copyOf() {
    const entered = this.control("copy").value.trim();
    if (entered === placeNumbered(this.model, this.group.copyOf)) return this.group.copyOf;
    return entered ? (this.model.byPlace(Number(entered))?.number ?? -1) : 0;
  }

  /** @returns {string[]} labels of required fields that are empty */
  missing() {
    const values = this.values();
    const rules = rulesFor(this.config.description, String(values.kind));
    return this.config.description.fields.filter(({ name }) => rules[name]?.use === "required" && !values[name]?.length).map(({ label }) => label);
  }

  /** @returns {Promise<boolean>} whether it can be saved; else it says why, and where */
  async check() {
    this.problem.textContent = "";
    this.values();
    const place = this.control("copy").value.trim();
    if (this.copyOf() < 0) return this.refuse(_("There is no document %(place)s. Enter a place from 1 to %(last)s, or leave it blank.", { place, last: this.model.groups.size }), "copy");
    const wrong = await this.date.check(this.control("date").value.trim(), this.group.date);
    return wrong ? this.refuse(wrong, "date") : true;
  }

  /** @param {string} sentence @param {string} name */
  refuse(sentence, name) {
    this.wrong = this.control(name);
    (this.places.get(name) ?? this.wrong.closest(".field"))?.after(this.problem); // below: the field stays where it is
    this.problem.textContent = sentence;
    this.wrong.focus();
    return false;
  }

  /** @param {string} name @returns {HTMLElement} what somebody else saved in a field that was typed into */
  theirs(name) {
    const { defaultValue } = this.control(name);
    const sentence = defaultValue ? _("Saved meanwhile: “%(text)s”.", { text: defaultValue }) : _("Emptied meanwhile.");
    const line = make("p", { class: "field-hint theirs" }, [make("span", { dir: "auto", text: sentence }), " "]);
    const use = make("button", { type: "button", class: "button is-small", text: _("Use it") });
    use.addEventListener("click", () => {
      const control = this.control(name);
      control.value = control.defaultValue;
      control.dispatchEvent(new Event("input", { bubbles: true }));
      line.remove();
      (this.terms.get(name)?.input ?? control).focus();
    });
    line.append(use);
    return line;
  }

  restored() {
    const line = make("p", { class: "field-hint" }, [_("Restored what you typed before."), " "]);
    const drop = make("button", { type: "button", class: "button is-small", text: _("Discard it") });
    drop.addEventListener("click", () => {
      this.element.reset();
      this.forget();
      for (const field of this.terms.values()) field.draw();
      this.dress();
      for (const theirs of this.element.querySelectorAll(".theirs")) theirs.remove();
      line.remove();
      this.control("title").focus();
    });
    line.append(drop);
    return line;
  }
}
