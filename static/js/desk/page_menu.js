/** What the menu of a page offers: the acts of the desk that apply there. */

import { _ } from "../i18n.js";
import { openMenu } from "./menu.js";

/** @typedef {import("./acts.js").Acts} Acts */
/** @typedef {import("./menu.js").Entry} Entry */

/**
 * @param {Acts} acts
 * @param {import("./records.js").Config} config
 * @param {import("./keys.js").Keyboard} keyboard
 * @param {Record<string, (event: KeyboardEvent) => void>} run
 * @param {number} x
 * @param {number} y
 */
export function pageMenu(acts, config, keyboard, run, x, y) {
  const { model } = acts;
  const p = acts.stream.focus;
  const group = model.groupAt(p);
  const pages = acts.pages();
  const before = model.before(p);
  const alone = !group || group.pages.length < 2;
  /** @param {string} id @param {string} label @param {boolean} [applies] @returns {Entry[]} */
  const entry = (id, label, applies = true) => {
    const command = applies ? run[id] : undefined;
    return command ? [{ label, key: keyboard.hint(id), run: () => command(new KeyboardEvent("keydown")) }] : [];
  };
  const chosen = new Set(pages.map((q) => model.at[q]).filter(Boolean));
  const isMarked = (/** @type {string} */ role) => pages.every((q) => (model.pages.get(q)?.role ?? "") === role);
  const marks = config.mayEdit
    ? config.roles.filter(([role]) => !isMarked(role)).map(([role, label]) => ({
        label: role ? _("Mark as %(label)s", { label }) : _("Remove mark"), key: "", run: () => acts.mark(role, pages),
      }))
    : [];
  const joined = !model.startsDocument(p);
  const isConfirmed = group?.state === "confirmed";
  const entries = [
    ...entry("open", _("Open")), ...entry("compare", _("Compare with previous page"), Boolean(before)), ...entry("why", _("Why?"), Boolean(before)), null,
    ...entry("split", joined ? _("Split before this page") : _("Join to previous page"), Boolean(before && group)),
    ...entry("merge", _("Join to previous document"), Boolean(group && model.placeOf(group) > 1)),
    ...entry("merge-selected", _("Join selected documents"), chosen.size > 1), null,
    ...entry("new-group", _("Make a new document"), !group || pages.length !== group.pages.length || chosen.size > 1),
    ...entry("move-to", _("Move to…"), model.groups.size > 0), ...entry("cut", _("Cut")),
    ...entry("paste", _("Paste before this page"), acts.cutPages.size > 0), ...entry("earlier", _("Move earlier in document"), !alone),
    ...entry("later", _("Move later in document"), !alone), null,
    ...entry("confirm", _("Confirm and go to next"), Boolean(group) && !isConfirmed), ...entry("unconfirm", _("Unconfirm"), isConfirmed),
    ...entry("describe", _("Describe…"), Boolean(group)), ...entry("comment", _("Comment…"), Boolean(group)), ...entry("flag", group?.flagged ? _("Remove flag") : _("Flag…"), Boolean(group)),
    ...entry("rotate", _("Rotate to the right")), ...entry("rotate-back", _("Rotate to the left")),
    ...(group ? config.offered.flatMap(({ address, command, label }) => entry(command || address, label)) : []), null, ...marks,
  ];
  openMenu(x, y, entries.filter((e, i) => e || (i > 0 && entries[i - 1])), () => acts.stream.setFocus(p, { keyboard: false }));
}
