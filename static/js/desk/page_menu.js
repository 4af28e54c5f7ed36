/** Items in the menu of a page: the acts that apply there. */

import { _ } from "../i18n.js";
import { applying } from "./applying.js";
import { openMenu } from "./menu.js";

/** @typedef {import("./acts.js").Acts} Acts */
/** @typedef {import("./menu.js").Entry} Entry */

/**
 * Items to copy a link to the page and to open it in its repository.
 * @param {Acts} acts
 * @param {import("./records.js").Config} config
 * @param {number} p
 * @returns {Entry[]}
 */
function links(acts, config, p) {
  const group = acts.model.groupAt(p);
  const page = acts.model.pages.get(p);
  /** @param {string} path */
  const copy = (path) => async () => {
    const address = new URL(path, location.href).href;
    try {
      await navigator.clipboard.writeText(address);
      acts.say(_("Link copied."));
    } catch {
      acts.say(address); // the browser doesn't allow copying; it can be copied from here
    }
  };
  /** @type {Entry[]} */
  const entries = [];
  if (page) entries.push({ label: _("Copy link to this page"), key: "", run: copy(`${config.urls.desk}#page/${encodeURIComponent(page.identifier)}`) });
  if (group && group.id > 0) entries.push({ label: _("Copy link to this document"), key: "", run: copy((config.urls.documents ?? "").replace("/0/", `/${group.number}/`)) });
  const repository = config.urls.repository?.replace("/0/", `/${page?.id}/`);
  if (page && repository) entries.push({ label: _("Open in repository"), key: "", run: () => void window.open(repository, "_blank", "noopener") });
  return entries;
}

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
  const applies = applying(acts, p);
  /** @param {string} id @param {string} label @returns {Entry[]} */
  const entry = (id, label) => {
    const command = applies[id] === false ? undefined : run[id];
    return command ? [{ label, key: keyboard.hint(id), run: () => command(new KeyboardEvent("keydown")) }] : [];
  };
  const isMarked = (/** @type {string} */ role) => pages.every((q) => (model.pages.get(q)?.role ?? "") === role);
  const marks = config.mayEdit
    ? config.roles.filter(([role]) => !isMarked(role)).map(([role, label]) => ({
        label: role ? _("Mark as %(label)s", { label }) : _("Remove mark"), key: "", run: () => acts.mark(role, pages),
      }))
    : [];
  const joined = !model.startsDocument(p);
  const entries = [
    ...entry("open", _("Open")), ...entry("compare", _("Compare with previous page")), ...entry("why", _("Why?")), null,
    ...entry("split", joined ? _("Split before this page") : _("Join to previous page")),
    ...entry("merge", _("Join to previous document")),
    ...entry("merge-selected", _("Join selected documents")), null,
    ...entry("new-group", _("Make a new document")),
    ...entry("move-to", _("Move to…")), ...entry("cut", _("Cut")),
    ...entry("paste", _("Paste before this page")), ...entry("earlier", _("Move earlier in document")),
    ...entry("later", _("Move later in document")), null,
    ...entry("confirm", _("Confirm and go to next")), ...entry("unconfirm", _("Unconfirm")),
    ...entry("describe", _("Describe…")), ...entry("comment", _("Comment…")), ...entry("flag", group?.flagged ? _("Remove flag") : _("Flag…")),
    ...entry("rotate", _("Rotate to the right")), ...entry("rotate-back", _("Rotate to the left")),
    ...entry("restrict", pages.every((q) => model.pages.get(q)?.restricted) ? _("Lift the restriction") : _("Restrict…")),
    ...links(acts, config, p), null,
    ...(group ? config.offered.flatMap(({ address, command, label }) => entry(command || address, label)) : []), null, ...marks,
  ];
  openMenu(x, y, entries.filter((e, i) => e || (i > 0 && entries[i - 1])), () => acts.stream.setFocus(p, { keyboard: false }));
}
