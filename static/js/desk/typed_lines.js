/** Names under which this tab stores unsaved lines of a page’s text, including new lines, which have no ID. */

import { renameTyped, typedUnder, wasTyped } from "./typed.js";

/** New lines that are being sent or aren't saved. */
const MOST_ADDED = 20;

export class TypedLines {
  /** @param {string} slug  of the collection */
  constructor(slug) {
    this.slug = slug;
  }

  /** @param {number} page */
  start(page) {
    return `${this.slug}-line-${page}-`;
  }

  /** @param {number} page @param {HTMLElement} row @returns {string} */
  name(page, row) {
    return this.start(page) + (row.dataset.line ?? `new-${row.dataset.added}`);
  }

  /** @param {number} page @param {HTMLElement} row @returns {boolean} whether something was typed into it */
  has(page, row) {
    return wasTyped(this.name(page, row));
  }

  /** @param {number} page @param {HTMLElement[]} rows @returns {number} for a new line */
  free(page, rows) {
    const used = new Set(rows.map((row) => row.dataset.added));
    return [...Array(MOST_ADDED).keys()].find((n) => !used.has(String(n)) && !wasTyped(`${this.start(page)}new-${n}`)) ?? 0;
  }

  /** A new reading may lack a line: what was typed into it becomes a line to add. @param {number} page @param {HTMLElement[]} rows */
  adopt(page, rows) {
    const known = new Set(rows.map((row) => row.dataset.line));
    for (const id of typedUnder(this.start(page))) {
      if (!id.startsWith("new-") && !known.has(id)) renameTyped(this.start(page) + id, `${this.start(page)}new-${this.free(page, rows)}`);
    }
  }

  /** @param {number} page @param {HTMLElement[]} rows @returns {number[]} numbers of new lines that were typed and aren’t among the rows */
  missing(page, rows) {
    const shown = new Set(rows.map((row) => row.dataset.added));
    return [...Array(MOST_ADDED).keys()].filter((n) => wasTyped(`${this.start(page)}new-${n}`) && !shown.has(String(n)));
  }
}
