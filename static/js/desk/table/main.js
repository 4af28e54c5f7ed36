/** The table: one row per document, with its description in cells. Every change is an act. */

import { untilAnswered } from "../again.js";
import { uprightAddress } from "../cells.js";
import { termsLine } from "../describe/work.js";
import { Thread } from "../comments.js";
import { ask, field } from "../dialogs.js";
import { byId, dataFrom, getJson, make, offerToSave, useIcons } from "../dom.js";
import { showHelp } from "../help.js";
import { Kept } from "../kept.js";
import { Keyboard, refusing } from "../keys.js";
import { Model } from "../model.js";
import { Outbox } from "../outbox.js";
import { tellSaving } from "../saving.js";
import { Toasts } from "../toasts.js";
import { Columns } from "./columns.js";
import { Grid } from "./grid.js";
import { chosen, columnsOf, factsFrom, filledDown, inUse, pasted, readTable, replaced, shownIn, tableOf, textOf } from "./rows.js";
import { previewer } from "./preview.js";
import { Scans } from "./scans.js";
import { Unsaved } from "./unsaved.js";
import { csv, decoded, isWorkbook, read, tabbed, unguarded, untabbed } from "./separated.js";
import { offerKeys } from "../../palette.js";
import { _, _n, mirrored, number } from "../../i18n.js";

/** @typedef {import("../records.js").Group} Group */
/** @typedef {import("./rows.js").Texts} Texts */

/** @type {import("../records.js").Config} */
const config = dataFrom("desk-config");
useIcons(config.urls.icons ?? "");
const toasts = new Toasts(byId("toasts", HTMLElement), byId("live", HTMLElement));
const columns = columnsOf(config.description, config.mayEdit);
/** Widths, px. */
const WIDTHS = /** @type {Record<string, number>} */ ({
  title: 320, kind: 130, date: 120, creators: 220, summary: 260, subjects: 220, language: 90, note: 240, pages: 80, state: 120, confidence: 120, personal: 150,
});
const WIDTH = 180;

start().catch((error) => (byId("grid", HTMLElement).textContent = error instanceof Error ? error.message : String(error)));

