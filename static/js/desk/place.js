/** The large view and the view for describing in the browser's history: Back closes them, Forward and a reload open them. */

/** @typedef {"page" | "seam" | "describe" | "comments"} Mode */

/** @returns {{mode: Mode, identifier: string} | null} what the address names */
export function placeNamed() {
  const [, mode, identifier] = /^#(page|seam|describe|comments)\/(.+)$/.exec(location.hash) ?? [];
  return identifier ? { mode: /** @type {Mode} */ (mode), identifier: decodeURIComponent(identifier) } : null;
}

export class Place {
  /**
   * @param {(named: {mode: Mode, identifier: string}) => void} open
   * @param {() => void} shut
   */
  constructor(open, shut) {
    /** Whether the view is open. */
    this.isIn = false;
    /** Whether our own step back is pending, since browsers take it later. */
    this.isLeaving = false;
    this.address = "";
    addEventListener("popstate", () => {
      if (this.isLeaving) {
        this.isLeaving = false;
        if (this.isIn) this.push(); // it was opened again in the meantime
        return;
      }
      const named = placeNamed();
      if (named) open(named);
      else shut();
    });
  }

  /** Add a step to the history after the view was opened, unless the address opened it. */
  enter() {
    this.isIn = true;
    this.address = location.href;
    if (!this.isLeaving && !placeNamed()) this.push();
  }

  push() {
    history.pushState({ large: true }, "", this.address);
  }

  /** @param {Mode} mode @param {string} identifier  what it shows now */
  name(mode, identifier) {
    if (!this.isIn) return;
    this.address = `#${mode}/${encodeURIComponent(identifier)}`;
    if (!this.isLeaving) history.replaceState(history.state, "", this.address);
  }

  /**
   * Store which page is about to be shown, so that a reload returns to it even if its scan is late.
   * @param {Mode} mode
   * @param {import("./model.js").Model} model
   * @param {number} p
   */
  at(mode, model, p) {
    this.name(mode, model.pages.get(p)?.identifier ?? String(p));
  }

  /** Go back in the history after the view was closed. */
  leave() {
    this.isIn = false;
    if (this.isLeaving) return;
    if (history.state?.large) {
      this.isLeaving = true;
      history.back();
    } else if (placeNamed()) history.replaceState(null, "", location.pathname + location.search);
  }
}
