/**
 * Unsaved text in forms of ordinary pages, stored in this tab until the server has it, so that a reload, the Back button,
 * or a lost connection doesn't lose it. Passwords, files, and searches are never stored.
 */

import { TICKED, isText, put, valueOf } from "./controls.js";
import { ask } from "./desk/dialogs.js";
import { make, uuid } from "./desk/dom.js";
import { allTyped, keyFor } from "./desk/typed.js";
import { _, _n } from "./i18n.js";

/** @typedef {import("./controls.js").Control} Control */
/** @typedef {{value: string, before: string}} Kept  what was typed or chosen, and what the field began with */
/** @typedef {{id: string, fields: Record<string, Kept>}} Draft */

const PERSON = "signed_in_as";
/** The field with the name of a form's draft, which the server puts into a cookie after saving it. */
const DRAFT = "draft_id";
const SAVED = /(?:^|; )hhreview-saved=([\w-]+)/;
const UNTYPED = new Set(["hidden", "password", "file", "submit", "button", "reset", "image", "range"]);

/** Its name and its value hide what is called `name` or `method` in a form: forms are asked for their attributes. */
/** @param {Element} form @param {string} name @returns {string} */
const told = (form, name) => form.getAttribute(name) ?? "";

/** @param {HTMLFormElement} form @returns {Map<string, Control>} what somebody types or chooses in, by name; boxes by name and value */
function controlsOf(form) {
  /** @type {Map<string, Control>} */
  const controls = new Map();
  for (const control of form.querySelectorAll("input, textarea, select")) {
    if (!(control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement || control instanceof HTMLSelectElement)) continue;
    if (!control.name || UNTYPED.has(control.type) || control.hidden || ("readOnly" in control && control.readOnly)) continue;
    const name = TICKED.has(control.type) ? `${control.name}=${control.value}` : control.name;
    for (let n = 0; ; n++) {
      const free = n ? `${name}#${n}` : name;
      if (controls.has(free)) continue;
      controls.set(free, control);
      break;
    }
  }
  return controls;
}

/** @param {HTMLFormElement} form @returns {HTMLInputElement | null} who the form is for; null: it only asks */
function ownerOf(form) {
  return told(form, "method").toLowerCase() === "post" ? form.querySelector(`input[name=${PERSON}]`) : null;
}

/** @param {HTMLFormElement} form @returns {string} under which its letters are kept, "" where there are none to keep */
export function draftKey(form) {
  const owner = ownerOf(form);
  const first = [...controlsOf(form)].find(([, control]) => isText(control));
  if (!owner || !first) return "";
  const { pathname, search } = new URL(told(form, "action"), location.href);
  const row = form.dataset.row ?? ""; // several forms of a page that differ in a hidden field only
  return keyFor(owner.value, `form-${pathname}${search}-${row}-${first[0]}`);
}

/** @param {string} key @returns {Draft | null} */
function read(key) {
  return key ? JSON.parse(sessionStorage.getItem(key) ?? "null") : null;
}

/** @param {string} key @param {Draft} draft */
function write(key, draft) {
  if (Object.keys(draft.fields).length) sessionStorage.setItem(key, JSON.stringify(draft));
  else sessionStorage.removeItem(key);
}

/** @param {HTMLFormElement} form @returns {boolean} whether the page answers a form: then it has what was typed already */
function isAnswer(form) {
  return ownerOf(form)?.dataset.answer !== undefined;
}

/** @param {Event} event */
function keep(event) {
  const form = event.target instanceof Element ? event.target.closest("form") : null;
  if (form) keepForm(form);
}

/** @param {HTMLFormElement} form */
function keepForm(form) {
  const key = draftKey(form);
  if (!key) return;
  const draft = read(key) ?? { id: uuid(), fields: {} };
  for (const [name, control] of controlsOf(form)) {
    const before = draft.fields[name]?.before ?? valueOf(control, true);
    const value = valueOf(control);
    if (value === before) delete draft.fields[name];
    else draft.fields[name] = { value, before };
  }
  write(key, draft);
}

/** Take over what the server gave back: it knows what it saved. @param {Draft} draft @param {Map<string, Control>} controls */
function compare(draft, controls) {
  for (const [name, kept] of Object.entries(draft.fields)) {
    const control = controls.get(name);
    if (control && valueOf(control, true) !== kept.value) delete draft.fields[name];
  }
}

