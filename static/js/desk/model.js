/** The browser's model of groups, their pages, and seams. All writes go through `put`, which returns its inverse. */

import { bytesFrom, groupFrom, unpacked, untitledName } from "./records.js";

/** @typedef {import("./records.js").Group} Group */
/** @typedef {import("./records.js").Page} Page */
/** @typedef {import("./records.js").Changes} Changes */
/** @typedef {{group: number, from: number, to: number}} Band  consecutive pages of one group, in scan order */

/** Fires "change" when the arrangement changed and "pages" when pages arrived. */
export class Model extends EventTarget {
  /**
   * @param {any} index  as /index/ sends it
   * @param {{unknown: number, aspectUnits: number, doubtful: number, worth: number}} config
   */
  constructor(index, config) {
    super();
    this.config = config;
    /** @type {Map<number, Page>} */
    this.pages = new Map();
    /** What the server said of pages since the index, whose records may be older and arrive later. @type {Map<number, Partial<Page>>} */
    this.newer = new Map();
    /** Number of the last load of the index: earlier page records may have other positions. */
    this.edition = 0;
    this.version = 0;
    /** Number of documents that wait for a new draft. */
    this.drafting = 0;
    this.redrafted = 0;
    /** @type {[number, number][]} */
    this.held = [];
    this.last = 0;
    this.exists = new Uint8Array(0);
    /** Group ids by position; 0 for unassigned pages. */
    this.at = new Int32Array(0);
    /** @type {Map<number, Group>} */
    this.groups = new Map();
    this.seams = new Uint8Array(0);
    this.aspects = new Uint8Array(0);
    /** @type {Set<number>} */
    this.answered = new Set();
    /** How many comments are open, by the page they are kept with. @type {Map<number, number>} */
    this.comments = new Map();
    /** @type {Band[] | null} */
    this.kept = null;
    /** @type {Map<number, number> | null} */
    this.places = null;
    this.load(index);
  }

  /** @param {any} index */
  load(index) {
    this.edition++;
    this.pages.clear();
    this.newer.clear();
    this.version = index.version;
    this.held = index.held;
    this.last = this.held.at(-1)?.[1] ?? 0;
    this.exists = new Uint8Array(this.last + 2);
    for (const [low, high] of this.held) this.exists.fill(1, low, high + 1);
    this.at = new Int32Array(this.last + 2);
    this.groups = new Map();
    for (const row of unpacked(/** @type {import("./wire.js").Packed<import("./wire.js").GroupRow>} */ (index.groups))) {
      const group = groupFrom(row);
      this.groups.set(group.id, group);
      for (const p of group.pages) this.at[p] = group.id;
    }
    this.seams = bytesFrom(index.seams);
    this.aspects = bytesFrom(index.aspects);
    this.answered = new Set(index.answered);
    this.comments = new Map(index.comments);
    this.drafting = index.drafting ?? 0;
    this.redrafted = index.redrafted ?? 0;
    this.kept = this.places = null;
    this.dispatchEvent(new Event("change"));
  }

  /** Take the drafts of what stands here as the server has it, and nothing else. @param {any} index  as /index/ sends it */
  redraft(index) {
    for (const row of unpacked(/** @type {import("./wire.js").Packed<import("./wire.js").GroupRow>} */ (index.groups))) {
      const fresh = groupFrom(row);
      const group = this.groups.get(fresh.id);
      if (group?.version !== fresh.version) continue; // its own change will be loaded
      this.groups.set(fresh.id, { ...group, draftTitle: fresh.draftTitle, draftKind: fresh.draftKind, draftDate: fresh.draftDate, unsure: fresh.unsure });
    }
    this.drafting = index.drafting ?? 0;
    this.redrafted = index.redrafted ?? 0;
    this.changed();
  }

