/** The windowed stream: only rows near the view have elements, however many pages there are. */

import { bandHead, dressHead, dressPage, foldCell, pageCell, seamCell, stopLoading } from "./cells.js";
import { getJson, make } from "./dom.js";
import { CAPTION, HEAD, SEAM, hit, pack, pagesOf, rowAt } from "./layout.js";
import { isFromRight } from "../i18n.js";

/** @typedef {import("./records.js").Config} Config */
/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./model.js").Band} Band */

/** Browsers limit the height of an element to about 16.7 million pixels; up to this, the scroll bar is exact. */
const TALLEST = 8_000_000;
/** Rows kept ready above and below the view; they are built one per frame, so that no frame is long. */
const OVERSCAN_ROWS = 2;
const BLOCK = 100;
const TOP = 6;
const LEAST_THUMB = 100;
const AROUND_THUMB = HEAD + CAPTION + 2 * TOP;
/** Documents with more pages are collapsed to their first and last ones, unless there is something to check inside. */
const LONG = 6;
/** Least confidence for that, in percent. */
const SURE = 95;

export class Stream {
  /**
   * @param {HTMLElement} scroller
   * @param {Model} model
   * @param {Config} config
   * @param {import("./selection.js").Selection} selection
   * @param {{splitKey: string, shows: (band: Band) => boolean, cut: Set<number>, onFocus: (p: number) => void}} given
   */
  constructor(scroller, model, config, selection, given) {
    this.scroller = scroller;
    this.model = model;
    this.config = config;
    this.selection = selection;
    this.given = given;
    this.thumb = 200;
    this.onePerRow = false;
    this.foldsLong = true;
    /** @type {Set<number>} groups that were unfolded, or folded, against the rule */
    this.toggled = new Set();
    this.focus = model.held[0]?.[0] ?? 0;
    /** The focused page before a filter showed nothing. */
    this.left = 0;
    this.canvas = make("div", { class: "canvas", role: "presentation" });
    scroller.append(this.canvas);
    /** @type {Map<number, HTMLElement>} row elements by index */
    this.rowElements = new Map();
    /** @type {Map<number, HTMLElement>} cells by position */
    this.cells = new Map();
    /** @type {Set<number>} */
    this.asked = new Set();
    this.edition = model.edition;
    /** Difference between the true position and the scroll bar's, for streams taller than TALLEST. */
    this.shift = 0;
    this.lastTop = 0;
    this.layout = this.packed();
    this.frame = 0;
    scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.relayout()).observe(scroller);
    model.addEventListener("change", () => this.relayout());
    model.addEventListener("pages", () => this.dress());
    selection.addEventListener("change", () => this.dress());
  }

  packed() {
    return pack(this.model.bands().filter(this.given.shows), {
      width: this.canvas.clientWidth,
      thumb: Math.min(this.thumb, this.highest()),
      highest: this.highest(),
      last: this.model.last,
      onePerRow: this.onePerRow,
      aspect: (p) => this.model.aspect(p),
      folds: (band) => this.isFolded(band),
    });
  }

  /** Height of rows, never more than the window: at 400% zoom, a whole page has to be visible. */
  highest() {
    return Math.max(LEAST_THUMB, this.scroller.clientHeight - AROUND_THUMB);
  }

  /** Whether only the first and the last page are shown. @param {Band} band */
  isFolded(band) {
    if (band.to - band.from < 2 || !band.group) return false;
    return (this.foldsLong && this.isPlain(band)) !== this.toggled.has(band.group);
  }

  /** Whether nobody has to look inside: long, and confirmed or sure throughout. @param {Band} band */
  isPlain(band) {
    if (band.to - band.from < LONG) return false;
    const group = this.model.groups.get(band.group);
    if (!group || group.flagged) return false;
    if (group.state !== "confirmed" && (group.confidence ?? 0) < SURE) return false;
    for (let p = band.from; p < band.to; p++) if (this.model.isDoubtful(p)) return false;
    return true;
  }

  /** Show all pages of a group, or fold them away. @param {number} group */
  toggleFold(group) {
    if (!this.toggled.delete(group)) this.toggled.add(group);
    if (this.layoutHides(this.focus)) this.focus = this.model.groups.get(group)?.pages[0] ?? this.focus;
    this.relayout();
    this.setFocus(this.focus);
  }

  /** @param {number} group */
  mayFold(group) {
    return this.model.bands().some((band) => band.group === group && band.to - band.from > 1);
  }

  /** @param {number} p */
  layoutHides(p) {
    const band = this.model.bands().find(({ from, to }) => p >= from && p <= to);
    return band !== undefined && p > band.from && p < band.to && this.isFolded(band) && this.given.shows(band);
  }

  /** Lay out again and keep the focused page, or what is at the top, where it is on the screen. */
  relayout() {
    const top = this.top();
    const anchor = this.isInView(this.focus) ? this.focus : this.firstInView();
    const from = this.layout.rowOf[anchor] ?? -1;
    const offset = (this.layout.rows[from]?.y ?? 0) - top;
    this.layout = this.packed();
    const height = this.height();
    this.canvas.style.height = `${Math.min(height, TALLEST)}px`;
    const to = this.layout.rowOf[anchor] ?? -1;
    if (from >= 0 && to >= 0) this.goTo((this.layout.rows[to]?.y ?? 0) - offset);
    this.scroller.setAttribute("aria-rowcount", String(this.layout.rows.length));
    this.render(true);
  }

  height() {
    return this.layout.height + TOP + 80;
  }

  /** @returns {number} the true place of the upper edge */
  top() {
    return this.scroller.scrollTop + this.shift;
  }

  /** @param {number} y true place */
  goTo(y) {
    const view = this.scroller.clientHeight;
    const total = this.height();
    const top = Math.max(0, Math.min(y, total - view));
    if (total <= TALLEST) this.shift = 0;
    else this.shift = Math.round(top * (1 - (TALLEST - view) / (total - view)));
    this.scroller.scrollTop = top - this.shift;
    this.lastTop = this.scroller.scrollTop;
  }

  scrolled() {
    const total = this.height();
    const now = this.scroller.scrollTop;
    const view = this.scroller.clientHeight;
    if (total > TALLEST && Math.abs(now - this.lastTop) > view * 2) {
      // The scroll bar was dragged: go to the proportional position.
      this.shift = Math.round(now * ((total - view) / (TALLEST - view)) - now);
    } else if (total > TALLEST && (now < view || now > TALLEST - 2 * view)) this.goTo(this.top());
    this.lastTop = this.scroller.scrollTop;
    if (!this.frame) this.frame = requestAnimationFrame(() => this.render(false));
  }

  /** @param {boolean} all  whether rows that stand must be built again */
  render(all) {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const { rows } = this.layout;
    const top = this.top();
    const inView = { first: Math.max(0, rowAt(this.layout, top - TOP)), last: rowAt(this.layout, top + this.scroller.clientHeight) };
    const first = Math.max(0, inView.first - OVERSCAN_ROWS);
    const last = Math.min(rows.length - 1, inView.last + OVERSCAN_ROWS);
    const hadFocus = document.activeElement instanceof HTMLElement && this.canvas.contains(document.activeElement);
    for (const [index, element] of this.rowElements) {
      if (all || index < first || index > last) {
        element.remove();
        this.rowElements.delete(index);
      }
    }
    /** @type {Set<number>} */
    const used = new Set();
    let ahead = 0;
    for (let index = first; index <= last; index++) {
      for (const segment of rows[index]?.segments ?? []) for (const p of pagesOf(this.layout, segment)) used.add(p);
      let element = this.rowElements.get(index);
      if (!element) {
        if ((index < inView.first || index > inView.last) && ++ahead > 1) continue;
        element = this.buildRow(index);
        this.rowElements.set(index, element);
        this.insert(element, index);
      }
      element.style.transform = `translateY(${(rows[index]?.y ?? 0) + TOP - this.shift}px)`;
    }
    if (ahead > 1) this.frame = requestAnimationFrame(() => this.render(false));
    for (const [p, cell] of this.cells) {
      if (used.has(p)) continue;
      stopLoading(cell);
      this.cells.delete(p);
    }
    if (hadFocus && !this.canvas.contains(document.activeElement)) this.cells.get(this.focus)?.focus({ preventScroll: true });
    this.ensureTabStop();
    this.load(used);
  }

  /** Rows stay in reading order in the document, for those who read it by ear. @param {HTMLElement} element @param {number} index */
  insert(element, index) {
    const later = [...this.rowElements.keys()].filter((other) => other > index).sort((a, b) => a - b)[0];
    const next = later === undefined ? null : (this.rowElements.get(later) ?? null);
    this.canvas.insertBefore(element, next?.parentElement === this.canvas ? next : null);
  }

  /** @param {number} index */
  buildRow(index) {
    const element = make("div", { class: "row", role: "row", "aria-rowindex": index + 1 });
    const row = this.layout.rows[index];
    if (!row) return element;
    element.style.height = `${row.height}px`;
    for (const segment of row.segments) {
      const inside = this.model.at[this.focus] === segment.group;
      element.append(bandHead(this.model, this.config, segment, row.head, inside));
      if (segment.fold) element.append(foldCell(segment, segment.fold, row));
      for (const p of pagesOf(this.layout, segment)) {
        const x = this.layout.xOf[p] ?? 0;
        const seam = seamCell(this.model, p, {
          x, head: row.head, thumb: row.thumb, mayEdit: this.config.mayEdit, key: this.given.splitKey,
        });
        if (seam) element.append(seam);
        let cell = this.cells.get(p);
        if (!cell) this.cells.set(p, (cell = pageCell(p)));
        this.dressOne(p, cell);
        element.append(cell);
      }
    }
    return element;
  }

  /** @param {number} p @param {HTMLElement} cell */
  dressOne(p, cell) {
    const row = this.layout.rows[this.layout.rowOf[p] ?? -1];
    dressPage(cell, this.model, this.config, {
      p,
      x: this.layout.xOf[p] ?? 0,
      width: this.layout.widthOf[p] ?? 0,
      head: row?.head ?? HEAD,
      thumb: row?.thumb ?? this.thumb,
      selected: this.selection.has(p),
      candidate: this.selection.candidates.has(p),
      focused: p === this.focus,
      cut: this.given.cut.has(p),
    });
  }

  /** Update elements after the selection or focus changed or pages were loaded, without moving any. */
  dress() {
    for (const [p, cell] of this.cells) this.dressOne(p, cell);
    const mine = this.model.at[this.focus] ?? 0;
    for (const head of this.canvas.querySelectorAll(".band-head")) {
      if (head instanceof HTMLElement) dressHead(head, mine !== 0 && head.dataset.group === String(mine));
    }
    this.ensureTabStop();
  }

  /** Let Tab always reach one page, even if the focused one is far out of view. */
  ensureTabStop() {
    if (this.cells.has(this.focus)) return;
    const first = [...this.cells.entries()].sort(([a], [b]) => a - b)[0];
    if (first) first[1].tabIndex = 0;
  }

  /** @param {Set<number>} wanted positions on or near the screen */
  load(wanted) {
    /** @type {Set<number>} */
    const blocks = new Set();
    for (const p of wanted) if (!this.model.pages.has(p)) blocks.add(Math.floor((p - 1) / BLOCK));
    const { edition } = this.model;
    if (this.edition !== edition) this.asked.clear();
    this.edition = edition;
    for (const block of blocks) {
      if (this.asked.has(block)) continue;
      this.asked.add(block);
      const from = block * BLOCK + 1;
      getJson(`${this.config.urls.pages}?from=${from}&to=${from + BLOCK - 1}`)
        .then((data) => this.model.addPages(data.pages, edition))
        .catch(() => setTimeout(() => {
          this.asked.delete(block);
          this.render(false);
        }, 3000));
    }
  }

  /** @param {number} p @param {{keyboard?: boolean}} [how] */
  setFocus(p, { keyboard = true } = {}) {
    if (!p) return;
    this.focus = p;
    if (keyboard) this.reveal(p);
    this.dress();
    this.cells.get(p)?.focus({ preventScroll: true });
    // In a very low window the whole desk scrolls, so scroll all of the stream into view.
    if (keyboard && document.documentElement.scrollHeight > innerHeight) this.scroller.scrollIntoView({ block: "end" });
    this.given.onFocus(p);
  }

  /** A leap: the page comes to the middle of the view. @param {number} p */
  goToPage(p) {
    this.setFocus(p);
    this.reveal(p, true);
    this.setFocus(p);
  }

  /** Deselect and unfocus pages that a filter hides, so that acts never affect pages out of sight. */
  settle() {
    const bands = this.model.bands().filter(this.given.shows);
    /** @param {number} p */
    const isShown = (p) => bands.some(({ from, to }) => p >= from && p <= to);
    this.selection.keep(isShown);
    if (isShown(this.focus)) return;
    this.left = this.focus || this.left;
    const near = bands.find(({ to }) => to >= this.left) ?? bands.at(-1);
    this.focus = near ? Math.max(near.from, Math.min(near.to, this.left)) : 0;
    this.reveal(this.focus);
    this.dress();
    this.given.onFocus(this.focus);
  }

  /** Scroll only as far as needed. @param {number} p @param {boolean} [center] */
  reveal(p, center = false) {
    if ((this.layout.rowOf[p] ?? -1) < 0 && this.layoutHides(p)) {
      const group = this.model.at[p] ?? 0;
      if (!this.toggled.delete(group)) this.toggled.add(group);
      this.relayout();
    }
    const row = this.layout.rows[this.layout.rowOf[p] ?? -1];
    if (!row) return;
    const rowHeight = row.height;
    const y = row.y + TOP;
    const view = this.scroller.clientHeight;
    const bar = 72; // the selection bar covers the lower edge
    if (center || y + rowHeight < this.top() - view || y > this.top() + 2 * view) this.goTo(y - Math.max(0, (view - rowHeight) / 3));
    else if (y < this.top() || rowHeight + bar > view) this.goTo(y - TOP);
    else if (y + rowHeight + bar > this.top() + view) this.goTo(y + rowHeight + bar - view);
    this.render(false);
  }

  /** @param {number} p */
  isInView(p) {
    const row = this.layout.rows[this.layout.rowOf[p] ?? -1];
    if (!row) return false;
    const y = row.y + TOP;
    return y + row.height > this.top() && y < this.top() + this.scroller.clientHeight;
  }

  firstInView() {
    return this.layout.rows[rowAt(this.layout, this.top() - TOP)]?.segments[0]?.from ?? 0;
  }

  /** @param {number} clientX @param {number} clientY */
  hitAt(clientX, clientY) {
    const box = this.scroller.getBoundingClientRect();
    const room = this.canvas.getBoundingClientRect();
    const x = isFromRight() ? room.right - clientX : clientX - room.left;
    return hit(this.layout, x, clientY - box.top + this.top() - TOP);
  }

  /** @returns {number[]} what the filter shows, in scan order */
  shown() {
    const shown = [];
    for (const row of this.layout.rows) for (const s of row.segments) for (let p = s.from; p <= s.to; p++) shown.push(p);
    return shown;
  }
}

export { SEAM };
