/** Preview of many changes before they are saved as one. */

import { ask } from "../dialogs.js";
import { NotAnswered, Stopped, make, postJson } from "../dom.js";
import { eitherWay, factsFrom, shownIn, textOf, toldIn } from "./rows.js";
import { _, _n, number } from "../../i18n.js";

/** @typedef {import("../records.js").Group} Group */
/** @typedef {import("./rows.js").Texts} Texts */

const PREVIEWED = 200;
const LONGEST = 300;

/** @param {string} text */
const clipped = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

/** @param {string | undefined} words  as what was typed is read, where that differs */
const told = (words) => (words ? [make("p", { class: "quiet", text: _("Read as %(words)s", { words }) })] : []);

/**
 * @param {{
 *   config: import("../records.js").Config, model: import("../model.js").Model, columns: import("./rows.js").Column[],
 *   send: (texts: Texts) => boolean,
 * }} table
 */
export function previewer({ config, model, columns, send }) {
  /**
   * Show what will change, as the server reads it, and then do it in one act.
   * @param {string} title
   * @param {Texts} texts
   * @param {string[]} notes
   * @param {(group: Group) => number} [called]
   * @param {string[]} again  why it is asked once more
   * @returns {Promise<string | null>} null where it is sent; why there is nothing to look at, "" where it was left
   */
  return async function preview(title, texts, notes, called = (group) => model.placeOf(group), again = []) {
    if (!Object.keys(texts).length) return [...notes, _("Nothing would change.")].join(" ");
    let data;
    try {
      ({ data } = await postJson(config.urls.check ?? "", { facts: factsFrom(texts, config.description) }));
    } catch (error) {
      if (!(error instanceof NotAnswered || error instanceof Stopped)) throw error;
      return error.message;
    }
    /** @type {Record<string, Record<string, string>>} */
    const wrong = data.wrong ?? {};
    /** @type {Record<string, Record<string, string>>} */
    const readAs = data.read ?? {};
    /** @type {Texts} */
    const good = {};
    // Values that can't be read come first, because people have to fix them.
    const [amiss, fine] = [/** @type {HTMLElement[]} */ ([]), /** @type {HTMLElement[]} */ ([])];
    const groups = Object.keys(texts).flatMap((id) => model.groups.get(Number(id)) ?? []).sort((one, other) => called(one) - called(other));
    const seen = new Map(groups.map((group) => [group.id, group.version]));
    let [right, bad] = [0, 0];
    for (const group of groups) {
      for (const [name, text] of Object.entries(texts[group.id] ?? {})) {
        const why = wrong[group.id]?.[name];
        if (why) bad++;
        else right++, (good[group.id] = { ...good[group.id], [name]: text });
        const kind = why ? amiss : fine;
        if (kind.length < PREVIEWED) kind.push(make("tr", { class: why ? "is-wrong" : undefined }, [
          make("td", { text: String(called(group)) }), make("td", { text: columns.find((column) => column.name === name)?.label ?? name }),
          make("td", { class: `is-before${textOf(group, name) ? "" : " is-draft"}`, text: clipped(name === "date" ? toldIn(group, name) : textOf(group, name) || shownIn(group, name)) }), make("td", {}, [clipped(text) || _("(empty)"), ...told(readAs[group.id]?.[name]), ...(why ? [make("p", { class: "field-error", text: why })] : [])]),
        ]));
      }
    }
    const lines = [...amiss, ...fine].slice(0, PREVIEWED);
    const more = right + bad - lines.length;
    const count = _n("%(count)s value", "%(count)s values", right);
    const doubtful = eitherWay(good);
    const remarks = [...again, ...notes, ...(doubtful ? [_n("%(count)s date can be read in two ways. It is read with the month first, as shown below.", "%(count)s dates can be read in two ways. They are read with the month first, as shown below.", doubtful)] : []), ...(bad ? [_n("%(count)s value cannot be read and is left out.", "%(count)s values cannot be read and are left out.", bad)] : [])];
    const answer = await ask(_n("%(title)s: %(values)s in %(count)s document", "%(title)s: %(values)s in %(count)s documents", Object.keys(good).length, { title, values: count }), [
      ...remarks.map((sentence) => make("p", { text: sentence })),
      make("div", { class: "preview-scroll", tabindex: "0", role: "region", "aria-label": _("Changes") }, [
        make("table", { class: "preview-table" }, [
          make("thead", {}, [make("tr", {}, [_("Document"), _("Field"), _("Now"), _("Then")].map((text) => make("th", { scope: "col", text })))]),
          make("tbody", {}, lines),
        ]),
      ]),
      ...(more > 0 ? [make("p", { class: "quiet", text: _("And %(more)s more.", { more: number(more) }) })] : []),
    ], { ok: _("Change %(count)s", { count }), check: () => (right ? null : _("There is nothing to change.")) });
    if (!answer) return "";
    const changed = groups.filter((group) => model.groups.get(group.id)?.version !== seen.get(group.id));
    if (!changed.length) return send(good) ? null : "";
    const why = _n("%(count)s document changed while you looked. Check it again.", "%(count)s documents changed while you looked. Check them again.", changed.length);
    return preview(title, texts, notes, called, [why]);
  };
}
