/** Acts that ask the person something first. */

import { ask, choose, field } from "./dialogs.js";
import { getJson, make } from "./dom.js";
import { _, _n, number } from "../i18n.js";

/** @typedef {import("./acts.js").Acts} Acts */
/** @typedef {import("./records.js").Config} Config */

const MOST_CHOICES = 40;
/** @type {number[]} groups that pages went to lately, newest first */
const recent = [];

/** @param {Acts} acts */
export async function moveTo(acts) {
  const pages = acts.pages();
  const { model, stream } = acts;
  const own = new Set(pages.map((p) => model.at[p] ?? 0));
  const bands = model.bands();
  const here = bands.findIndex((band) => stream.focus >= band.from && stream.focus <= band.to);
  const near = bands.slice(Math.max(0, here - 4), here + 5).map((band) => band.group);
  const first = [...new Set([...recent, ...near])].filter((id) => id !== 0 && model.groups.has(id));
  const id = await choose(
    _n("Move %(count)s page to…", "Move %(count)s pages to…", pages.length),
    _("Number or title of a document"),
    (query) => {
      const words = query.toLowerCase();
      const all = query ? model.groups.keys() : first;
      const matches = [];
      for (const key of all) {
        const group = model.groups.get(key);
        if (!group || (own.size === 1 && own.has(key))) continue;
        const title = model.titleOf(group);
        const place = String(model.placeOf(group));
        if (query && place !== words && !title.toLowerCase().includes(words)) continue;
        const count = group.pages.length;
        matches.push({ id: key, label: `${place} ${title}`, detail: _("page %(first)s, %(count)s in all", { first: group.pages[0] ?? "", count }) });
        if (matches.length >= MOST_CHOICES) break;
      }
      matches.sort((a, b) => Number(b.label.startsWith(`${query} `)) - Number(a.label.startsWith(`${query} `)));
      return matches;
    },
  );
  if (id === null) return;
  recent.unshift(id);
  recent.splice(5);
  acts.move(pages, id);
}

/** @param {Acts} acts @param {Config} config */
export async function goTo(acts, config) {
  let count = 0;
  /** @param {FormData} data */
  const check = (data) => {
    const query = String(data.get("q") ?? "").trim();
    // A number is a position, which is known here: go there immediately, so that the next key acts there.
    count = /^\d+$/.test(query) ? Number(query) : 0;
    if (acts.model.exists[count]) return null;
    return pageMeant(config, query).then((p) => {
      count = p;
      return null;
    }, (error) => (error instanceof Error ? error.message : String(error)));
  };
  const fields = [field(_("Page number or identifier"), { name: "q", required: true })];
  if ((await ask(_("Go to page"), fields, { ok: _("Go"), check, asks: true })) && count) acts.stream.goToPage(count);
}

/** @param {Config} config @param {string} query @returns {Promise<number>} the page; throws where there is none */
async function pageMeant(config, query) {
  const data = await getJson(`${config.urls.find}?q=${encodeURIComponent(query)}`);
  return data.position;
}

/**
 * @param {Acts} acts
 * @param {Config} config
 * @param {string} query
 * @returns {Promise<number>} the page, 0 if there is none
 */
export async function goToMeant(acts, config, query) {
  try {
    const p = await pageMeant(config, query);
    acts.stream.goToPage(p);
    return p;
  } catch (error) {
    acts.say(error instanceof Error ? error.message : String(error));
    return 0;
  }
}

/** @param {Acts} acts */
export async function confirmSelected(acts) {
  const shown = acts.shownGroups();
  if (shown) {
    const answer = await askOfAll(acts, shown, (count) => _("Confirm %(count)s", { count }));
    if (answer) acts.confirmShown(shown.length);
    return;
  }
  const groups = acts.groups().filter((id) => acts.model.groups.get(id)?.state !== "confirmed");
  if (groups.length < 2) return acts.confirm(acts.groups());
  const pages = groups.reduce((sum, id) => sum + (acts.model.groups.get(id)?.pages.length ?? 0), 0);
  const answer = await ask(
    _("Confirm %(count)s documents?", { count: groups.length }),
    [make("p", { text: _("They contain %(pages)s pages, including unselected ones. You can undo this.", { pages }) })],
    { ok: _("Confirm %(count)s documents", { count: groups.length }) },
  );
  if (answer) acts.confirm(groups);
}

/** Join what is selected; all that is shown, which is rarely meant, only if the person agrees. @param {Acts} acts */
export async function joinSelected(acts) {
  const shown = acts.shownGroups();
  if (!shown || shown.length < 2 || (await askOfAll(acts, shown, (count) => _("Join %(count)s", { count })))) acts.mergeSelected();
}

/** Take the confirmation of everything that is selected back, where all that is shown is. @param {Acts} acts */
export async function unconfirmShown(acts) {
  const shown = acts.shownGroups();
  if (shown && (await askOfAll(acts, shown, (count) => _("Unconfirm %(count)s", { count })))) acts.unconfirmShown(shown.length);
}

/** Take over the drafts of what is selected, else of all that is shown. @param {Acts} acts */
export async function acceptDrafts(acts) {
  if (acts.selection.size && !acts.shownGroups()) return acts.acceptDrafts(acts.groups());
  const shown = acts.allShown();
  if (!shown.some((id) => acts.hasDrafts(id))) return acts.say(_("The documents shown have no drafts left to accept."));
  if (await askOfAll(acts, shown, (count) => _("Accept the drafts of %(count)s", { count }))) acts.acceptDraftsShown(shown);
}

/**
 * @param {Acts} acts
 * @param {number[]} groups
 * @param {(count: string) => string} wording  what will be done to so many documents
 */
function askOfAll(acts, groups, wording) {
  const pages = groups.reduce((sum, id) => sum + (acts.model.groups.get(id)?.pages.length ?? 0), 0);
  const count = _n("%(count)s document", "%(count)s documents", groups.length);
  const what = wording(count);
  const sentence = _("Everything under “%(filterName)s”: %(count)s with %(pages)s pages. You can undo this in one step.", { filterName: acts.filterName(), count, pages: number(pages) });
  return ask(`${what}?`, [make("p", { text: sentence })], { ok: what });
}
