/** Answers in the queue that are being sent. */

import { Courier, holds } from "./courier.js";
import { uuid } from "./dom.js";

/** @typedef {import("./queue.js").Seam} Seam */
/** @typedef {import("./kept.js").Change & {edit?: number | null}} Entry  `edit`: its sequence, null before it is saved */

/**
 * Fires "done" and "refused" {entry, data, status}, and "state".
 * @extends {Courier<Entry>}
 */
export class Answers extends Courier {
  /**
   * @param {Record<string, string>} urls
   * @param {() => number} version
   * @param {import("./kept.js").Kept} kept
   */
  constructor(urls, version, kept) {
    super({ acts: urls.acts ?? "", answer: urls.answer ?? "" }, kept);
    this.version = version;
  }

  /** What an earlier visit could not send. @returns {Promise<Entry[]>} */
  async restore() {
    this.pending = (await this.kept.all()).map((change) => ({ ...change, edit: null }));
    void this.pump();
    return this.pending;
  }

  /**
   * @param {"answer" | "answer-many"} verb
   * @param {Seam[]} seams  one, or all of a batch
   * @param {"same" | "different"} verdict
   * @returns {Entry}
   */
  send(verb, seams, verdict) {
    const lefts = seams.map((seam) => seam.left.position);
    const entry = {
      actId: uuid(), verb, door: /** @type {"acts" | "answer"} */ (verb === "answer" ? "answer" : "acts"),
      body: { verdict, ...(verb === "answer" ? { left: lefts[0] } : { lefts }) },
      versions: Object.assign({}, ...seams.map((seam) => seam.groups)), seams, edit: null,
      places: Object.fromEntries(seams.flatMap(({ left, right }) => [left, right].map(({ position, group }) => [position, group]))),
    };
    this.add(entry);
    return entry;
  }

  /**
   * Send any other act.
   * @param {string} verb
   * @param {Record<string, any>} body
   * @param {Record<string, number>} [versions]
   * @returns {Entry}
   */
  act(verb, body, versions) {
    const entry = { actId: uuid(), verb, door: /** @type {const} */ ("acts"), body, versions, edit: null };
    this.add(entry);
    return entry;
  }

  /**
   * An answer is about two pages, not documents: if hhreview, following an earlier answer, moved these pages into other
   * documents, the answer is still valid.
   * @param {Entry} entry
   * @param {any} data
   */
  follow(entry, data) {
    super.follow(entry, data);
    const written = this.written(data);
    for (const later of this.pending) {
      if (!later.places) continue;
      /** @type {Record<number, number>} */
      const versions = {};
      for (const [position, group] of Object.entries(later.places).filter(([, id]) => id)) {
        const row = written.find((one) => holds(one, Number(position)));
        versions[row?.id ?? group] = row?.version ?? later.versions?.[group] ?? 0;
        if (row) later.places[Number(position)] = row.id;
      }
      later.versions = versions;
      this.kept.put(later);
    }
  }

  /** @param {Entry} entry @returns {boolean} whether it was not on its way yet, and never will be */
  cancel(entry) {
    const at = this.pending.indexOf(entry);
    if (at < 0 || (at === 0 && this.sending)) return false;
    this.remove(entry);
    if (!this.pending.length) this.become("saved");
    return true;
  }

  /**
   * @param {Entry} entry
   * @param {any} data
   * @param {number} status
   */
  async answered(entry, data, status) {
    entry.edit = data.edit?.sequence ?? null;
    const detail = { entry, data, status };
    this.dispatchEvent(new CustomEvent(status === 200 ? "done" : "refused", { detail }));
  }
}
