/** Completion of @names of people who can see the collection. */

import { getJson, make } from "./dom.js";
import { _ } from "../i18n.js";

/** @typedef {{user: string, name: string}} Person */

const BEGUN = /(?:^|[^\w.+-])@([\w.@+-]*)$/;
let made = 0;

/** @param {Person} person @param {string} begun @returns {boolean} whether one of their names begins so */
const fits = ({ user, name }, begun) => [user, name, ...name.split(" ")].some((part) => part.toLowerCase().startsWith(begun.toLowerCase()));

export class Mentions {
  /** @param {HTMLTextAreaElement} field @param {string} address  that lists people */
  constructor(field, address) {
    this.field = field;
    this.address = address;
    const id = `mentions-${++made}`;
    this.list = make("div", { class: "mention-list", role: "listbox", id, hidden: true, "aria-label": _("People") });
    for (const [name, value] of Object.entries({ "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": id, autocomplete: "off" })) {
      field.setAttribute(name, value);
    }
    field.after(this.list);
    /** @type {Person[]} */
    this.people = [];
    this.at = 0;
    field.addEventListener("input", () => void this.ask());
    field.addEventListener("blur", () => this.close());
    field.addEventListener("keydown", (event) => this.key(event));
    // Before the field loses the focus.
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const option = event.target instanceof Element ? event.target.closest("[data-at]") : null;
      if (option instanceof HTMLElement) this.choose(Number(option.dataset.at));
    });
  }

  /** @returns {string | null} what is typed behind the last at sign before the caret */
  begun() {
    return BEGUN.exec(this.field.value.slice(0, this.field.selectionEnd))?.[1] ?? null;
  }

  async ask() {
    const begun = this.begun();
    if (begun === null) return this.close();
    if (!this.list.hidden) this.show(this.people.filter((person) => fits(person, begun))); // until the answer comes
    try {
      /** @type {Person[]} */
      const people = await getJson(`${this.address}?q=${encodeURIComponent(begun)}`);
      if (this.begun() === begun && document.activeElement === this.field) this.show(people.slice(0, 6));
    } catch {
      this.close(); // a name can be typed in full
    }
  }

  /** @param {Person[]} people */
  show(people) {
    this.people = people;
    this.list.replaceChildren(
      ...people.map(({ user, name }, i) => make("div", { role: "option", id: `${this.list.id}-${i}`, class: "mention", "data-at": i }, [
        make("b", { text: name }), make("span", { class: "quiet", text: `@${user}` }),
      ])),
    );
    this.list.hidden = !people.length;
    if (people.length) this.mark(0);
    else this.close();
  }

  close() {
    this.list.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (this.list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.mark((this.at + step + this.people.length) % this.people.length);
    else if (event.key === "Enter" || event.key === "Tab") this.choose(this.at);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** @param {number} at */
  mark(at) {
    this.at = at;
    [...this.list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    this.field.setAttribute("aria-activedescendant", `${this.list.id}-${at}`);
  }

  /** @param {number} at */
  choose(at) {
    const person = this.people[at];
    const { field } = this;
    const caret = field.selectionEnd;
    const from = caret - (this.begun()?.length ?? 0);
    this.close();
    if (!person) return;
    field.setRangeText(`${person.user} `, from, caret, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
