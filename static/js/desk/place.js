/** The large view, and describing, in the browser's history: Back closes them, Forward and a reload open them again. */

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
    /** Whether our own step back is still under way: browsers take it later. */
    this.isLeaving = false;
    this.address = "";
    addEventListener("popstate", () => {
      if (this.isLeaving) {
        this.isLeaving = false;
        if (this.isIn) this.push(); // it was opened again meanwhile
        return;
      }
      const named = placeNamed();
      if (named) open(named);
      else shut();
    });
  }

  /** The view is shown: unless it was led to by the address, it becomes a step in the history. */
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
   * What is about to be shown: a reload comes back to it, however late its scan is.
   * @param {Mode} mode
   * @param {import("./model.js").Model} model
   * @param {number} p
   */
  at(mode, model, p) {
    this.name(mode, model.pages.get(p)?.identifier ?? String(p));
  }

  /** The view was closed. */
  leave() {
    this.isIn = false;
    if (this.isLeaving) return;
    if (history.state?.large) {
      this.isLeaving = true;
      history.back();
    } else if (placeNamed()) history.replaceState(null, "", location.pathname + location.search);
  }
}
