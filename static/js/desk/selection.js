/** The selected pages, by position rather than by element, so that scrolling, zooming, and reloading keep them. */

/** Fires "change". */
export class Selection extends EventTarget {
  /**
   * @param {() => Iterable<number>} shown  the positions now shown, in scan order
   * @param {string} storageKey
   */
  constructor(shown, storageKey) {
    super();
    this.shown = shown;
    this.storageKey = storageKey;
    /** @type {Set<number>} */
    this.chosen = new Set(JSON.parse(sessionStorage.getItem(storageKey) ?? "[]"));
    /** @type {number | null} */
    this.anchor = null;
    /** @type {Set<number>} what a Shift+click would add */
    this.candidates = new Set();
    /** Whether everything that the filter shows was selected, and nothing was added or left out since. */
    this.everything = false;
  }

  get size() {
    return this.chosen.size;
  }

  /** @param {number} p */
  has(p) {
    return this.chosen.has(p);
  }

  /** @returns {number[]} in scan order */
  list() {
    return [...this.chosen].sort((a, b) => a - b);
  }

  /** @param {number} p  only this one */
  only(p) {
    this.anchor = p;
    this.set([p]);
  }

  /** @param {number} p */
  toggle(p) {
    this.anchor = p;
    if (this.chosen.has(p)) this.chosen.delete(p);
    else this.chosen.add(p);
    this.tell();
  }

  /**
   * Select from the anchor to here, and nothing else.
   * @param {number} p
   */
  extendTo(p) {
    this.anchor ??= p;
    this.set(this.between(this.anchor, p));
  }

  /** Select everything that the filter shows, in view or not. */
  all() {
    this.set(this.shown());
    this.everything = true;
    this.dispatchEvent(new Event("change"));
  }

  /** @param {Iterable<number>} positions */
  set(positions) {
    this.chosen = new Set(positions);
    this.tell();
  }

  /** @param {(p: number) => boolean} isShown  all others are let go */
  keep(isShown) {
    const kept = this.list().filter(isShown);
    if (kept.length < this.size) this.set(kept);
    if (this.anchor !== null && !isShown(this.anchor)) this.anchor = null;
  }

  clear() {
    this.anchor = null;
    if (this.chosen.size) this.set([]);
  }

  /** @param {number | null} p  where the pointer is while Shift is down */
  preview(p) {
    const next = p === null || this.anchor === null ? [] : this.between(this.anchor, p);
    if (next.length === 0 && this.candidates.size === 0) return;
    this.candidates = new Set(next);
    this.dispatchEvent(new Event("change"));
  }

  /** @param {number} a @param {number} b @returns {number[]} */
  between(a, b) {
    const [low, high] = a < b ? [a, b] : [b, a];
    const range = [];
    for (const p of this.shown()) if (p >= low && p <= high) range.push(p);
    return range;
  }

  tell() {
    this.everything = false;
    this.candidates = new Set();
    sessionStorage.setItem(this.storageKey, JSON.stringify(this.list()));
    this.dispatchEvent(new Event("change"));
  }
}
