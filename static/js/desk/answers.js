/** Answers on their way: sent one after the other, kept and sent again when the server cannot be reached. */

import { Courier } from "./courier.js";
import { postJson } from "./dom.js";

/**
 * @typedef {object} Entry
 * @property {string} verb
 * @property {import("./queue.js").Seam[]} seams  one, or all of a batch
 * @property {"same" | "different"} verdict
 * @property {string} actId
 * @property {number | null} edit  its id, once it is saved
 */

/**
 * Fires "done" and "refused" {entry, data, status}, and "state".
 * @extends {Courier<Entry>}
 */
export class Answers extends Courier {
  /**
   * @param {Record<string, string>} urls
   * @param {() => number} version
   */
  constructor(urls, version) {
    super();
    this.urls = urls;
    this.version = version;
  }

  /** @param {Entry} entry */
  do(entry) {
    this.pending.push(entry);
    void this.pump();
  }

  /** @param {Entry} entry @returns {boolean} whether it was not on its way yet, and never will be */
  cancel(entry) {
    const at = this.pending.indexOf(entry);
    if (at < 0 || (at === 0 && this.sending)) return false;
    this.pending.splice(at, 1);
    if (!this.pending.length) this.become("saved");
    return true;
  }

  /** @param {Entry} next */
  async deliver(next) {
    const url = (next.verb === "answer" ? this.urls.answer : this.urls.acts) ?? "";
    const { status, data } = await postJson(url, this.wire(next));
    this.pending.shift();
    next.edit = data.edit?.id ?? null;
    const detail = { entry: next, data, status };
    this.dispatchEvent(new CustomEvent(status === 200 ? "done" : "refused", { detail }));
  }

  /** @param {Entry} entry  with the versions known now: answers before it may have written its groups */
  wire(entry) {
    /** @type {Record<string, number>} */
    const versions = {};
    for (const seam of entry.seams) Object.assign(versions, seam.groups);
    const lefts = entry.seams.map((seam) => seam.left.position);
    const what = entry.verb === "answer" ? { left: lefts[0] } : { lefts };
    return { verb: entry.verb, act_id: entry.actId, since: this.version(), verdict: entry.verdict, versions, ...what };
  }
}