/** @param {HTMLFormElement} form */
function restore(form) {
  const key = draftKey(form);
  const draft = read(key);
  if (!draft) return;
  const controls = controlsOf(form);
  if (isAnswer(form)) {
    compare(draft, controls);
    return write(key, draft);
  }
  /** @type {Control[]} */
  const filled = [];
  for (const [name, kept] of Object.entries(draft.fields)) {
    const control = controls.get(name);
    if (!control) continue;
    const now = valueOf(control, true);
    if (now === kept.value) {
      delete draft.fields[name]; // saved in the meantime
      continue;
    }
    if (valueOf(control) === kept.value) continue; // it stands there: typed a moment ago
    put(control, kept.value);
    for (let above = control.closest("details"); above; above = above.parentElement?.closest("details") ?? null) above.open = true;
    if (now !== kept.before && isText(control)) control.after(make("span", { class: "field-hint", "data-overtaken": true, text: _("Saved meanwhile: %(text)s", { text: now || "–" }) }));
    kept.before = now;
    filled.push(control);
  }
  write(key, draft);
  if (filled.length) tell(form, key, filled);
}

/** @param {HTMLFormElement} form @param {string} key @param {Control[]} filled */
function tell(form, key, filled) {
  const drop = make("button", { type: "button", class: "button is-small", text: _("Discard") });
  const line = make("p", { class: "typed-again", role: "status" }, [_("Restored what you typed before."), " ", drop]);
  drop.addEventListener("click", () => {
    for (const control of filled) {
      put(control, valueOf(control, true));
      control.dispatchEvent(new Event("change", { bubbles: true }));
    }
    for (const hint of form.querySelectorAll("[data-overtaken]")) hint.remove();
    sessionStorage.removeItem(key);
    line.remove();
    filled[0]?.focus();
  });
  form.prepend(line);
}

/** What a script has sent and the server has taken. @param {HTMLFormElement} form */
export function forgetDraft(form) {
  sessionStorage.removeItem(draftKey(form));
}

/** Delete the draft that the server has saved. */
function dropSaved() {
  const id = SAVED.exec(document.cookie)?.[1];
  for (const key of id ? allTyped() : []) {
    if (sessionStorage.getItem(key)?.startsWith(`{"id":"${id}"`)) sessionStorage.removeItem(key);
  }
}

/** Restore unsaved text in all forms, and turn autocomplete off, since browsers would offer it to the next person. */
function restoreAll() {
  dropSaved();
  for (const form of document.forms) {
    if (!form.querySelector("[type=password]")) form.setAttribute("autocomplete", "off");
    restore(form);
  }
}

export function keepTypedForms() {
  for (const form of document.forms) if (!isAnswer(form) && !read(draftKey(form))) keepForm(form); // typed before this ran
  restoreAll();
  document.addEventListener("input", keep);
  document.addEventListener("change", keep);
  document.addEventListener("htmx:afterSwap", restoreAll);
  document.addEventListener("formdata", (event) => {
    const form = event.target;
    const draft = form instanceof HTMLFormElement ? read(draftKey(form)) : null;
    if (draft) /** @type {FormDataEvent} */ (event).formData.set(DRAFT, draft.id);
  });
  document.addEventListener("submit", (event) => {
    if (!(event.target instanceof HTMLFormElement) || event.target.dataset.signOut === undefined) return;
    event.preventDefault();
    void leave(event.target);
  });
  answerTabs();
}

/** Channel to the other tabs of this browser, where people are signed out as well. */
const tabs = new BroadcastChannel("hhreview-typed");
const ANSWER_MS = 150;

/** @returns {Promise<number>} of forms with something typed and not saved, in all tabs */
function countAll() {
  return new Promise((resolve) => {
    let count = allTyped().length;
    const add = (/** @type {MessageEvent} */ { data }) => void (count += data.count ?? 0);
    tabs.addEventListener("message", add);
    tabs.postMessage("count");
    setTimeout(() => {
      tabs.removeEventListener("message", add);
      resolve(count);
    }, ANSWER_MS);
  });
}

function discardAll() {
  for (const key of allTyped()) sessionStorage.removeItem(key);
  sessionStorage.removeItem("htmx-current-path-for-history"); // it has search words in it
}

function answerTabs() {
  tabs.addEventListener("message", ({ data }) => {
    if (data === "count") tabs.postMessage({ count: allTyped().length });
    if (data !== "left") return;
    discardAll();
    location.reload(); // what was typed is on the screen there, too
  });
}

/** Who signs out leaves no words behind on a machine that others use, and loses none unasked. @param {HTMLFormElement} form */
async function leave(form) {
  const menu = form.closest("details");
  menu?.querySelector("summary")?.focus(); // which gets it back: the button is gone with the menu
  menu?.removeAttribute("open");
  const count = await countAll();
  const sentence = _n(
    "What you typed in %(count)s form is not saved yet. Signing out discards it, in all tabs of this browser.",
    "What you typed in %(count)s forms is not saved yet. Signing out discards it, in all tabs of this browser.",
    count,
  );
  if (count && !(await ask(_("Sign out?"), [make("p", { text: sentence })], { ok: _("Discard and sign out"), discards: true }))) return;
  discardAll();
  addEventListener("pagehide", () => count && tabs.postMessage("left"), { once: true });
  form.submit();
}
