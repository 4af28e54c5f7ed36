/** Columns and rows of the table: cell values, filters, and changes to many cells. Pure. */

import { draftOf, entered, rulesFor, termsFrom, termsLine } from "../describe/work.js";
import { dateInWords } from "../date_words.js";
import { languageName } from "../language_names.js";
import { stateWord } from "../records.js";
import { _ } from "../../i18n.js";

/** @typedef {import("../records.js").Group} Group */
/** @typedef {import("../describe/work.js").Description} Description */
/** @typedef {{name: string, label: string, holds: string, most: number, editable: boolean}} Column */
/** @typedef {Record<string, Record<string, string>>} Texts  by id of the document and name of the field */

/** @param {Description} description @param {boolean} [edits]  whether this person may @returns {Column[]} */
export function columnsOf(description, edits = false) {
  const fields = description.fields.map((field) => ({ ...field, editable: true }));
  const columns = [["pages", _("Pages")], ["state", _("State")], ["confidence", _("Confidence")], ...(edits ? [["personal", _("Likely personal data")]] : [])];
  return [...fields, ...columns.map(([name = "", label = ""]) => ({ name, label, holds: "told", most: 0, editable: false }))];
}

/** @param {Column[]} columns @param {Description} description @param {Group[]} groups @returns {Column[]} without those that every type hides and no document fills */
export function inUse(columns, description, groups) {
  const rules = Object.keys(description.templates).map((kind) => rulesFor(description, kind));
  return columns.filter(({ name, editable }) => !editable || rules.some((one) => one[name]?.use !== "hidden") || groups.some((group) => entered(group, name).length));
}

/** @param {Group} group @param {string} name @returns {string} what was entered, in one line */
export function textOf(group, name) {
  if (name === "pages") return String(group.pages.length);
  if (name === "state") return group.flagged ? `${stateWord(group)}, ${_("flagged")}` : stateWord(group);
  if (name === "confidence") return group.confidence === null ? "" : `${group.confidence}%`;
  if (name === "personal") return String(group.personal || "");
  const value = entered(group, name);
  return typeof value === "string" ? value : termsLine(value);
}

/** @param {Group} group @param {string} name @returns {string} what is there to change: names without their addresses, else the draft */
export function shownIn(group, name) {
  const value = ["pages", "state", "confidence", "personal"].includes(name) ? textOf(group, name) : entered(group, name);
  return (typeof value === "string" ? value : value.map(({ label }) => label).join("; ")) || draftOf(group, name);
}

/** @param {Group} group @param {string} name @returns {string} what the cell shows: the same, with dates, languages, and types in words */
export function toldIn(group, name) {
  const text = shownIn(group, name);
  return name === "date" ? dateInWords(text) : name === "language" ? languageName(text) : name === "kind" && text ? _(text) : text;
}

/**
 * @param {Group} group
 * @param {string} name
 * @param {string} query  a part of the text; - for empty, * for filled; <80, >95 or 80-94 for numbers
 */
export function fits(group, name, query) {
  const wanted = query.trim().toLowerCase();
  if (!wanted) return true;
  if (wanted === "-") return !textOf(group, name);
  if (wanted === "*") return Boolean(textOf(group, name));
  const range = ["confidence", "pages", "personal"].includes(name) ? rangeOf(wanted) : null;
  if (range) {
    const value = keyOf(group, name);
    return typeof value === "number" && range[0] <= value && value <= range[1];
  }
  return [shownIn, toldIn].some((text) => text(group, name).toLowerCase().includes(wanted));
}

/** @param {string} query @returns {[number, number] | null} least and most, of whole numbers */
function rangeOf(query) {
  const [, sign, number] = /^([<>])\s*(\d+)\s*%?$/.exec(query) ?? [];
  if (sign) return sign === "<" ? [-Infinity, Number(number) - 1] : [Number(number) + 1, Infinity];
  const [, least, most] = /^(\d+)\s*%?\s*[-–]\s*(\d+)\s*%?$/.exec(query) ?? [];
  return least ? [Number(least), Number(most)] : null;
}

/**
 * @param {Group[]} groups  in scan order
 * @param {Record<string, string>} filters  by column
 * @param {string} sort  name of a column, after a minus the other way round; empty for scan order
 * @returns {Group[]} empty cells come last, whichever way
 */
export function chosen(groups, filters, sort) {
  const asked = Object.entries(filters).filter(([, query]) => query.trim());
  const matching = asked.length ? groups.filter((group) => asked.every(([name, query]) => fits(group, name, query))) : [...groups];
  if (!sort) return matching;
  const name = sort.replace(/^-/, "");
  const way = sort.startsWith("-") ? -1 : 1;
  const keys = new Map(matching.map((group) => [group.id, keyOf(group, name)]));
  const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  return matching.sort((a, b) => {
    const [one, other] = [keys.get(a.id) ?? "", keys.get(b.id) ?? ""];
    if (one === "" || other === "") return Number(one === "") - Number(other === "");
    return way * (typeof one === "number" && typeof other === "number" ? one - other : order.compare(String(one), String(other)));
  });
}

/** @param {Group} group @param {string} name @returns {string | number} */
function keyOf(group, name) {
  if (name === "pages") return group.pages.length;
  if (name === "confidence") return group.confidence ?? "";
  if (name === "personal") return group.personal || "";
  return shownIn(group, name);
}

/** @param {Group[]} groups  top first @param {string[]} names @returns {Texts} the first one's texts for all others */
export function filledDown(groups, names) {
  const [first, ...rest] = groups;
  if (!first) return {};
  const texts = Object.fromEntries(names.map((name) => [name, textOf(first, name) || draftOf(first, name)]));
  return onlyNew(rest, () => texts);
}

