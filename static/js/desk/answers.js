/** Answers on their way: sent one after the other, kept and sent again when the server cannot be reached. */

import { NotAnswered, postJson } from "./dom.js";

/**
 * @typedef {object} Entry
 * @property {string} verb
 * @property {import("./queue.js").Seam[]} seams  one, or all of a batch
 * @property {"same" | "different"} verdict
 * @property {string} actId
 * @property {number | null} edit  its id, once it is saved
 */

const RETRY_MS = [1000, 2000, 4000, 8000, 15000];

/** Fires "done" and "refused" {entry, data, status}, and "state". */
export class Answers extends EventTarget {
  /**
   * @param {Record<string, string>} urls
   * @param {() => number} version
   */
  constructor(urls, version) {
    super();
    this.urls = urls;
    this.version = version;
    /** @type {Entry[]} */
    this.pending = [];
    this.sending = false;
    this.failures = 0;
    /** @type {"saved" | "saving" | "offline" | "signed-out"} */
    this.state = "saved";
    addEventListener("online", () => void this.pump());
    addEventListener("focus", () => void this.pump());
    addEventListener("beforeunload", (event) => {
      if (this.pending.length) event.preventDefault();
    });
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

  async pump() {
    const next = this.pending[0];
    if (this.sending || !next) return;
    this.sending = true;
    if (this.state === "saved") this.become("saving");
    try {
      const { status, data } = await postJson((next.verb === "answer" ? this.urls.answer : this.urls.acts) ?? "", this.wire(next));
      this.failures = 0;
      this.pending.shift();
      next.edit = data.edit?.id ?? null;
      const detail = { entry: next, data, status };
      this.dispatchEvent(new CustomEvent(status === 200 ? "done" : "refused", { detail }));
    } catch (error) {
      this.failures++;
      this.become(error instanceof NotAnswered ? "signed-out" : "offline");
      setTimeout(() => void this.pump(), RETRY_MS[Math.min(this.failures, RETRY_MS.length) - 1]);
      return;
    } finally {
      this.sending = false;
    }
    this.become(this.pending.length ? "saving" : "saved");
    void this.pump();
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

  /** @param {"saved" | "saving" | "offline" | "signed-out"} state */
  become(state) {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }
}
