/** The desk's acts, which turn the selection into a command and send it. */

import { DoesNotApply } from "./arrangement.js";
import { _, _n } from "../i18n.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./records.js").Group} Group */

export class Acts {
  /**
   * @param {Model} model
   * @param {import("./outbox.js").Outbox} outbox
   * @param {import("./selection.js").Selection} selection
   * @param {import("./stream.js").Stream} stream
   * @param {(sentence: string) => void} say
   * @param {(id: string) => string} key  of a command, in brackets
   */
  constructor(model, outbox, selection, stream, say, key) {
    this.model = model;
    this.outbox = outbox;
    this.selection = selection;
    this.stream = stream;
    this.say = say;
    this.key = key;
    /** @type {Set<number>} */
    this.cutPages = stream.given.cut;
  }

  /** @param {import("./outbox.js").Command} command */
  send(command) {
    try {
      this.outbox.do(command);
    } catch (error) {
      if (!(error instanceof DoesNotApply)) throw error;
      this.say(error.message);
      return false;
    }
    return true;
  }

  /** @returns {number[]} the chosen pages, else the focused one */
  pages() {
    if (this.selection.size) return this.selection.list().filter((p) => this.model.exists[p]);
    return this.stream.focus ? [this.stream.focus] : [];
  }

  /** @returns {number[]} ids of the groups of the chosen pages, in scan order */
  groups() {
    return [...new Set(this.pages().map((p) => this.model.at[p] ?? 0))].filter((id) => id !== 0);
  }

  /** Split before this page, or join it to the page before. @param {number} p */
  toggleSeam(p) {
    const left = this.model.before(p);
    if (!left) return this.say(_("This is the first page. There is nothing before it."));
    if (this.model.startsDocument(p)) return void this.mergeGroups([this.model.at[left] ?? 0, this.model.at[p] ?? 0]);
    const group = this.model.groupAt(p);
    if (!group) return;
    const id = group.id;
    // In reading order: the new document gets the pages that follow in the group.
    this.send({
      verb: "split", body: { group: id, before: p }, groups: [id], newId: this.outbox.newId(),
    });
  }

  /**
   * Answer the seam before a page. An answer that agrees with the desk is recorded as this person's decision.
   * @param {number} p
   * @param {boolean} apart  whether a new document begins
   */
  answer(p, apart) {
    const left = this.model.before(p);
    if (!left) return;
    if (this.model.startsDocument(p) !== apart) return this.toggleSeam(p);
    const groups = [...new Set([this.model.at[left] ?? 0, this.model.at[p] ?? 0])].filter((id) => id !== 0);
    this.send({ verb: "answer-many", body: { verdict: apart ? "different" : "same", lefts: [left] }, groups });
  }

  /** @param {number[]} ids */
  mergeGroups(ids) {
    const some = ids.filter((id) => id !== 0);
    if (some.length < 2) return this.say(_("Unassigned pages can’t be joined. Make them a document of their own%(group)s, or apply a proposal first.", { group: this.key("new-group") }));
    this.send({ verb: "merge", body: { groups: some }, groups: some });
  }

  mergeWithPrevious() {
    const group = this.model.groupAt(this.stream.focus);
    if (!group) return this.say(_("This page is not in a document yet."));
    const left = this.model.before(Math.min(...group.pages));
    if (!left) return this.say(_("This is the first document. There is nothing to join it to."));
    this.mergeGroups([this.model.at[left] ?? 0, group.id]);
  }

  mergeSelected() {
    this.mergeGroups(this.groups());
  }

  /**
   * @param {number[]} positions
   * @param {number | null} to
   * @param {number | null} [before]
   */
  move(positions, to, before = null) {
    if (!positions.length) return;
    const from = [...new Set(positions.map((p) => this.model.at[p] ?? 0))].filter((id) => id !== 0);
    const only = from.length === 1 ? this.model.groups.get(from[0] ?? 0) : undefined;
    if (to === null && only && only.pages.length === positions.length) {
      return this.say(_("These pages are already a document of their own."));
    }
    if (to !== null && from.length === 1 && from[0] === to && before === null) return this.say(_("These pages are already in that document."));
    const sent = this.send({
      verb: "move",
      body: { pages: positions, to, before },
      groups: [...new Set([...from, ...(to === null ? [] : [to])])],
      newId: to === null ? this.outbox.newId() : undefined,
    });
    if (sent) this.selection.clear();
  }

