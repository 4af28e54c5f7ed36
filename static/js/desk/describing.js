/** Flag documents and restrict pages, and show the form again with its text if the server refuses it. */

import { termsLine } from "./describe/work.js";
import { ask, field } from "./dialogs.js";
import { make } from "./dom.js";
import { _, _n } from "../i18n.js";
import { placeNumbered } from "./model.js";
import { keptBy, putTyped } from "./typed.js";

/** @typedef {import("./acts.js").Acts} Acts */
/** @typedef {import("./records.js").Config} Config */
/** @typedef {import("./records.js").Group} Group */
/** @typedef {{group: Group, values: Record<string, string>, message: string}} Refused  what was typed, and why it was not saved */

/** @param {Acts} acts @param {Config} config @param {Refused} [refused] */
export async function flag(acts, config, refused) {
  const group = refused?.group ?? acts.model.groupAt(acts.stream.focus);
  if (!group) return acts.say(_("This page is not in a document yet."));
  if (group.flagged && !refused) return acts.flag(group.id, false, "");
  const at = refused ? (group.pages[0] ?? 0) : acts.stream.focus;
  const answer = await ask(
    _("Flag document %(number)s", { number: acts.model.placeOf(group) }),
    [field(_("What is unclear?"), { name: "note", maxlength: "500", value: group.flagNote }, _("A note for the next person who looks at it. Optional."))],
    { ok: _("Flag"), keep: keptBy(`${config.slug}-flag-`, group.pages), values: refused?.values, problem: refused?.message },
  );
  if (!answer) return;
  const note = String(answer.get("note") ?? "").trim();
  const now = acts.model.groupAt(at);
  if (now?.id === acts.outbox.real(group.id)) return acts.flag(now.id, true, note);
  const message = _("Someone else joined or split this document.");
  if (now) return flag(acts, config, { group: now, values: { note }, message });
  putTyped(keptBy(`${config.slug}-flag-`, [at]), { note });
  acts.say(`${message} ${_("You typed: “%(text)s”", { text: note })}`);
}

/**
 * Restrict the selected pages with a reason and a last day, or, if all are restricted, lift the restriction.
 * @param {Acts} acts
 * @param {Config} config
 * @param {{pages: number[], values: Record<string, string>, message: string}} [refused]
 */
export async function restrict(acts, config, refused) {
  const pages = refused?.pages ?? acts.pages();
  if (!pages.length) return acts.say(_("Select pages first."));
  if (!refused && pages.every((p) => acts.model.pages.get(p)?.restricted)) return acts.restrict(pages, null);
  const answer = await ask(
    _n("Restrict %(count)s page", "Restrict %(count)s pages", pages.length),
    [
      make("p", { text: _("Viewers no longer see restricted pages, and exports and IIIF leave them out. If some pages of a document stay open, its title does too: check it.") }),
      field(_("Reason"), { name: "reason", maxlength: "300" }, _("Shown to people who edit the collection. Optional.")),
      field(_("Last day"), { name: "until", type: "date" }, _("The restriction ends the day after. Leave blank to restrict the pages until someone lifts it.")),
    ],
    { ok: _("Restrict"), keep: `${config.slug}-restrict`, values: refused?.values, problem: refused?.message, at: refused?.values.until ? "until" : undefined },
  );
  if (answer) acts.restrict(pages, { reason: String(answer.get("reason") ?? "").trim(), until: String(answer.get("until") ?? "") });
}

/** Forms of refused acts, which are shown again one after the other. */
let queue = Promise.resolve();

/**
 * Show the form of a refused act again, with its text and the reason.
 * @param {Acts} acts
 * @param {Config} config
 * @param {import("./describe/view.js").Describe} view
 * @param {import("./outbox.js").Sent} command
 * @param {string} message
 * @returns {boolean} whether it was such an act
 */
export function comeBack(acts, config, view, command, message) {
  const { verb, body } = command;
  if (verb === "restrict" && body.restricted) {
    const values = { reason: body.reason, until: body.until ?? "" };
    queue = queue.then(() => restrict(acts, config, { pages: body.pages, values, message }));
    return true;
  }
  if (verb !== "describe" && !(verb === "flag" && body.flagged)) return false;
  const id = acts.outbox.real(Number(body.group));
  // If the document is gone, its text is offered for the one that has its first page now.
  const first = [...command.inverse.values()].find((group) => group)?.pages[0] ?? acts.stream.focus;
  const values = Object.fromEntries(
    Object.entries({ ...body, ...("copy_of" in body ? { copy: placeNumbered(acts.model, body.copy_of) } : {}) }).map(([name, value]) => [name, Array.isArray(value) ? termsLine(value) : String(value ?? "")]),
  );
  queue = queue.then(() => {
    const group = acts.model.groups.get(id) ?? acts.model.groupAt(first);
    if (!group) {
      // The page is unassigned: the text waits until it is in a document.
      putTyped(keptBy(`${config.slug}-${verb}-`, [first]), values);
      return acts.say(message);
    }
    return verb === "flag" ? flag(acts, config, { group, values, message }) : view.open(group, { values, message });
  });
  return true;
}