/**
 * @param {string[][]} cells  as pasted
 * @param {Group[]} groups  from the row of the first cell on
 * @param {string[]} names  of editable columns from the column of the first cell on
 * @param {number} rows  selected
 * @returns {Texts} one row of cells fills all selected rows
 */
export function pasted(cells, groups, names, rows) {
  const high = cells.length === 1 ? Math.max(rows, 1) : cells.length;
  return onlyNew(groups.slice(0, high), (_, at) => {
    const line = cells[cells.length === 1 ? 0 : at] ?? [];
    return Object.fromEntries(names.slice(0, line.length).map((name, i) => [name, line[i] ?? ""]));
  });
}

/**
 * @param {Group[]} groups
 * @param {string[]} names
 * @param {string} find
 * @param {string} by
 * @param {boolean} exact  with the same capitals
 * @returns {Texts} drafts in which it is found, too: what is replaced in one is entered
 */
export function replaced(groups, names, find, by, exact) {
  if (!find) return {};
  const pattern = new RegExp(find.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), exact ? "g" : "gi");
  return onlyNew(groups, (group) => Object.fromEntries(names.map((name) => {
    const entered = textOf(group, name);
    const text = entered || draftOf(group, name);
    const after = text.replace(pattern, () => by);
    return [name, after === text ? entered : after];
  })));
}

/**
 * @param {Group[]} groups
 * @param {(group: Group, at: number) => Record<string, string>} texts
 * @returns {Texts} without what is there already
 */
function onlyNew(groups, texts) {
  /** @type {Texts} */
  const all = {};
  groups.forEach((group, at) => {
    const fresh = Object.entries(texts(group, at)).filter(([name, text]) => text !== textOf(group, name));
    if (fresh.length) all[group.id] = Object.fromEntries(fresh);
  });
  return all;
}

/** @param {Texts} texts @param {Description} description @returns {Record<string, Record<string, any>>} as the server takes them */
export function factsFrom(texts, description) {
  const terms = new Set(description.fields.filter(({ holds }) => holds === "terms").map(({ name }) => name));
  return Object.fromEntries(Object.entries(texts).map(([id, fields]) => [id, Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, terms.has(name) ? termsFrom(text) : text]))]));
}

/** Columns of the file: the document, then its fields. */
export const KEY = "document";

/** @param {Group[]} groups @param {Column[]} columns @returns {string[][]} */
export function tableOf(groups, columns) {
  return [
    [KEY, ...columns.map(({ name }) => name)],
    ...groups.map((group) => [String(group.number), ...columns.map(({ name }) => textOf(group, name))]),
  ];
}

/**
 * Return what a file changes. Columns are matched by name or label; missing columns and documents stay unchanged.
 * If a document is there twice, its last row counts.
 * @param {string[][]} table  rows above its head may be empty
 * @param {Group[]} groups
 * @param {Column[]} columns
 * @returns {{texts: Texts, unknown: string[], twice: string[], unread: string[], problem: string}}  unread: heads of columns that say nothing to this table
 */
export function readTable(table, groups, columns) {
  const [head = [], ...lines] = table.slice(Math.max(0, table.findIndex((row) => row.some((cell) => cell.trim()))));
  const named = head.map((cell) => cell.trim().toLowerCase());
  const key = named.indexOf(KEY);
  /** @param {string} problem */
  const refused = (problem) => ({ texts: {}, unknown: [], twice: [], unread: [], problem });
  if (!named.some(Boolean)) return refused(_("The file is empty."));
  if (key < 0) return refused(_("The file has no column called “%(KEY)s”. Download the table as CSV, and edit that.", { KEY }));
  const places = named.map((cell) => columns.find(({ name, label }) => name === cell || label.toLowerCase() === cell));
  const names = places.flatMap((column) => (column?.editable ? [column.name] : []));
  if (!names.length) return refused(_("The file has none of the table’s columns, so there is nothing to import."));
  const double = places.find((column, i) => column?.editable && places.indexOf(column) !== i);
  if (double) return refused(_("Two columns of the file are called “%(label)s”. Remove one of them.", { label: double.label }));
  const byNumber = new Map(groups.map((group) => [String(group.number), group]));
  const [unknown, twice] = [/** @type {string[]} */ ([]), /** @type {Set<string>} */ (new Set())];
  /** @type {Map<string, Record<string, string>>} */
  const said = new Map();
  for (const line of lines) {
    const number = (line[key] ?? "").trim();
    if (!byNumber.has(number)) {
      if (line.some((cell) => cell.trim())) unknown.push(number);
      continue;
    }
    if (said.has(number)) twice.add(number);
    said.set(number, Object.fromEntries(places.flatMap((column, i) => (column?.editable && i < line.length ? [[column.name, (line[i] ?? "").trim()]] : []))));
  }
  const meant = [...said.keys()].flatMap((number) => byNumber.get(number) ?? []);
  const texts = onlyNew(meant, (group) => said.get(String(group.number)) ?? {});
  const unread = head.filter((cell, i) => i !== key && cell.trim() && !places[i]);
  return { texts, unknown, twice: [...twice], unread, problem: "" };
}

const EITHER_WAY = /^\s*(0?[1-9]|1[0-2])\/(0?[1-9]|1[0-2])\/\d{2,4}\s*$/;

/** @param {Texts} texts @returns {number} dates like 5/3/1954, whose first number may be the month or the day */
export function eitherWay(texts) {
  return Object.values(texts).filter(({ date }) => {
    const [, one, other] = EITHER_WAY.exec(date ?? "") ?? [];
    return one !== undefined && Number(one) !== Number(other);
  }).length;
}
