/**
 * What is typed into a form and not saved yet, kept in this tab: it is there again after a reload, after signing in
 * again, and where a dialog was left with Escape.
 */

import { person } from "./dom.js";

/** @typedef {HTMLInputElement | HTMLTextAreaElement} TextField */
/** @typedef {{value: string, before: string}} Kept  what was typed, and what the field had begun with */

/** @param {HTMLFormElement} form @returns {TextField[]} */
function fieldsOf(form) {
  return [...form.elements].filter(
    (field) => (field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement) && field.name !== "",
  ).map((field) => /** @type {TextField} */ (field));
}

/** @param {HTMLFormElement} form @returns {boolean} whether anything differs from what the form began with */
export function isTouched(form) {
  return fieldsOf(form).some((field) => field.value !== field.defaultValue);
}

/** @param {HTMLFormElement} form @param {Record<string, string>} values */
export function fill(form, values) {
  for (const field of fieldsOf(form)) {
    const value = values[field.name];
    if (value !== undefined) field.value = value;
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

/** @param {string} name @returns {boolean} whether something was typed under it and neither saved nor discarded */
export function wasTyped(name) {
  return sessionStorage.getItem(keyOf(name)) !== null;
}

/** @param {string} start @returns {string[]} ends of the names that begin so and have something typed under them */
export function typedUnder(start) {
  const begins = keyOf(start);
  return Object.keys(sessionStorage).filter((key) => key.startsWith(begins)).map((key) => key.slice(begins.length));
}

/** Put what was typed under one name under another. @param {string} from @param {string} to */
export function renameTyped(from, to) {
  sessionStorage.setItem(keyOf(to), sessionStorage.getItem(keyOf(from)) ?? "{}");
  sessionStorage.removeItem(keyOf(from));
}

/**
 * Keep what is typed into this form under a name, and fill in what was kept before. Fields that nobody typed into are
 * not kept: what others saved in them since stays.
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
    return was && was.before !== field.defaultValue && was.value !== field.defaultValue;
  });
  form.addEventListener("input", () => {
    // A hidden input tells where the text belongs.
    const stored = fieldsOf(form).filter((field) => field.type === "hidden" || field.value !== field.defaultValue);
    const values = stored.map((field) => [field.name, { value: field.value, before: field.defaultValue }]);
    if (isTouched(form)) sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(values)));
    else sessionStorage.removeItem(key);
  });
  return { restored: isTouched(form), overtaken: overtaken.map((field) => field.name), forget: () => sessionStorage.removeItem(key) };
}
