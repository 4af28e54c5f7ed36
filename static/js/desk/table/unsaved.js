/** Unsaved text in cells, stored in this tab so that it survives a reload, a refusal, or a joined document. */

import { person } from "../dom.js";
import { keyFor } from "../typed.js";
import { _ } from "../../i18n.js";

/** @typedef {{text: string, message: string, page: number}} Typed  page: the first one of the document it is for */
/** @typedef {{id: number, name: string}} Place  a document and a field */

export class Unsaved {
  /**
   * @param {string} name  under which the tab keeps it
   * @param {import("../model.js").Model} model
   */
  constructor(name, model) {
    this.key = keyFor(person(), name);
    this.model = model;
    /** @type {Record<string, Typed>} */
    this.kept = JSON.parse(sessionStorage.getItem(this.key) ?? "{}");
    /** First pages of documents that were typed for: a document that is joined with another has none any more. @type {Map<number, number>} */
    this.pages = new Map();
  }

  get count() {
    return Object.keys(this.kept).length;
  }

  /** @param {number} id @param {string} name @returns {Typed | undefined} */
  at(id, name) {
    return this.kept[`${id}/${name}`];
  }

  /** @param {number} id */
  isFor(id) {
    const page = this.model.groups.get(id)?.pages[0];
    if (page) this.pages.set(id, page);
  }

  /** @param {number} id @param {string} name @param {string | null} text  null: nothing is left to save @param {string} [message] */
  keep(id, name, text, message = _("Not saved yet.")) {
    this.isFor(id);
    if (text === null) delete this.kept[`${id}/${name}`];
    else this.kept[`${id}/${name}`] = { text, message, page: this.pages.get(id) ?? this.at(id, name)?.page ?? 0 };
    this.store();
  }

  /** @param {number} id  of a document that is gone @returns {number} the one that has its first page now; 0: none */
  heir(id) {
    return this.model.groupAt(this.pages.get(id) ?? 0)?.id ?? 0;
  }

  /** What was typed for documents that are gone waits in the one that has their first page now. @returns {boolean} whether any is */
  follow() {
    let moved = false;
    for (const { id, name } of this.places()) {
      const typed = this.at(id, name);
      const group = this.model.groups.has(id) || !typed ? undefined : this.model.groupAt(typed.page);
      if (!group || !typed) continue;
      delete this.kept[`${id}/${name}`];
      const text = [this.at(group.id, name)?.text, typed.text].filter(Boolean).join(" ");
      this.keep(group.id, name, text, _("Typed for a document that is now part of this one. Not saved yet."));
      moved = true;
    }
    return moved;
  }

  /** @returns {Place[]} in scan order */
  places() {
    const places = Object.keys(this.kept).map((key) => ({ id: Number(key.split("/")[0]), name: key.split("/")[1] ?? "" }));
    return places.sort((one, other) => (this.at(one.id, one.name)?.page ?? 0) - (this.at(other.id, other.name)?.page ?? 0));
  }

  store() {
    sessionStorage.setItem(this.key, JSON.stringify(this.kept));
  }
}
