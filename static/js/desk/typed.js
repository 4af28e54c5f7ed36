/**
 * Unsaved text in forms, stored in this tab: it is restored after a reload, after signing in again, and in a dialog that
 * was closed with Escape.
 */

import { put, valueOf } from "../controls.js";
import { person } from "./dom.js";

/** @typedef {import("../controls.js").Control} Control */
/** @typedef {{value: string, before: string}} Kept  what was typed, and what the field had begun with */

/** @param {HTMLFormElement} form @returns {Control[]} */
function fieldsOf(form) {
  return [...form.elements].filter(
    (field) => (field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement || field instanceof HTMLSelectElement) && field.name !== "",
  ).map((field) => /** @type {Control} */ (field));
}

/** @param {Control} field */
function isChanged(field) {
  return valueOf(field) !== valueOf(field, true);
}

/** @param {HTMLFormElement} form @returns {boolean} whether anything differs from what the form began with */
export function isTouched(form) {
  return fieldsOf(form).some(isChanged);
}

/** @param {HTMLFormElement} form @param {Record<string, string>} values */
export function fill(form, values) {
  for (const field of fieldsOf(form)) {
    const value = values[field.name];
    if (value !== undefined) put(field, value);
  }
}

const ALL = "hhreview-typed-";

/** @param {string} owner  the account that types @param {string} name @returns {string} under which the tab keeps it */
export function keyFor(owner, name) {
  return `${ALL}${owner}-${name}`;
}

/** @param {string} name @returns {string} under which the tab keeps what this person typed */
function keyOf(name) {
  return keyFor(person(), name);
}

/** @returns {string[]} under which something is kept that was typed and neither saved nor discarded, whoever typed it */
export function allTyped() {
  return Object.keys(sessionStorage).filter((key) => key.startsWith(ALL) && sessionStorage.getItem(key) !== "{}");
}

/** @param {string} start @returns {boolean} whether something is kept under a name that begins so */
export function isTypedUnder(start) {
  return allTyped().some((key) => key.startsWith(keyOf(start)));
}

/** @param {string} name @returns {boolean} whether something was typed under it and neither saved nor discarded */
export function wasTyped(name) {
  return sessionStorage.getItem(keyOf(name)) !== null;
}

/** @param {string} start @returns {string[]} ends of the names that begin so and have something typed under them */
export function typedUnder(start) {
  const begins = keyOf(start);
  return Object.keys(sessionStorage).filter((key) => key.startsWith(begins)).map((key) => key.slice(begins.length));
}

/**
 * Text about a document is stored by one of its pages, since others may join and split documents, and a new one gets its
 * number later.
 * @param {string} start  of all names of its kind
 * @param {number[]} pages  of the document
 * @param {{at?: number, now?: string}} [first]  at: the page it is kept by where nothing is kept yet; now: the name it
 *   has on the screen, which it keeps as long as its page is in the document
 * @returns {string} a name that has something typed under it, if one has
 */
export function keptBy(start, pages, { at = pages[0], now = "" } = {}) {
  const isMine = (/** @type {string} */ end) => pages.includes(Number(end));
  if (wasTyped(now) && isMine(now.slice(start.length))) return now;
  return start + (typedUnder(start).find(isMine) ?? at);
}

/** Put what was typed under one name under another. @param {string} from @param {string} to */
export function renameTyped(from, to) {
  sessionStorage.setItem(keyOf(to), sessionStorage.getItem(keyOf(from)) ?? "{}");
  sessionStorage.removeItem(keyOf(from));
}

/** Keep words that no field on the screen has: they stand in the form of this name when it opens. @param {string} name @param {Record<string, string>} values */
export function putTyped(name, values) {
  const kept = Object.entries(values).filter(([, value]) => value).map(([field, value]) => [field, { value, before: "" }]);
  if (kept.length) sessionStorage.setItem(keyOf(name), JSON.stringify(Object.fromEntries(kept)));
}

/**
 * Store a form's text under a name, and fill in what was stored before. Unchanged fields aren't stored, so that what
 * others save in them is kept.
 * @param {HTMLFormElement} form
 * @param {string} name
 * @returns {{restored: boolean, overtaken: string[], forget: () => void}}  overtaken: fields that were typed into, and
 *   that somebody else saved otherwise since
 */
export function keepTyped(form, name) {
  const key = keyOf(name);
  /** @type {Record<string, Kept>} */
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "{}");
  fill(form, Object.fromEntries(Object.entries(kept).map(([field, { value }]) => [field, value])));
  const overtaken = fieldsOf(form).filter((field) => {
    const was = kept[field.name];
    return was && was.before !== valueOf(field, true) && was.value !== valueOf(field, true);
  });
  form.addEventListener("input", () => {
    // A hidden input identifies what the text belongs to.
    const stored = fieldsOf(form).filter((field) => field.type === "hidden" || isChanged(field));
    const values = stored.map((field) => [field.name, { value: valueOf(field), before: valueOf(field, true) }]);
    if (isTouched(form)) sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(values)));
    else sessionStorage.removeItem(key);
  });
  return { restored: isTouched(form), overtaken: overtaken.map((field) => field.name), forget: () => sessionStorage.removeItem(key) };
}