async function start() {
  const model = new Model(await untilAnswered(config.urls.index ?? ""), config);
  const view = new Columns(config.slug, inUse(columns, config.description, [...model.groups.values()]));
  const { shown } = view;
  const scroller = byId("grid", HTMLElement);
  scroller.style.setProperty("--columns", ["var(--lead)", ...shown.map(({ name }) => `${WIDTHS[name] ?? WIDTH}px`)].join(" "));
  const outbox = new Outbox(model, config.urls, new Kept(config.kept));
  const asked = new URLSearchParams(location.search);
  /** @type {Record<string, string>} */
  const filters = Object.fromEntries(shown.map(({ name }) => [name, asked.get(name) ?? ""]));
  let sort = asked.get("sort") ?? "";
  const inOrder = () => [...model.groups.values()].sort((a, b) => Math.min(...a.pages) - Math.min(...b.pages));
  /** @type {Set<number>} */
  const wanted = new Set();
  let timer = 0;

  const unsaved = new Unsaved(`${config.slug}-table`, model);
  /** @param {Texts} texts @returns {boolean} whether it is on its way */
  const send = (texts) => {
    const ids = Object.keys(texts).map(Number);
    if (!ids.length) return false;
    for (const id of ids) unsaved.isFor(id);
    const facts = factsFrom(texts, config.description);
    const only = ids[0] ?? 0;
    try {
      if (ids.length === 1) outbox.do({ verb: "describe", body: { group: only, ...facts[only] }, groups: ids });
      else outbox.do({ verb: "describe-many", body: { facts }, groups: ids });
    } catch (error) {
      toasts.show(error instanceof Error ? error.message : String(error));
      return false;
    }
    return true;
  };
  const preview = previewer({ config, model, columns, send });
  /** @param {Promise<string | null>} previewed */
  const tellWhy = async (previewed) => {
    const why = await previewed;
    if (why) toasts.show(why, { tone: "problem" });
  };
  /** Thumbnails of the rows in view. */
  const load = async () => {
    const missing = [...wanted].filter((p) => !model.pages.has(p)).slice(0, 200);
    wanted.clear();
    if (!missing.length) return;
    const { edition } = model;
    try {
      const { pages } = await getJson(`${config.urls.pages}?at=${missing.join(",")}`);
      model.addPages(pages, edition);
      grid.draw();
    } catch {
      // tried again on the next scroll
    }
  };
  const grid = new Grid(scroller, shown, {
    mayEdit: config.mayEdit,
    thumb: (group) => {
      const page = model.pages.get(group.pages[0] ?? 0);
      return page ? uprightAddress(config, page, 320) : "";
    },
    place: (group) => model.placeOf(group),
    address: (group) => `${config.urls.documents?.replace("/0/", `/${group.number}/`)}?describe=1`,
    unsaved: (id, name) => unsaved.at(id, name),
    typed: (id, name, text) => {
      unsaved.keep(id, name, text);
      tell();
    },
    save: (id, name, text) => {
      if (send({ [id]: { [name]: text } })) unsaved.keep(id, name, null);
    },
    now: (id) => model.groups.get(id),
    overtaken: (group, id, name, text) => {
      const said = group ? textOf(group, name) : "";
      const why = said ? _("Someone entered “%(text)s” here meanwhile.", { text: said }) : _("Someone emptied this cell meanwhile.");
      unsaved.keep(id, name, text, group ? why : undefined);
      const heir = group ? 0 : unsaved.heir(id);
      if (!group) unsaved.follow();
      toasts.show(group ? `${why} ${_("What you typed is still in the cell. Open it and press Enter to save it.")}` : _("Someone joined this document with another. What you typed is in that document’s row: open the cell and press Enter to save it."), { tone: "problem" });
      tell();
      return heir;
    },
    seen: (groups) => {
      for (const { pages } of groups) if (pages[0] && !model.pages.has(pages[0])) wanted.add(pages[0]);
      clearTimeout(timer);
      timer = window.setTimeout(() => void load(), 120);
    },
    moved: () => {
      tell();
      showThread();
    },
  });

  const scans = new Scans(byId("table-scans", HTMLElement), byId("table-scan", HTMLButtonElement), config, model);
  const thread = new Thread(byId("table-thread", HTMLElement), model, config);
  const threadSwitch = byId("table-comments", HTMLButtonElement);
  const isThreadOpen = () => threadSwitch.getAttribute("aria-expanded") === "true";
  const showThread = () => {
    const row = grid.rows[grid.at.row];
    thread.show(isThreadOpen() && row ? row.id : 0, row?.pages[0] ?? 0);
  };
  threadSwitch.addEventListener("click", () => {
    threadSwitch.setAttribute("aria-expanded", String(!isThreadOpen()));
    showThread();
    if (isThreadOpen()) thread.focus();
  });

  const tell = () => {
    scans.show(grid.rows[grid.at.row], grid.rows[grid.at.row + 1]);
    const { groups, columns: across } = grid.selected();
    const cells = groups.length * across.length;
    byId("table-count", HTMLElement).textContent = _("%(count)s of %(size)s documents", { count: number(grid.rows.length), size: number(model.groups.size) });
    byId("table-selected", HTMLElement).textContent = cells > 1 ? _("%(cells)s cells selected", { cells: number(cells) }) : "";
    const waiting = byId("table-unsaved", HTMLButtonElement);
    waiting.hidden = !unsaved.count;
    waiting.textContent = unsaved.count ? _("%(left)s not saved", { left: number(unsaved.count) }) : "";
    for (const id of ["table-fill"]) byId(id, HTMLButtonElement).disabled = !config.mayEdit || groups.length < 2;
  };
  const none = make("p", { class: "grid-none", hidden: true, text: _("No document fits these filters.") });
  scroller.after(none);
  const refresh = () => {
    grid.show(chosen(inOrder(), filters, sort));
    none.hidden = grid.rows.length > 0;
    const query = new URLSearchParams([...Object.entries(filters).filter(([, text]) => text), ...(sort ? [["sort", sort]] : [])]);
    const address = location.pathname + (query.size ? `?${query}` : "");
    history.replaceState(history.state, "", address);
    offerToSave(query.size > 0, address);
    byId("table-clear", HTMLButtonElement).disabled = !query.size;
    for (const head of scroller.querySelectorAll("[data-sort]")) {
      if (!(head instanceof HTMLElement)) continue;
      const name = head.dataset.sort;
      head.closest("[role=columnheader]")?.setAttribute("aria-sort", sort === name ? "ascending" : sort === `-${name}` ? "descending" : "none");
    }
    tell();
  };
  // Filtered or sorted rows stay where they are after a change, until they are filtered or sorted again.
  model.addEventListener("change", () => {
    const rows = grid.rows.flatMap(({ id }) => model.groups.get(id) ?? []);
    const isChosen = sort !== "" || Object.values(filters).some((query) => query.trim());
    if (rows.length === grid.rows.length && (isChosen || rows.length === model.groups.size)) grid.show(rows);
    else refresh();
    if (unsaved.follow()) grid.draw();
    tell();
  });
  outbox.addEventListener("done", (event) => {
    const { command, data } = /** @type {CustomEvent} */ (event).detail;
    const back = command.verb === "undo" ? { action: _("Redo"), act: redo } : { action: _("Undo"), act: () => undo(command.verb === "redo" ? undefined : data.edit?.sequence) };
    if (data.message) toasts.show(data.message, { ...back, done: true });
  });
  outbox.addEventListener("refused", (event) => {
    const { command, data } = /** @type {CustomEvent} */ (event).detail;
    for (const [id, facts] of Object.entries(factsOf(command))) {
      for (const [name, value] of Object.entries(facts)) unsaved.keep(Number(id), name, typeof value === "string" ? value : termsLine(value), data.message);
    }
    unsaved.follow();
    toasts.show(data.message ?? _("This was not saved."), { tone: "problem" });
    grid.draw();
    tell();
  });
  tellSaving(outbox, config);
  /** @param {number} [edit] */
  const undo = (edit) => outbox.do({ verb: "undo", body: edit ? { edit } : outbox.meant("undo"), groups: [] });
  const redo = () => outbox.do({ verb: "redo", body: outbox.meant("redo"), groups: [] });

  heads(scroller, shown, filters, (name) => {
    sort = sort === name ? `-${name}` : sort === `-${name}` ? "" : name;
    refresh();
  }, refresh);
  const keyboard = new Keyboard(config.keys, refusing(config, (why) => toasts.show(why)));
  offerKeys(keyboard);
  keyboard.push("table", {
    ...(config.mayEdit ? { undo: () => undo(), redo } : {}),
    help: () => showHelp(config.keys, config.mayEdit, config.urls.keys ?? ""),
    search: () => byId("search", HTMLInputElement).focus(),
  });
  keyboard.dress({ undo: () => undo(), redo, help: () => showHelp(config.keys, config.mayEdit, config.urls.keys ?? "") });
  const fill = () => {
    const { groups, columns: across } = grid.selected();
    if (groups.length < 2) return toasts.show(_("Select two or more cells first. The first one fills the others."));
    const names = across.filter(({ editable }) => editable).map(({ name }) => name);
    const [first] = groups;
    if (first && !names.some((name) => shownIn(first, name))) return toasts.show(_("The first cell is empty, so there is nothing to fill down. To empty cells, press Delete."));
    if (!send(filledDown(groups, names))) toasts.show(_("All of them already have this."));
  };
  view.offer(byId("table-columns", HTMLButtonElement));
  byId("table-fill", HTMLButtonElement).addEventListener("click", fill);
  byId("table-replace", HTMLButtonElement).addEventListener("click", () => void replace());
  byId("table-export", HTMLButtonElement).addEventListener("click", () => download(csv(tableOf(grid.rows, shown)), `${config.slug}-table.csv`));
  const file = byId("table-file", HTMLInputElement);
  byId("table-import", HTMLButtonElement).addEventListener("click", () => file.click());
  file.addEventListener("change", async () => {
    const [given] = file.files ?? [];
    file.value = "";
    if (given) await bringIn(given);
  });
  const clear = () => {
    for (const input of scroller.querySelectorAll("[data-filter]")) if (input instanceof HTMLInputElement) input.value = "";
    for (const name of Object.keys(filters)) filters[name] = "";
    sort = "";
    refresh();
  };
  byId("table-clear", HTMLButtonElement).addEventListener("click", clear);
  byId("table-unsaved", HTMLButtonElement).addEventListener("click", () => {
    const places = unsaved.places();
    const here = places.findIndex(({ id, name }) => id === grid.rows[grid.at.row]?.id && name === shown[grid.at.column]?.name);
    const place = places[(here + 1) % places.length];
    if (!place) return;
    if (!model.groups.has(place.id)) {
      const drop = () => (unsaved.keep(place.id, place.name, null), tell());
      return toasts.show(_("The document is gone. You typed: “%(text)s”", { text: unsaved.at(place.id, place.name)?.text ?? "" }), { tone: "problem", action: _("Discard"), act: drop });
    }
    if (!grid.rows.some(({ id }) => id === place.id)) clear();
    grid.go({ row: grid.rows.findIndex(({ id }) => id === place.id), column: shown.findIndex(({ name }) => name === place.name) }, false);
  });

  /** The last values of find and replace, to fill in the next time. */
  let last = { find: "", by: "" };
  /** The dialog stays below the preview until it is applied, so that people can go back and change it. */
  function replace() {
    /** @param {FormData} words */
    const check = (words) => {
      last = { find: String(words.get("find") ?? ""), by: String(words.get("by") ?? "") };
      const names = words.get("in") ? [String(words.get("in"))] : shown.filter(({ editable }) => editable).map(({ name }) => name);
      return preview(_("Replace"), replaced(grid.rows, names, last.find, last.by, words.get("exact") !== null), []);
    };
    return ask(_("Find and replace"), [
      field(_("Find"), { name: "find", maxlength: "500", required: true, value: last.find }),
      field(_("Replace with"), { name: "by", maxlength: "500", value: last.by }),
      make("label", { class: "field" }, [
        make("span", { class: "field-label", text: _("In") }),
        make("select", { name: "in" }, [make("option", { value: "", text: _("All fields") }), ...shown.filter(({ editable }) => editable).map(({ name, label }) => make("option", { value: name, text: label }))]),
      ]),
      make("label", { class: "check" }, [make("input", { type: "checkbox", name: "exact" }), make("span", { text: _("Same capital letters") })]),
      make("p", { class: "quiet", text: _("In the %(count)s documents shown. You see what changes before anything is saved.", { count: number(grid.rows.length) }) }),
    ], { ok: _("Preview"), keep: `${config.slug}-replace`, check });
  }

  /** @param {File} given */
  async function bringIn(given) {
    const bytes = await given.arrayBuffer();
    /** @param {string} why */
    const refuse = (why) => toasts.show(`${given.name}: ${why}`, { tone: "problem" });
    if (isWorkbook(bytes)) return refuse(_("This is a workbook. In your spreadsheet program, save it as “CSV UTF-8” and import that file."));
    const { text, guess } = decoded(bytes);
    const { rows, open } = read(text);
    if (open) return refuse(_("The quotation mark in line %(line)s is never closed, so the rest of the file cannot be read.", { line: number(open) }));
    const { texts, unknown, twice, unread, problem } = readTable(rows.map((row) => row.map(unguarded)), [...model.groups.values()], view.all);
    if (problem) return refuse(problem);
    /** @param {string[]} all */
    const some = (all) => `${all.slice(0, 5).join(", ")}${all.length > 5 ? ", …" : ""}`;
    const notes = unknown.length ? [_n("%(count)s row is left out: no document here has the number %(numbers)s.", "%(count)s rows are left out: no document here has the numbers %(numbers)s.", unknown.length, { numbers: some(unknown) })] : [];
    if (unread.length) notes.push(_n("%(count)s column is left out, because the table has none called %(names)s.", "%(count)s columns are left out, because the table has none called %(names)s.", unread.length, { names: some(unread.map((name) => `“${name.trim()}”`)) }));
    if (twice.length) notes.push(_n("Document %(numbers)s is in the file more than once. Its last row counts.", "%(count)s documents are in the file more than once: %(numbers)s. Their last rows count.", twice.length, { numbers: some(twice) }));
    if (guess) notes.push(_("The file is not in UTF-8 and was read as %(encoding)s. Check letters with accents below; if they are wrong, save the file as “CSV UTF-8.”", { encoding: guess }));
    await tellWhy(preview(_("Import %(name)s", { name: given.name }), texts, notes, ({ number }) => number)); // as the file names them
  }

  scroller.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || !(event.target instanceof HTMLElement) || !event.target.matches("[data-row]")) return;
    const { row, column } = grid.at;
    const screen = Math.max(1, Math.floor(scroller.clientHeight / 56) - 2);
    const mod = event.ctrlKey || event.metaKey;
    /** @type {Record<string, [number, number]>} */
    const ways = {
      ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1],
      PageUp: [row - screen, column], PageDown: [row + screen, column], Home: [mod ? 0 : row, 0], End: [mod ? grid.rows.length - 1 : row, shown.length - 1],
    };
    const way = ways[mirrored(event.key)];
    const meant = keyboard.meant(event, "table");
    if (way) grid.go({ row: way[0], column: way[1] }, event.shiftKey);
    else if (meant === "table-scans") scans.toggle();
    else if (meant === "table-edit") grid.edit();
    else if (meant === "table-fill" && config.mayEdit) fill();
    else if (meant === "table-empty" && config.mayEdit) {
      const { groups, columns: across } = grid.selected();
      send(pasted([across.filter(({ editable }) => editable).map(() => "")], groups, across.filter(({ editable }) => editable).map(({ name }) => name), groups.length));
    } else if (!mod && !event.altKey && event.key.length === 1 && event.key !== " ") grid.edit(event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener("copy", (event) => {
    if (!(document.activeElement instanceof HTMLElement) || !document.activeElement.matches("[data-row]")) return;
    const { groups, columns: across } = grid.selected();
    event.clipboardData?.setData("text/plain", tabbed(groups.map((group) => across.map(({ name }) => textOf(group, name) || shownIn(group, name)))));
    event.preventDefault();
  });
  document.addEventListener("paste", (event) => {
    if (!config.mayEdit || !(document.activeElement instanceof HTMLElement) || !document.activeElement.matches("[data-row]")) return;
    event.preventDefault();
    const { top, bottom, left } = grid.area();
    const cells = untabbed(event.clipboardData?.getData("text/plain") ?? "");
    const width = Math.max(0, ...cells.map((line) => line.length));
    const across = shown.slice(left, left + width);
    const free = shown.slice(left).findIndex(({ editable }) => !editable);
    if (free === 0) return void toasts.show(_("%(column)s cannot be edited here, so nothing is pasted.", { column: across[0]?.label ?? "" }), { tone: "problem" });
    if (free > 0 && free < width) return void toasts.show(_n("You copied %(copied)s columns, but only one can be filled from this cell on. Copy fewer, or paste further to the left.", "You copied %(copied)s columns, but only %(count)s can be filled from this cell on. Copy fewer, or paste further to the left.", free, { copied: number(width) }), { tone: "problem" });
    const over = top + cells.length - grid.rows.length;
    const notes = cells.length > 1 && over > 0 ? [_n("%(count)s row is left out: there are no more documents below.", "%(count)s rows are left out: there are no more documents below.", over)] : [];
    const texts = pasted(cells, grid.rows.slice(top), across.map(({ name }) => name), bottom - top + 1);
    const count = Object.values(texts).reduce((sum, fields) => sum + Object.keys(fields).length, 0);
    if (count > 1 || notes.length) void tellWhy(preview(_("Paste"), texts, notes));
    else send(texts);
  });
  if (!config.mayEdit) for (const id of ["table-fill", "table-replace", "table-import"]) byId(id, HTMLElement).hidden = true;
  unsaved.follow();
  refresh();
  await outbox.restore();
  document.body.dataset.ready = "yes";
}