  /**
   * Replace groups in one step.
   * @param {Changes} changes
   * @returns {Changes} what to put to have it as before
   */
  put(changes) {
    /** @type {Changes} */
    const inverse = new Map();
    for (const id of changes.keys()) {
      const before = this.groups.get(id);
      inverse.set(id, before ?? null);
      for (const p of before?.pages ?? []) if (this.at[p] === id) this.at[p] = 0;
    }
    for (const [id, group] of changes) {
      if (group === null || group.pages.length === 0) this.groups.delete(id);
      else {
        this.groups.set(id, group);
        for (const p of group.pages) this.at[p] = id;
      }
    }
    this.kept = this.places = null;
    return inverse;
  }

  /**
   * @param {Map<number, Partial<Page>>} facts  by position
   * @returns {Map<number, Partial<Page>>} what to put to have them as before
   */
  putPages(facts) {
    /** @type {Map<number, Partial<Page>>} */
    const inverse = new Map();
    for (const [p, changed] of facts) {
      const page = this.pages.get(p);
      if (!page) continue;
      inverse.set(p, Object.fromEntries(Object.keys(changed).map((name) => [name, page[/** @type {keyof Page} */ (name)]])));
      Object.assign(page, changed);
      if (changed.rotation !== undefined) this.reshape(page);
    }
    return inverse;
  }

  /** Notify the views. */
  changed() {
    this.dispatchEvent(new Event("change"));
  }

  /** @param {import("./wire.js").Packed<import("./wire.js").PageRow>} rows @param {number} edition  when they were asked for */
  addPages(rows, edition) {
    if (edition !== this.edition) return;
    let isReshaped = false;
    for (const row of unpacked(rows)) {
      const known = this.newer.get(row.position);
      const page = { ...row, ...known };
      this.pages.set(page.position, page);
      if (known?.rotation !== undefined) isReshaped = this.reshape(page) || isReshaped;
    }
    this.dispatchEvent(new Event("pages"));
    if (isReshaped) this.changed();
  }

  /** @param {number} p @param {Partial<Page>} facts  that the server said, whether or not the record is there */
  tell(p, facts) {
    this.newer.set(p, { ...this.newer.get(p), ...facts });
    const page = this.pages.get(p);
    if (!page) return;
    Object.assign(page, facts);
    if (facts.rotation !== undefined) this.reshape(page);
  }

  /** @returns {Band[]} all pages in scan order; group 0: not proposed yet */
  bands() {
    if (this.kept) return this.kept;
    /** @type {Band[]} */
    const bands = [];
    /** @type {Band | null} */
    let open = null;
    for (let p = 1; p <= this.last; p++) {
      if (!this.exists[p]) {
        open = null;
        continue;
      }
      const group = this.at[p] ?? 0;
      if (open && open.group === group) open.to = p;
      else bands.push((open = { group, from: p, to: p }));
    }
    this.kept = bands;
    return bands;
  }

  /** @param {number} p @returns {Group | undefined} */
  groupAt(p) {
    return this.groups.get(this.at[p] ?? 0);
  }

  /** @param {number} number @returns {Group | undefined} */
  byNumber(number) {
    for (const group of this.groups.values()) if (group.number === number) return group;
    return undefined;
  }

  /** @param {number} p @returns {number} the page before in scan order, 0 if none */
  before(p) {
    for (let q = p - 1; q >= 1; q--) if (this.exists[q]) return q;
    return 0;
  }

  /** @param {number} p @returns {number} the page after in scan order, 0 if none */
  after(p) {
    for (let q = p + 1; q <= this.last; q++) if (this.exists[q]) return q;
    return 0;
  }

  /** @param {number} p @returns {boolean} whether a document ends before this page */
  startsDocument(p) {
    const left = this.before(p);
    return left === 0 || this.at[left] !== this.at[p] || this.at[p] === 0;
  }

  /** @param {number} left @returns {number | null} percent that a document ends after this page */
  probability(left) {
    const byte = this.seams[left - 1];
    return byte === undefined || byte === this.config.unknown ? null : byte;
  }

