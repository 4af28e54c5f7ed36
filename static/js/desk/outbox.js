/**
 * Changes in the stream: shown immediately, sent one after another with the versions they are based on, and undone on the
 * screen if the server refuses them.
 */

import { DoesNotApply, foreseen, foreseenOfPages } from "./arrangement.js";
import { Courier, pagesText } from "./courier.js";
import { getJson, uuid } from "./dom.js";
import { groupFrom } from "./records.js";

/** @typedef {import("./records.js").Changes} Changes */
/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./kept.js").Change} Change */

/**
 * @typedef {object} Command
 * @property {string} verb
 * @property {Record<string, any>} body  what the server needs beside act_id, since and versions
 * @property {number[]} groups  the groups it is based on
 * @property {number} [newId]  the temporary id of the group it makes
 * @property {number[]} [shown]  groups it is about, where `body` names a filter
 */

/** @typedef {{inverse: Changes, pages: Map<number, Partial<import("./records.js").Page>>}} Laid  what takes it off again */
/** @typedef {Change & Laid} Sent */

const POLL_MS = 4000;
/** Acts on all pages of a group, which must not apply to pages that the person didn't see in it. */
const ON_WHOLE_GROUPS = ["confirm", "merge"];

/**
 * Fires "done" {command, data}, "refused" {command, data, status}, "state" (see `state`) and "others" {acts}.
 * @extends {Courier<Sent>}
 */
export class Outbox extends Courier {
  /**
   * @param {Model} model
   * @param {Record<string, string>} urls
   * @param {import("./kept.js").Kept} kept
   */
  constructor(model, urls, kept) {
    super({ acts: urls.acts ?? "", answer: urls.answer ?? "" }, kept);
    this.model = model;
    this.addresses = urls;
    /** The page this person is at, sent with every poll. @type {() => number} */
    this.at = () => 0;
    setInterval(() => void this.poll(), POLL_MS);
  }

  version() {
    return this.model.version;
  }

  /** Show and send changes that an earlier visit couldn't send. */
  async restore() {
    for (const change of await this.kept.all()) this.pending.push({ ...change, ...this.laid(change) });
    if (!this.pending.length) return;
    this.model.changed();
    void this.pump();
  }

  /** @param {Command} command  throws DoesNotApply */
  do({ verb, body, groups, newId, shown }) {
    /** @type {Record<number, number>} */
    const versions = {};
    for (const id of groups.map((group) => this.real(group))) {
      const version = this.model.groups.get(id)?.version;
      if (id > 0 && version) versions[id] = version;
    }
    const seen = ON_WHOLE_GROUPS.includes(verb)
      ? Object.fromEntries(groups.map((id) => [this.real(id), pagesText(this.model.groups.get(this.real(id))?.pages ?? [])]))
      : undefined;
    /** @type {Change} */
    const change = { actId: uuid(), verb, door: "acts", body: this.named(body), versions: groups.length ? versions : undefined, seen, newId, shown };
    this.add({ ...change, ...this.lay(change) });
    this.model.changed();
  }

  /** Show what a change will do. @param {Change} change  throws DoesNotApply @returns {Laid} */
  lay(change) {
    return { inverse: this.model.put(foreseen(this.model, change)), pages: this.model.putPages(foreseenOfPages(this.model, change)) };
  }

  /** As `lay`, for a change that may no longer apply: the server will say why. @param {Change} change @returns {Laid} */
  laid(change) {
    try {
      return this.lay(change);
    } catch (error) {
      if (!(error instanceof DoesNotApply)) throw error;
      return { inverse: new Map(), pages: new Map() };
    }
  }

