/**
 * The acts on their way: shown at once, sent one after the other with the versions they were based on, undone visibly
 * when refused, kept and retried when the server cannot be reached.
 */

import { Courier } from "./courier.js";
import { getJson, postJson } from "./dom.js";
import { groupFrom } from "./records.js";

/** @typedef {import("./records.js").Changes} Changes */
/** @typedef {import("./model.js").Model} Model */

/**
 * @typedef {object} Command
 * @property {string} verb
 * @property {Record<string, any>} body  what the server needs beside verb, act_id and versions
 * @property {number[]} groups  the groups it is based on
 * @property {(model: Model) => Changes} apply  may throw DoesNotApply
 * @property {number} [newId]  the temporary id of the group it makes
 */

/** @typedef {Command & {actId: string, versions: Record<number, number>, inverse: Changes}} Sent */

const POLL_MS = 4000;

/**
 * Fires "done" {command, data}, "refused" {command, data, status}, "state" (see `state`) and "others" {acts}.
 * @extends {Courier<Sent>}
 */
export class Outbox extends Courier {
  /**
   * @param {Model} model
   * @param {{acts: string, changes: string, index: string}} urls
   */
  constructor(model, urls) {
    super();
    this.model = model;
    this.urls = urls;
    /** @type {Map<number, number>} temporary group ids and what they became */
    this.became = new Map();
    this.newest = 0;
    /** The page this person is at, told with every question for news. @type {() => number} */
    this.at = () => 0;
    setInterval(() => void this.poll(), POLL_MS);
  }

  /** @returns {number} a temporary id for a group that the server has not named yet */
  newId() {
    return --this.newest;
  }

  /** @param {number} id @returns {number} what a temporary id has become */
  real(id) {
    return this.became.get(id) ?? id;
  }

  /** @param {Command} command */
  do(command) {
    /** @type {Record<number, number>} */
    const versions = {};
    for (const id of command.groups) {
      const version = this.model.groups.get(id)?.version;
      if (id > 0 && version) versions[id] = version;
    }
    const inverse = this.model.put(command.apply(this.model));
    this.pending.push({ ...command, actId: crypto.randomUUID(), versions, inverse });
    this.model.changed();
    void this.pump();
  }

  /** @param {Sent} next */
  async deliver(next) {
    const { status, data } = await postJson(this.urls.acts, this.wire(next));
    if (data.reload) {
      await this.reload(next);
      const detail = { command: next, data, status };
      this.dispatchEvent(new CustomEvent(status === 200 ? "done" : "refused", { detail }));
    } else if (status === 200) this.accepted(next, data);
    else this.refused(next, data, status);
  }

  /** @param {Sent} command */
  wire(command) {
    /** @param {any} value @returns {any} */
    const named = (value) => (typeof value === "number" ? this.real(value) : value);
    const body = Object.fromEntries(
      Object.entries(command.body).map(([key, value]) =>
        key === "groups" ? [key, value.map(named)] : key === "group" || key === "to" ? [key, named(value)] : [key, value],
      ),
    );
    const versions = { ...command.versions };
    for (const id of command.groups) {
      const real = this.became.get(id);
      if (real !== undefined && !(real in versions)) versions[real] = this.realVersion(real);
    }
    return { ...body, verb: command.verb, act_id: command.actId, since: this.model.version, versions };
  }

  /** @param {number} id @returns {number} the version the server gave last, below what is still pending */
  realVersion(id) {
    for (const command of this.pending) {
      const before = command.inverse.get(id);
      if (before) return before.version;
    }
    return this.model.groups.get(id)?.version ?? 0;
  }

  /**
   * @param {Sent} command
   * @param {any} data
   */
  accepted(command, data) {
    const fresh = this.settle(command, data);
    for (const later of this.pending) {
      for (const group of fresh) if (group.id in later.versions) later.versions[group.id] = group.version;
    }
    this.model.changed();
    this.dispatchEvent(new CustomEvent("done", { detail: { command, data } }));
  }

  /**
   * @param {Sent} command
   * @param {any} data
   * @param {number} status
   */
  refused(command, data, status) {
    this.settle(command, data);
    this.model.changed();
    this.dispatchEvent(new CustomEvent("refused", { detail: { command, data, status } }));
  }

  /**
   * Take all pending acts off, put what the server says, and lay those that are left on again.
   * @param {Sent | null} answered
   * @param {any} data
   */
  settle(answered, data) {
    for (const command of [...this.pending].reverse()) this.model.put(command.inverse);
    const fresh = (data.groups ?? []).map(groupFrom);
    /** @type {Changes} */
    const changes = new Map((data.removed ?? []).map((/** @type {number} */ id) => [id, null]));
    for (const group of fresh) changes.set(group.id, group);
    this.model.put(changes);
    if (data.version !== undefined) this.model.version = Math.max(this.model.version, data.version);
    for (const group of fresh) for (const p of group.pages) this.model.answered.delete(p);
    for (const left of data.answered ?? []) this.model.answered.add(left);
    for (const [left, percent] of data.doubts ?? []) this.model.seams[left - 1] = percent;
    for (const [p, role] of data.roles ?? []) {
      const page = this.model.pages.get(p);
      if (page) page.role = role;
    }
    const made = fresh.find((/** @type {{id: number}} */ group) => answered && !answered.inverse.has(group.id));
    if (answered?.newId !== undefined && made) this.became.set(answered.newId, made.id);
    this.pending = this.pending.filter((command) => command !== answered);
    for (const command of [...this.pending]) {
      try {
        command.inverse = this.model.put(command.apply(this.model));
      } catch {
        // What it was based on is gone; the server would refuse it as stale.
        this.pending = this.pending.filter((other) => other !== command);
        const message = "An act that was not saved yet no longer applies, because somebody changed its group.";
        this.dispatchEvent(new CustomEvent("refused", { detail: { command, data: { message }, status: 409 } }));
      }
    }
    return /** @type {import("./records.js").Group[]} */ (fresh);
  }

  /** Ask what others did. */
  async poll() {
    if (document.hidden || this.pending.length || this.sending) return;
    let data;
    try {
      data = await getJson(`${this.urls.changes}?since=${this.model.version}&at=${this.at()}`);
    } catch {
      return; // the next act will tell that the server is away
    }
    if (this.pending.length || data.version <= this.model.version) {
      if (!this.pending.length) this.dispatchEvent(new CustomEvent("others", { detail: data }));
      return;
    }
    if (data.reload) await this.reload(null);
    else {
      this.settle(null, data);
      this.model.changed();
    }
    this.dispatchEvent(new CustomEvent("others", { detail: data }));
  }

  /**
   * So much changed that the whole index is asked for; what was not sent yet is laid on it again.
   * @param {Sent | null} answered
   */
  async reload(answered) {
    const index = await getJson(this.urls.index);
    for (const command of [...this.pending].reverse()) this.model.put(command.inverse);
    for (const command of this.pending) command.inverse = new Map();
    this.model.load(index);
    this.settle(answered, {});
    this.model.changed();
  }
}