/** @param {import("../outbox.js").Sent} command @returns {Record<string, Record<string, any>>} what it was to say, by document */
function factsOf({ verb, body }) {
  if (verb === "describe-many") return body.facts;
  if (verb !== "describe") return {};
  const { group, ...facts } = body;
  return { [group]: facts };
}

/**
 * @param {HTMLElement} scroller
 * @param {import("./rows.js").Column[]} shown
 * @param {Record<string, string>} filters
 * @param {(name: string) => void} sortBy
 * @param {() => void} refresh
 */
function heads(scroller, shown, filters, sortBy, refresh) {
  let timer = 0;
  const row = make("div", { class: "grid-head", role: "row", "aria-rowindex": "1" }, [
    make("div", { role: "columnheader", class: "grid-lead" }, [make("span", { class: "sr-only", text: _("Scan") })]),
    ...shown.map(({ name, label }) => {
      const sorter = make("button", { type: "button", class: "grid-sort", "data-sort": name, text: label });
      sorter.addEventListener("click", () => sortBy(name));
      const input = make("input", { type: "text", dir: "auto", class: "grid-filter", "data-filter": name, "data-asks": true, value: filters[name] ?? "", placeholder: name === "confidence" ? "<80" : _("Filter"), "aria-label": _("Filter %(label)s", { label }), autocomplete: "off" });
      input.addEventListener("input", () => {
        filters[name] = input.value;
        clearTimeout(timer);
        timer = window.setTimeout(refresh, 120);
      });
      return make("div", { role: "columnheader", class: `grid-column is-${name}`, "aria-sort": "none" }, [sorter, input]);
    }),
  ]);
  scroller.prepend(make("div", { role: "rowgroup", class: "grid-heads" }, [row]));
}

/** @param {string} text @param {string} name */
function download(text, name) {
  const address = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv" }));
  const link = make("a", { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}