  newGroup() {
    this.move(this.pages(), null);
  }

  cut() {
    this.cutPages.clear();
    for (const p of this.pages()) this.cutPages.add(p);
    const n = this.cutPages.size;
    const cut = _n("1 page cut. Go to the page to paste it before", "%(count)s pages cut. Go to the page to paste them before", n);
    this.say(_("%(cut)s, then paste%(paste)s. To cancel, clear the selection%(clear)s.", { cut, paste: this.key("paste"), clear: this.key("clear") }));
    this.stream.dress();
  }

  paste() {
    const group = this.model.groupAt(this.stream.focus);
    const positions = [...this.cutPages].sort((a, b) => a - b);
    if (!positions.length) return this.say(_("Nothing to paste. Select pages and cut them first%(cut)s.", { cut: this.key("cut") }));
    if (!group) return this.say(_("Go to a page of a document first."));
    const before = this.cutPages.has(this.stream.focus) ? null : this.stream.focus;
    this.cutPages.clear();
    this.move(positions, group.id, before);
  }

  /** @param {-1 | 1} step */
  shiftInGroup(step) {
    const p = this.stream.focus;
    const group = this.model.groupAt(p);
    const index = group?.pages.indexOf(p) ?? -1;
    if (!group || index < 0) return;
    const other = index + step;
    if (other < 0 || other >= group.pages.length) return this.say(step < 0 ? _("Page %(p)s is already at the start of its document.", { p }) : _("Page %(p)s is already at the end of its document.", { p }));
    const order = [...group.pages];
    order.splice(index, 1);
    order.splice(other, 0, p);
    this.send({ verb: "reorder", body: { group: group.id, order }, groups: [group.id] });
  }

  /** @param {number[]} ids */
  confirm(ids) {
    const open = ids.filter((id) => this.model.groups.get(id)?.state !== "confirmed");
    if (!open.length) return this.say(_("Already confirmed."));
    this.send({ verb: "confirm", body: { groups: open }, groups: open });
  }

  /** @param {number[]} ids */
  unconfirm(ids) {
    const done = ids.filter((id) => this.model.groups.get(id)?.state === "confirmed");
    if (!done.length) return this.say(_("This document is not confirmed."));
    this.send({ verb: "unconfirm", body: { groups: done }, groups: done });
  }

  /**
   * The groups that the filter shows, if all of them are selected, or else null.
   * @returns {number[] | null}
   */
  shownGroups() {
    if (!this.selection.everything) return null;
    const shown = this.stream.shown();
    if (shown.length !== this.selection.size || !shown.every((p) => this.selection.has(p))) return null;
    return [...new Set(shown.map((p) => this.model.at[p] ?? 0))].filter((id) => id !== 0);
  }

  /** @returns {string} the filter's name as it stands beside the stream */
  filterName() {
    return document.querySelector("input[name=filter]:checked + span")?.textContent ?? "";
  }

  /** @param {number} count  of groups that the person agreed to */
  confirmShown(count) {
    this.sendShown("confirm", "confirmed", count);
  }

  /** @param {number} count */
  unconfirmShown(count) {
    this.sendShown("unconfirm", "changed", count);
  }

  /**
   * Send filter, count, and version for everything that the filter shows: the server knows which groups these are, and
   * refuses if they have changed.
   * @param {string} verb
   * @param {"confirmed" | "changed"} state
   * @param {number} groups
   */
  sendShown(verb, state, groups) {
    const ids = (this.shownGroups() ?? []).filter((id) => (this.model.groups.get(id)?.state === "confirmed") !== (state === "confirmed"));
    this.sendMatching(verb, ids, groups);
  }

  /**
   * @param {string} verb
   * @param {number[]} ids  that will differ
   * @param {number} groups  that the filter shows
   */
  sendMatching(verb, ids, groups) {
    const checked = document.querySelector("input[name=filter]:checked");
    const filter = checked instanceof HTMLInputElement ? checked.value : "all";
    const version = this.model.version + this.outbox.pending.length;
    this.send({ verb, body: { matching: { filter, groups, version } }, groups: [], shown: ids });
    this.selection.clear();
  }