  /**
   * Which act an undo or redo refers to: a pending one, by its `act_id`, or else the last one up to the
   * version known here. It may be sent late, and must not undo what this person did later in another tab.
   * @param {"undo" | "redo"} verb
   * @returns {Record<string, string | number>}
   */
  meant(verb) {
    /** @type {string[]} */
    const done = [];
    /** @type {string[]} */
    const undone = [];
    for (const { verb: was, actId, body } of this.pending) {
      if (was === "undo") undone.push(body.edit ? "" : (done.pop() ?? ""));
      else if (was === "redo") done.push(undone.pop() ?? "");
      else {
        done.push(actId);
        undone.length = 0;
      }
    }
    const act = (verb === "undo" ? done : undone).at(-1);
    return act ? { act } : { upto: this.model.version };
  }

  /**
   * @param {Sent} command
   * @param {any} data
   * @param {number} status
   */
  async answered(command, data, status) {
    await this.take(command, data);
    this.dispatchEvent(new CustomEvent(status === 200 ? "done" : "refused", { detail: { command, data, status } }));
  }

  /**
   * @param {Sent | null} answered  the change that was sent from here; null: something else
   * @param {any} data
   */
  async take(answered, data) {
    if (data.reload) return this.reload();
    this.settle(answered, data);
    return this.model.changed();
  }

  /**
   * Revert all pending changes, apply the server's response, and apply the remaining ones again.
   * @param {Sent | null} answered  the change that is no longer pending but still laid on
   * @param {any} data
   */
  settle(answered, data) {
    for (const command of [...this.pending].reverse().concat(answered ?? [])) {
      this.model.put(command.inverse);
      this.model.putPages(command.pages);
    }
    const fresh = (data.groups ?? []).map(groupFrom);
    /** @type {Changes} */
    const changes = new Map((data.removed ?? []).map((/** @type {number} */ id) => [id, null]));
    for (const [id, confidence] of data.sure ?? []) {
      const group = this.model.groups.get(id);
      if (group) changes.set(id, { ...group, confidence });
    }
    for (const group of fresh) changes.set(group.id, group);
    this.model.put(changes);
    if (data.version !== undefined) this.model.version = Math.max(this.model.version, data.version);
    for (const group of fresh) for (const p of group.pages) this.model.answered.delete(p);
    for (const left of data.answered ?? []) this.model.answered.add(left);
    for (const [left, percent] of data.doubts ?? []) this.model.seams[left - 1] = percent;
    for (const [p, role] of data.roles ?? []) this.model.tell(p, { role });
    for (const [p, rotation] of data.rotations ?? []) this.model.tell(p, { rotation });
    for (const [p, restricted] of data.restricted ?? []) this.model.tell(p, { restricted, seen: undefined });
    this.model.drafting = Math.max(this.model.drafting, data.drafting ?? 0);
    this.layOn();
  }

  layOn() {
    for (const command of this.pending) Object.assign(command, this.laid(command));
  }

  /** Load changes by others. */
  async poll() {
    if (document.hidden || this.pending.length || this.sending) return;
    let data;
    try {
      data = await getJson(`${this.addresses.changes}?since=${this.model.version}&at=${this.at()}`, "leave");
      this.isBack();
      if (this.pending.length) return;
      if (data.version > this.model.version) await this.take(null, data);
      if (data.drafting < this.model.drafting || data.redrafted > this.model.redrafted) await this.redraft();
    } catch (error) {
      this.failed(error);
      return;
    }
    if (data.comments) this.model.setComments(data.comments);
    this.dispatchEvent(new CustomEvent("others", { detail: data }));
  }

  /** Load drafts that a worker finished, unless changes are pending. */
  async redraft() {
    const index = await getJson(this.addresses.index ?? "", "leave");
    if (!this.pending.length && !this.sending) this.model.redraft(index);
  }

  /**
   * Load the whole index, because too much changed, and apply the pending changes again.
   * @returns {Promise<void>}
   */
  async reload() {
    const index = await getJson(this.addresses.index ?? "");
    if (index.version < this.model.version) return this.reload(); // a change was saved in the meantime
    this.model.load(index);
    this.layOn();
    this.model.changed();
  }
}
