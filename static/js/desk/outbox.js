/**
 * What is done at the stream: shown at once, sent one after the other with the versions it was based on, undone visibly
 * when refused.
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
/** Acts that say something of all pages of a group, and mean none that were not among them. */
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
    /** The page this person is at, told with every question for news. @type {() => number} */
    this.at = () => 0;
    setInterval(() => void this.poll(), POLL_MS);
  }

  version() {
    return this.model.version;
  }

  /** What an earlier visit could not send: shown and sent as if it was done just now. */
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

  /** The same, where it may no longer apply: the server says why. @param {Change} change @returns {Laid} */
  laid(change) {
    try {
      return this.lay(change);
    } catch (error) {
      if (!(error instanceof DoesNotApply)) throw error;
      return { inverse: new Map(), pages: new Map() };
    }
  }

  /**
   * Which act an undo or a redo means: one that is still on its way by its mark, else the last one up to what is known
   * here. It may be sent late; what this person did elsewhere meanwhile is not meant.
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
   * @param {Sent | null} answered  of what was sent from here; null: of something else
   * @param {any} data
   */
  async take(answered, data) {
    if (data.reload) return this.reload();
    this.settle(answered, data);
    return this.model.changed();
  }

  /**
   * Take everything pending off, put what the server says, and lay on again what is left.
   * @param {Sent | null} answered  no longer pending, but still laid on
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
    for (const [p, rotation] of data.turns ?? []) this.model.tell(p, { rotation });
    for (const [p, restricted] of data.restricted ?? []) this.model.tell(p, { restricted, seen: undefined });
    this.model.drafting = Math.max(this.model.drafting, data.drafting ?? 0);
    this.layOn();
  }

  layOn() {
    for (const command of this.pending) Object.assign(command, this.laid(command));
  }

  /** Ask what others did. */
  async poll() {
    if (document.hidden || this.pending.length || this.sending) return;
    let data;
    try {
      data = await getJson(`${this.addresses.changes}?since=${this.model.version}&at=${this.at()}`, "leave");
      this.isBack();
      if (this.pending.length) return;
      if (data.version > this.model.version) await this.take(null, data);
      if (data.drafting < this.model.drafting) await this.redraft();
    } catch (error) {
      this.failed(error);
      return;
    }
    if (data.comments) this.model.setComments(data.comments);
    this.dispatchEvent(new CustomEvent("others", { detail: data }));
  }

  /** Drafts came that waited: they are asked for again, unless something is on its way meanwhile. */
  async redraft() {
    const index = await getJson(this.addresses.index ?? "", "leave");
    if (!this.pending.length && !this.sending) this.model.redraft(index);
  }

  /**
   * So much changed that the whole index is asked for; what was not sent yet is laid on it again.
   * @returns {Promise<void>}
   */
  async reload() {
    const index = await getJson(this.addresses.index ?? "");
    if (index.version < this.model.version) return this.reload(); // a change was answered meanwhile
    this.model.load(index);
    this.layOn();
    this.model.changed();
  }
}
