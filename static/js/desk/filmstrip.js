/** The pages around the open one, document by document, with the seams between them as buttons. */

import { scanAddress, seamButton } from "./cells.js";
import { icon, make } from "./dom.js";
import { _ } from "../i18n.js";

/** Width of a page with its seam, and of both ends of the strip, px. */
const PAGE = 82;
const ENDS = 40;

/** Label on a restricted page, which explains why it is blurred. */
export function lock() {
  return make("span", { class: "film-lock" }, [icon("lock")]);
}

export class Filmstrip {
  /**
   * @param {HTMLElement} element
   * @param {import("./records.js").Config} config
   * @param {import("./model.js").Model} model
   * @param {{load: (positions: Set<number>) => void, open: (p: number) => void, toggle: (p: number) => void}} how
   */
  constructor(element, config, model, how) {
    this.element = element;
    this.config = config;
    this.model = model;
    this.load = how.load;
    element.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (button?.dataset.film) how.open(Number(button.dataset.film));
      else if (button?.dataset.seam) how.toggle(Number(button.dataset.seam));
    });
  }

  /** @param {number} p @param {number} [left]  the page before it, where both are open */
  show(p, left = p) {
    const pages = this.around(p);
    this.load(new Set(pages));
    /** @type {HTMLElement[]} */
    const documents = [];
    let group = -1;
    let row = make("div");
    for (const q of pages) {
      const own = this.model.at[q] ?? 0;
      if (own !== group || own === 0) {
        group = own;
        const held = this.model.groupAt(q);
        const isHere = own !== 0 && own === this.model.at[p];
        row = make("div", { class: "film-pages" });
        documents.push(make("div", { class: `film-document${isHere ? " is-here" : ""}` }, [
          make("div", { class: "film-title", dir: "auto", text: held ? this.model.titleOf(held) : _("Not proposed yet") }), row,
        ]));
      }
      const seam = seamButton(this.model, q, this.config.mayEdit, "");
      if (seam) row.append(seam);
      const page = this.model.pages.get(q);
      const isHere = q === p || q === left;
      row.append(make("button", {
        class: `film-page${isHere ? " is-here" : ""}`, type: "button", "data-film": q, "aria-label": [_("Page %(q)s", { q }), page?.restricted && _("restricted")].filter(Boolean).join(", "),
        "aria-current": isHere ? "true" : undefined,
      }, [make("img", { alt: "", src: page ? scanAddress(this.config, page, 320) : undefined, "data-rotation": page?.rotation || undefined }), page?.restricted ? lock() : null, make("span", { text: String(q) })]));
    }
    this.element.replaceChildren(...documents);
  }

  /** As many pages as there is room for, the open one in the middle where it can be. @param {number} p */
  around(p) {
    const room = Math.max(3, Math.floor((innerWidth - ENDS) / PAGE));
    const pages = [p];
    let [first, last] = [p, p];
    while (pages.length < room) {
      const before = pages.length % 2 || !this.model.after(last) ? this.model.before(first) : 0;
      const after = before ? 0 : this.model.after(last);
      if (before) pages.unshift((first = before));
      else if (after) pages.push((last = after));
      else if (this.model.before(first)) pages.unshift((first = this.model.before(first)));
      else break;
    }
    return pages;
  }
}
