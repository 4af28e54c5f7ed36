/**
 * Sends changes to the server, one after another. They are stored in the browser until the server responds, and sent again
 * if it doesn't.
 */

import { NotAnswered, Stopped, postJson } from "./dom.js";

/** @typedef {import("./kept.js").Change} Change */
/** @typedef {"saved" | "saving" | "offline" | "signed-out" | "somebody-else" | "no-access"} State */

const RETRY_MS = [1000, 2000, 4000, 8000, 15000];
const LARGEST_ID = 2 ** 31 - 1;

/**
 * Fires "state" when `state` changes. Subclasses return the known version from `version`, and handle responses in
 * `answered`.
 * @template {Change} T
 */
export class Courier extends EventTarget {
  /**
   * @param {Record<string, string>} urls  by door
   * @param {import("./kept.js").Kept} kept
   */
  constructor(urls, kept) {
    super();
    this.urls = urls;
    this.kept = kept;
    /** @type {T[]} */
    this.pending = [];
    /** @type {Map<number, number>} temporary group ids and what they became */
    this.became = new Map();
    this.sending = false;
    this.failures = 0;
    /** @type {State} */
    this.state = "saved";
    addEventListener("online", () => void this.pump());
    addEventListener("focus", () => void this.pump());
    addEventListener("signed-in", () => {
      this.failures = 0; // a request that is being sent may still fail, and is then sent again soon
      this.isBack();
      void this.pump();
    });
    addEventListener("beforeunload", (event) => {
      if (this.pending.length && !this.kept.works) event.preventDefault();
    });
  }

  /** @returns {number} the version of the collection that is known here */
  version() {
    return 0;
  }

  /**
   * @param {T} _change  that was done or refused, and is no longer pending
   * @param {any} _data
   * @param {number} _status
   * @returns {Promise<void>}
   */
  async answered(_change, _data, _status) {
    throw new TypeError(`${this.constructor.name} does not say what an answer means.`);
  }

  /** @returns {number} a temporary id for a group that the server has not named yet; no two tabs make the same */
  newId() {
    return -1 - ((crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % LARGEST_ID);
  }

  /** @param {number} id @returns {number} what a temporary id has become */
  real(id) {
    return this.became.get(id) ?? id;
  }

  /** @param {T} change */
  add(change) {
    this.pending.push(change);
    this.kept.put(change);
    void this.pump("ask");
  }

  /** @param {T} change */
  remove(change) {
    this.pending = this.pending.filter((other) => other !== change);
    this.kept.drop(change);
  }

  /** @param {"ask" | "leave"} [ended]  whether the person is asked to sign in where the session has ended */
  async pump(ended = "leave") {
    const next = this.pending[0];
    if (this.sending || !next) return;
    this.sending = true;
    if (this.state === "saved") this.become("saving");
    try {
      await this.deliver(next, ended);
      this.failures = 0;
    } catch (error) {
      this.failed(error);
      setTimeout(() => void this.pump(), RETRY_MS[Math.min(this.failures, RETRY_MS.length) - 1]);
      return;
    } finally {
      this.sending = false;
    }
    this.become(this.pending.length ? "saving" : "saved");
    void this.pump(ended);
  }

  /** @param {T} change @param {"ask" | "leave"} ended */
  async deliver(change, ended) {
    const { status, data } = await postJson(this.address(change), this.wire(change), "POST", ended);
    this.remove(change);
    if (status === 200) this.follow(change, data);
    await this.answered(change, data, status);
  }

  /** @param {T} change @returns {string} where it is sent: each act has an address of its own */
  address({ door, verb }) {
    return door === "acts" ? `${this.urls.acts}${verb}` : (this.urls[door] ?? "");
  }

  /** @param {T} change */
  wire({ body, versions, actId }) {
    return { ...body, versions, act_id: actId, since: this.version() };
  }

  /**
   * Base pending changes on the one just done, too: on the groups that it wrote and no one has changed since, and on the
   * group that it made. Acts on a whole group are excluded if it has other pages now than the person saw, because
   * hhreview updates other groups after each act, and no one confirms what was never on the screen. The server refuses it.
   * @param {T} change
   * @param {any} data
   */
  follow(change, data) {
    const rows = /** @type {import("./wire.js").GroupRow[]} */ (data.groups ?? []);
    const made = change.newId === undefined ? undefined : rows.find((row) => holds(row, change.body.before ?? change.body.pages[0]));
    if (change.newId !== undefined && made) this.became.set(change.newId, made.id);
    const written = this.written(data);
    for (const later of this.pending) {
      const { seen = {}, versions } = later;
      if (made && change.newId !== undefined && seen[change.newId] !== undefined) seen[made.id] = seen[change.newId] ?? "";
      for (const { id, spans, version } of versions ? written : []) {
        if (versions && [undefined, spansText(spans)].includes(seen[id])) versions[id] = version;
      }
      later.body = this.named(later.body);
      later.shown = later.shown?.map((id) => this.real(id));
      this.kept.put(later);
    }
  }

  /** @param {any} data @returns {import("./wire.js").GroupRow[]} the groups that this edit wrote, and nobody since */
  written({ edit, groups = [] }) {
    return groups.filter((/** @type {import("./wire.js").GroupRow} */ { version }) => version === (edit ? edit.sequence + 1 : 0));
  }

  /**
   * @param {Record<string, any>} body
   * @returns {Record<string, any>} with the real ids of groups that had temporary ones
   */
  named(body) {
    /** @param {any} value @returns {any} */
    const real = (value) => (Array.isArray(value) ? value.map(real) : typeof value === "number" ? this.real(value) : value);
    return Object.fromEntries(
      Object.entries(body).map(([key, value]) => [key, ["group", "groups", "to"].includes(key) ? real(value) : value]),
    );
  }

  /** @param {unknown} error */
  failed(error) {
    if (!(error instanceof Stopped || error instanceof NotAnswered)) reportError(error);
    this.failures++;
    this.become(error instanceof Stopped ? error.why : "offline");
  }

  /** Note that another request got a response, so the server can be reached. */
  isBack() {
    if (!this.pending.length) this.become("saved");
  }

  /** @param {State} state */
  become(state) {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }
}

/** @param {import("./wire.js").GroupRow} row @param {number} p */
export function holds(row, p) {
  return row.spans.some(([low, high]) => low <= p && p <= high);
}

/** @param {number[][]} spans @returns {string} as `pagesText` */
function spansText(spans) {
  return pagesText(spans.flatMap(([low = 0, high = 0]) => Array.from({ length: high - low + 1 }, (_, i) => low + i)));
}

/** @param {number[]} pages  in reading order @returns {string} "5-7,9", to compare */
export function pagesText(pages) {
  /** @type {[number, number][]} */
  const runs = [];
  for (const p of pages) {
    const last = runs.at(-1);
    if (last && last[1] === p - 1) last[1] = p;
    else runs.push([p, p]);
  }
  return runs.map(([low, high]) => (low === high ? `${low}` : `${low}-${high}`)).join(",");
}
