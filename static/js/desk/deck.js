/** The loaded places to check: those passed, the one on the screen, the next ones, and those that were skipped. */

import { placeOf } from "./seams.js";

/** @typedef {import("./seams.js").Seam} Seam */

export class Deck {
  /** @type {Seam[]} */
  passed = [];
  /** @type {Seam | null} */
  current = null;
  /** @type {Seam[]} */
  ahead = [];
  /** @type {Set<number>} */
  skipped = new Set();

  /** The place on the screen and the next ones. */
  get upcoming() {
    return [...(this.current ? [this.current] : []), ...this.ahead];
  }

  /** Everything that is loaded. */
  get all() {
    return [...this.passed, ...this.upcoming];
  }

  clear() {
    this.passed = [];
    this.current = null;
    this.ahead = [];
    this.skipped.clear();
  }

  /**
   * Take the server's queue. The place on the screen and the next one stay, so that nothing moves.
   * @param {Seam[]} seams
   */
  update(seams) {
    const shown = this.current;
    const [here, next] = [placeOf(shown), placeOf(this.ahead[0])];
    const fresh = seams.find((seam) => placeOf(seam) === here);
    // The pair holds these objects and wouldn't notice changes in others.
    if (shown && fresh) Object.assign(shown, fresh, { left: Object.assign(shown.left, fresh.left), right: Object.assign(shown.right, fresh.right) });
    const others = seams.filter((seam) => ![here, next].includes(placeOf(seam)) && !this.skipped.has(placeOf(seam)));
    this.ahead = [...seams.filter((seam) => placeOf(seam) === next && next !== here), ...others];
  }

  /** Put the next place on the screen. */
  advance() {
    this.current = this.ahead.shift() ?? null;
  }

  /** Go past the place on the screen, which remains available for going back. */
  pass() {
    if (this.current) this.passed.push(this.current);
    this.advance();
  }

  /** Go past the place on the screen, and don’t show it again when the queue is loaded. */
  skip() {
    this.skipped.add(placeOf(this.current));
    this.pass();
  }

  /** Put a place on the screen. The one that was there comes next. @param {Seam} seam */
  show(seam) {
    const place = placeOf(seam);
    this.passed = this.passed.filter((one) => placeOf(one) !== place);
    this.ahead = this.ahead.filter((one) => placeOf(one) !== place);
    if (this.current && placeOf(this.current) !== place) this.ahead.unshift(this.current);
    this.current = seam;
    this.skipped.delete(place);
  }

  /** These were answered from elsewhere. @param {Seam[]} seams @returns {boolean} whether the place on the screen is one of them */
  drop(seams) {
    const places = new Set(seams.map(placeOf));
    this.ahead = this.ahead.filter((seam) => !places.has(placeOf(seam)));
    return places.has(placeOf(this.current));
  }

  /**
   * Bring places back whose answers were refused.
   * @param {Seam[]} seams
   * @param {"again" | "skip" | "drop"} then  ask again next, don’t show them again, or leave it to the server
   */
  refuse(seams, then) {
    this.passed = this.passed.filter((seam) => !seams.includes(seam));
    if (then === "again") this.ahead.unshift(...seams);
    else if (then === "skip") for (const seam of seams) this.skipped.add(placeOf(seam));
  }
}