  /** Confirm the focused group and go to the next one that isn't confirmed. */
  confirmAndNext() {
    const group = this.model.groupAt(this.stream.focus);
    if (!group) return this.say(_("This page is not in a document yet."));
    const next = this.nextBand(1, (id) => id !== group.id && this.model.groups.get(id)?.state !== "confirmed");
    this.confirm([group.id]);
    if (next) this.stream.setFocus(next);
  }

  /**
   * @param {number} id
   * @param {boolean} flagged
   * @param {string} note
   */
  flag(id, flagged, note) {
    this.send({ verb: "flag", body: { group: id, flagged, note }, groups: [id] });
  }

  /**
   * @param {number} id
   * @param {Record<string, any>} facts  by the names that the server has for them
   * @returns {boolean} whether it is on its way
   */
  describe(id, facts) {
    return this.send({ verb: "describe", body: { group: id, ...facts }, groups: [id] });
  }

  /** @returns {number[]} the documents that the filter shows */
  allShown() {
    return [...new Set(this.stream.shown().map((p) => this.model.at[p] ?? 0))].filter((id) => id !== 0);
  }

  /** @param {number[]} ids  of documents whose drafts are taken over */
  acceptDrafts(ids) {
    const open = ids.filter((id) => this.hasDrafts(id));
    if (!open.length) return this.say(_("These documents have no drafts left to accept."));
    this.send({ verb: "accept-drafts", body: { groups: open }, groups: open });
  }

  /** @param {number[]} shown  all that the filter shows, as the person agreed to */
  acceptDraftsShown(shown) {
    this.sendMatching("accept-drafts", shown.filter((id) => this.hasDrafts(id)), shown.length);
  }

  /** @param {number} id */
  hasDrafts(id) {
    const group = this.model.groups.get(id);
    return Boolean(group && ((group.draftTitle && !group.title) || (group.draftKind && !group.kind) || (group.draftDate && !group.date)));
  }

  /** Send an act that takes nothing but the group of the focused page; the answer shows its result. @param {string} address */
  plain(address) {
    const group = this.model.groupAt(this.stream.focus);
    if (!group) return this.say(_("This page is not in a document yet."));
    this.send({ verb: address, body: { group: group.id }, groups: [group.id] });
  }

  /** @param {string} role @param {number[]} pages */
  mark(role, pages) {
    this.send({ verb: "mark", body: { pages, role }, groups: [] });
  }

  /** @param {90 | 270} by  degrees clockwise @param {number[]} pages */
  rotate(by, pages) {
    this.send({ verb: "rotate", body: { pages, by }, groups: [] });
  }

  /**
   * @param {number[]} pages
   * @param {{reason: string, until: string} | null} restriction  null lifts the restriction
   */
  restrict(pages, restriction) {
    const body = restriction ? { pages, restricted: true, reason: restriction.reason, until: restriction.until || null } : { pages, restricted: false };
    this.send({ verb: "restrict", body, groups: [] });
  }

  /** @param {number} [edit]  sequence of that act and no other; else the last of this person */
  undo(edit) {
    this.send({ verb: "undo", body: edit ? { edit } : this.outbox.meant("undo"), groups: [] });
  }

  redo() {
    this.send({ verb: "redo", body: this.outbox.meant("redo"), groups: [] });
  }

  /**
   * First page of the next band (or the one before) for which `fits` holds.
   * @param {-1 | 1} step
   * @param {(group: number) => boolean} [fits]
   */
  nextBand(step, fits = () => true) {
    const bands = this.model.bands().filter(this.stream.given.shows);
    const here = bands.findIndex((band) => this.stream.focus >= band.from && this.stream.focus <= band.to);
    for (let i = here + step; i >= 0 && i < bands.length; i += step) {
      const band = bands[i];
      if (band && fits(band.group)) return band.from;
    }
    return 0;
  }

  /** The page right of the next doubtful seam. @param {-1 | 1} step */
  nextDoubt(step) {
    for (let p = this.stream.focus + step; p >= 1 && p <= this.model.last; p += step) {
      const left = this.model.before(p);
      if (left && this.model.exists[p] && this.model.isDoubtful(left)) return p;
    }
    return 0;
  }
}