  /** @param {number} left @returns {boolean} whether the machine doubts and no person has said */
  isDoubtful(left) {
    const chance = this.probability(left);
    if (chance === null || chance < this.config.doubtful || chance > 100 - this.config.doubtful) return false;
    const right = this.after(left);
    if (right === 0 || this.answered.has(left)) return false;
    return !(this.groupAt(left)?.state === "confirmed" && this.groupAt(right)?.state === "confirmed");
  }

  /** @param {number} left @returns {boolean} whether the queue asks for this seam: the desk may well be wrong there */
  isWorthALook(left) {
    const chance = this.probability(left);
    if (chance === null || this.answered.has(left)) return false;
    const right = this.after(left);
    if (!this.at[left] || !this.at[right]) return false;
    const { worth } = this.config;
    return chance <= 100 - worth && chance >= worth && (this.at[left] === this.at[right] ? chance : 100 - chance) >= worth;
  }

  /** @param {Group} group @returns {number} its place among all, by their first pages: 1, 2, … */
  placeOf(group) {
    if (!this.places) {
      /** @type {Map<number, number>} */
      const places = new Map();
      for (const { group: id } of this.bands()) if (id && !places.has(id)) places.set(id, places.size + 1);
      this.places = places;
    }
    return this.places.get(group.id) ?? 0;
  }

  /** @param {number} place @returns {Group | undefined} */
  byPlace(place) {
    for (const group of this.groups.values()) if (this.placeOf(group) === place) return group;
    return undefined;
  }

  /** The shape as it lies now. @param {Page} page @returns {boolean} whether that is another */
  reshape({ position, width, height, rotation }) {
    const was = this.aspects[position - 1];
    const shape = rotation % 180 ? height / width : width / height;
    this.aspects[position - 1] = Math.max(1, Math.min(255, Math.round(shape * this.config.aspectUnits)));
    return this.aspects[position - 1] !== was;
  }

  /** @param {number} p @returns {number} width / height */
  aspect(p) {
    return (this.aspects[p - 1] ?? 38) / this.config.aspectUnits;
  }

  /** @param {Group} group @returns {string} what it is called */
  titleOf(group) {
    return group.title || group.draftTitle || untitledName(group);
  }

  /** @param {Group} group @returns {number} open comments on its pages */
  commentsOn(group) {
    if (!this.comments.size) return 0;
    let open = 0;
    for (const p of group.pages) open += this.comments.get(p) ?? 0;
    return open;
  }

  /** Where comments are open now. @param {[number, number][]} open  position and how many */
  setComments(open) {
    if (JSON.stringify(open) === JSON.stringify([...this.comments])) return;
    this.comments = new Map(open);
    this.changed();
  }

  /** Count documents for the progress next to the stream. */
  tally() {
    let confirmed = 0;
    let confirmedPages = 0;
    let flagged = 0;
    for (const group of this.groups.values()) {
      if (group.state === "confirmed") {
        confirmed++;
        confirmedPages += group.pages.length;
      }
      if (group.flagged) flagged++;
    }
    let doubtful = 0;
    let open = 0;
    let worth = 0;
    let pages = 0;
    for (let p = 1; p <= this.last; p++) {
      if (!this.exists[p]) continue;
      pages++;
      if (this.isDoubtful(p)) doubtful++;
      const right = this.after(p);
      const settled = this.groupAt(p)?.state === "confirmed" && this.groupAt(right)?.state === "confirmed";
      if (right === 0 || settled) continue;
      open++;
      if (this.isWorthALook(p)) worth++;
    }
    return { pages, groups: this.groups.size, confirmed, confirmedPages, flagged, doubtful, open, worth };
  }
}

/** @param {Model} model @param {number} number @returns {string} how people call the document with this number */
export function placeNumbered(model, number) {
  const group = number ? model.byNumber(number) : undefined;
  return group ? String(model.placeOf(group)) : "";
}
