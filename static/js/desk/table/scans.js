/** The pages of the document whose row has the focus, beside the table, large enough to read a title or a date. */

import { uprightAddress } from "../cells.js";
import { getJson, make } from "../dom.js";
import { _, _n, number } from "../../i18n.js";

/** @typedef {import("../records.js").Group} Group */

/** Of a document; more are seen beside its description. */
const MOST = 40;
const KEPT = "hhreview-table-scans";

export class Scans {
  /**
   * @param {HTMLElement} element
   * @param {HTMLButtonElement} button  that opens and closes it
   * @param {import("../records.js").Config} config
   * @param {import("../model.js").Model} model
   */
  constructor(element, button, config, model) {
    this.element = element;
    this.button = button;
    this.config = config;
    this.model = model;
    /** @type {Group | undefined} */
    this.group = undefined;
    /** @type {Group | undefined} */
    this.next = undefined;
    this.drawn = "";
    button.addEventListener("click", () => this.toggle());
    element.addEventListener("click", (event) => this.zoom(event));
    // A click leaves the focus, and what is being typed, in the table.
    element.addEventListener("pointerdown", (event) => {
      if (event.target instanceof Element && event.target.closest(".table-scan")) event.preventDefault();
    });
    this.set(localStorage.getItem(KEPT) === "open");
  }

  get isOpen() {
    return !this.element.hidden;
  }

  toggle() {
    this.set(!this.isOpen);
    localStorage.setItem(KEPT, this.isOpen ? "open" : "shut");
    this.draw();
  }

  /** @param {boolean} isOpen */
  set(isOpen) {
    this.element.hidden = !isOpen;
    this.button.setAttribute("aria-expanded", String(isOpen));
  }

  /** @param {Group} [group]  of the row with the focus @param {Group} [next]  of the row below, whose first page is loaded ahead */
  show(group, next) {
    this.group = group;
    this.next = next;
    this.draw();
  }

  draw() {
    if (!this.isOpen) return;
    const pages = (this.group?.pages ?? []).slice(0, MOST);
    const ahead = this.next?.pages.slice(0, 1) ?? [];
    void this.known([...pages, ...ahead]);
    const shown = pages.flatMap((p) => this.model.pages.get(p) ?? []);
    const now = JSON.stringify([this.group?.id, shown.map((page) => uprightAddress(this.config, page, 1280))]);
    if (now === this.drawn) return;
    this.drawn = now;
    const left = (this.group?.pages.length ?? 0) - pages.length;
    this.element.replaceChildren(
      ...shown.map((page) => this.page(page)),
      ...(left > 0 && shown.length ? [make("p", { class: "quiet", text: _n("And %(count)s more page.", "And %(count)s more pages.", left, { count: number(left) }) })] : []),
    );
    this.element.classList.remove("is-large");
    this.element.scrollTop = 0;
    for (const p of ahead) {
      const page = this.model.pages.get(p);
      if (page) new Image().src = uprightAddress(this.config, page, 1280);
    }
  }

  /** @param {import("../records.js").Page} page */
  page(page) {
    const [width, height] = page.rotation % 180 ? [page.height, page.width] : [page.width, page.height];
    const p = number(page.position);
    const label = page.restricted ? `${_("Page %(p)s", { p })}, ${_("restricted")}` : _("Page %(p)s", { p });
    return make("button", { type: "button", class: "table-scan", title: _("Enlarge or reduce"), "aria-label": label }, [
      make("img", { src: uprightAddress(this.config, page, 1280), alt: "", width, height, loading: "lazy", decoding: "async" }), make("span", { text: p }),
    ]);
  }

  /** Enlarge the page where it was clicked, or reduce all again. @param {MouseEvent} event */
  zoom(event) {
    const image = event.target instanceof Element ? event.target.closest(".table-scan")?.querySelector("img") : null;
    if (!image) return;
    const before = image.getBoundingClientRect();
    const [across, down] = event.detail ? [(event.clientX - before.left) / before.width, (event.clientY - before.top) / before.height] : [0, 0];
    this.element.classList.toggle("is-large");
    const after = image.getBoundingClientRect();
    const room = this.element.getBoundingClientRect();
    this.element.scrollBy(after.left + across * after.width - room.left - room.width / 2, after.top + down * after.height - room.top - room.height / 2);
  }

  /** Load the records of pages that nobody looked at yet, and draw again. @param {number[]} positions */
  async known(positions) {
    const missing = positions.filter((p) => !this.model.pages.has(p));
    if (!missing.length) return;
    const { edition } = this.model;
    try {
      const { pages } = await getJson(`${this.config.urls.pages}?at=${missing.join(",")}`);
      this.model.addPages(pages, edition);
    } catch {
      return; // asked for again with the next row
    }
    if (missing.every((p) => this.model.pages.has(p))) this.draw();
  }
}
