/** The elements for lines of a page's text, and how they are updated with the server's. */

import { make, uuid } from "./dom.js";
import { _ } from "../i18n.js";

const LONGEST = 2000;

/**
 * The field of a line, with its text when it was opened and the id of its act.
 * @param {HTMLElement} row
 * @param {string} above  id of the line above one that is added
 * @param {HTMLElement} tools
 */
export function lineForm(row, above, tools) {
  const text = row.dataset.text ?? "";
  const field = make("textarea", {
    name: "text", dir: "auto", class: "line-field", id: `line-field-${row.dataset.line ?? `new-${row.dataset.added}`}`, rows: "1",
    maxlength: LONGEST, "aria-label": _("Text of the line"), text,
  });
  const key = make("input", { type: "hidden", name: "key" });
  const form = make("form", { class: "line-form", novalidate: true }, [
    field, make("input", { type: "hidden", name: "was", value: text }), key,
    make("input", { type: "hidden", name: "above", value: above }), tools,
  ]);
  form.addEventListener("submit", (event) => event.preventDefault());
  // The same text is the same act, however often it is sent. Has to come before it is stored.
  form.addEventListener("input", () => (key.value = uuid()));
  return form;
}

/** @param {EventTarget | null} target @returns {HTMLElement | null} the line it is in */
export function rowOf(target) {
  const row = target instanceof Element ? target.closest("ol.page-text > li") : null;
  return row instanceof HTMLElement ? row : null;
}

/** @param {string} text @param {() => void} run */
export function actButton(text, run) {
  const button = make("button", { type: "button", class: "button is-small", text });
  button.addEventListener("click", run);
  return button;
}

/** Make a line a button for whoever may correct it. @param {HTMLElement} row @param {boolean} mayEdit */
export function dressRow(row, mayEdit) {
  const text = row.querySelector(":scope > span.line-text");
  if (!text) return;
  if (!mayEdit) return text.setAttribute("tabindex", "-1");
  text.replaceWith(make("button", { type: "button", class: "line-text", dir: "auto", tabindex: "-1", text: text.textContent ?? "" }));
}

/**
 * Let Tab reach one line, and from an open line also its neighbors.
 * @param {HTMLElement[]} rows
 * @param {HTMLElement | undefined} at
 */
export function rove(rows, at) {
  const here = at ? rows.indexOf(at) : -1;
  const reach = at?.querySelector("form") ? 1 : 0;
  rows.forEach((row, i) => row.querySelector(":scope > .line-text")?.setAttribute("tabindex", Math.abs(i - here) <= reach ? "0" : "-1"));
}

/** @param {HTMLElement} row */
export function isAdded(row) {
  return row.dataset.added !== undefined;
}

/** @param {Element} row @returns {boolean} whether it is typed into, or on its way */
export function isBusy(row) {
  return row.querySelector("form") !== null || (row instanceof HTMLElement && row.dataset.state === "saving");
}

/**
 * Update the text next to a page without moving lines that are being edited: a field that is moved loses the
 * focus and the unfinished text of an input method.
 * @param {HTMLElement} now
 * @param {HTMLElement} fresh
 * @param {(added: HTMLElement, row: HTMLElement) => boolean} isBelow  whether a new line stands below that one
 */
export function patch(now, fresh, isBelow) {
  const around = [...(fresh.parentElement?.children ?? [])];
  for (const other of [...(now.parentElement?.children ?? [])]) if (other !== now) other.remove();
  now.before(...around.slice(0, around.indexOf(fresh)));
  now.after(...around.slice(around.indexOf(fresh) + 1));
  const list = now.querySelector("ol.page-text");
  for (const part of [...now.children]) if (part !== list) part.remove();
  const parts = [...fresh.children];
  const wanted = parts.find((part) => part.matches("ol.page-text"));
  if (!list || !wanted) return;
  list.before(...parts.slice(0, parts.indexOf(wanted)));
  list.after(...parts.slice(parts.indexOf(wanted) + 1));
  patchRows(list, [...wanted.children].map((row) => /** @type {HTMLElement} */ (row)), isBelow);
}

/** @param {Element} list @param {HTMLElement[]} rows  as they read now @param {(added: HTMLElement, row: HTMLElement) => boolean} isBelow */
function patchRows(list, rows, isBelow) {
  for (const row of [...list.children]) if (!isBusy(row)) row.remove();
  const kept = new Map([...list.children].map((row) => [/** @type {HTMLElement} */ (row).dataset.line, /** @type {HTMLElement} */ (row)]));
  /** @type {HTMLElement | null} */
  let last = null;
  for (const row of rows) {
    const same = kept.get(row.dataset.line);
    if (same) Object.assign(same.dataset, { ...row.dataset, state: same.dataset.state === "saving" ? "saving" : row.dataset.state });
    else if (last) last.after(row);
    else list.prepend(row);
    last = same ?? row;
    for (let next = last.nextElementSibling; next instanceof HTMLElement && isAdded(next) && isBelow(next, last); next = last.nextElementSibling) last = next;
  }
}
