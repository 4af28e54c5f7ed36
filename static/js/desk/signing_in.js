/** Signing in without leaving a page whose session has ended, so that nothing on it is lost and requests are sent again. */

import { csrfToken, make, person, useSignIn } from "./dom.js";
import { _ } from "../i18n.js";

/** @typedef {"signed-out" | "somebody-else"} Why */

/** How long a person must not have typed before the dialog opens, or letters would go into it. */
const PAUSE_MS = 700;
/** How often an open dialog checks whether the person has signed in elsewhere. */
const LOOK_MS = 4000;

let typedAt = -PAUSE_MS;
let isLater = false;
/** @type {Promise<boolean> | null} */
let asked = null;

/** @returns {Promise<void>} once nothing was typed for a moment */
async function pause() {
  for (let rest = 1; rest > 0; rest = typedAt + PAUSE_MS - performance.now()) {
    await new Promise((resolve) => setTimeout(resolve, rest));
  }
}

/**
 * @param {Why} why
 * @param {boolean} insists  also where the person wanted to sign in later
 * @returns {Promise<boolean>} whether whoever opened the page is signed in again
 */
export function signIn(why, insists = true) {
  if (!person() || (isLater && !insists)) return Promise.resolve(false);
  asked ??= pause().then(() => shown(why)).finally(() => (asked = null));
  return asked;
}

/** @returns {string} the name of the account that opened the page */
function nameHere() {
  return document.body.dataset.personName ?? "";
}

/** @param {Why} why @returns {Promise<boolean>} */
function shown(why) {
  const name = nameHere();
  const isOther = why === "somebody-else";
  const about = make("p", { text: isOther
    ? _("%(name)s opened this page. Sign in as %(name)s to continue, or reload the page.", { name })
    : _("Sign in to continue. Nothing on this page is lost, and unsaved changes are sent again.") });
  const wrong = make("p", { class: "field-error", role: "alert" });
  const username = make("input", { type: "text", name: "username", value: name, autocomplete: "username", required: true, autocapitalize: "none" });
  const password = make("input", { name: "password", type: "password", autocomplete: "current-password", required: true });
  const reload = make("button", { type: "button", class: "button", text: _("Reload page"), hidden: !isOther });
  const later = make("button", { type: "button", class: "button", text: _("Not now") });
  const form = make("form", { method: "dialog", novalidate: true }, [
    make("h2", { id: "sign-in-title", text: isOther ? _("Someone else is signed in") : _("Your session ended") }),
    wrong,
    make("div", { class: "dialog-body" }, [
      about,
      make("label", { class: "field" }, [make("span", { class: "field-label", text: _("Username") }), username]),
      make("label", { class: "field" }, [make("span", { class: "field-label", text: _("Password") }), password]),
    ]),
    make("div", { class: "dialog-buttons" }, [reload, later, make("button", { class: "button is-primary", text: _("Sign in") })]),
  ]);
  const dialog = make("dialog", { class: "dialog", "aria-labelledby": "sign-in-title" }, [form]);
  document.body.append(dialog);
  return new Promise((resolve) => {
    const listening = new AbortController();
    /** @param {boolean} isBack */
    const finish = (isBack) => {
      listening.abort();
      clearInterval(looking);
      isLater = !isBack;
      dialog.close();
      dialog.remove();
      resolve(isBack);
    };
    addEventListener("signed-in", () => finish(true), { signal: listening.signal });
    const look = () => void isSignedIn().then((isBack) => isBack && dialog.isConnected && tellSignedIn());
    addEventListener("focus", look, { signal: listening.signal });
    const looking = setInterval(look, LOOK_MS);
    reload.addEventListener("click", () => location.reload());
    later.addEventListener("click", () => finish(false));
    dialog.addEventListener("keydown", (event) => event.stopPropagation()); // keys don't act on the page below
    dialog.addEventListener("close", () => dialog.isConnected && finish(false));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form.hasAttribute("aria-busy")) return;
      form.setAttribute("aria-busy", "true");
      void send(new FormData(form)).then(({ sentence, isOfAnother }) => {
        form.removeAttribute("aria-busy");
        if (!sentence) return tellSignedIn();
        wrong.textContent = sentence;
        if (isOfAnother) reload.hidden = false;
        password.value = "";
        password.focus();
      });
    });
    dialog.showModal();
    (username.value ? password : username).focus();
  });
}

/** @param {RequestInit} [init] @returns {Promise<Response | null>} null where none came */
async function atTheDoor(init = {}) {
  const headers = { "X-Requested-With": "desk", "X-Signed-In-As": person(), "X-CSRFToken": csrfToken() };
  return fetch(document.body.dataset.signIn ?? "", { credentials: "same-origin", headers, ...init }).catch(() => null);
}

/** @returns {Promise<boolean>} whether it was done elsewhere meanwhile */
async function isSignedIn() {
  const answer = await atTheDoor();
  void answer?.body?.cancel();
  return answer?.status === 204;
}

/** @param {FormData} body @returns {Promise<{sentence: string, isOfAnother?: boolean}>} what is wrong, "" for nothing */
async function send(body) {
  let answer = await atTheDoor({ method: "POST", body });
  if (answer?.status === 401) {
    void answer.body?.cancel(); // the token was too old, and the response set a new one
    answer = await atTheDoor({ method: "POST", body });
  }
  if (answer?.status === 204) return { sentence: "" };
  if (answer?.status === 409) {
    void answer.body?.cancel();
    return { sentence: _("This page belongs to %(name)s. Sign in as %(name)s, or reload the page to work under your own name.", { name: nameHere() }), isOfAnother: true };
  }
  if (answer && (answer.status === 422 || answer.status === 429)) return { sentence: (await answer.json()).message };
  void answer?.body?.cancel();
  return { sentence: _("The server can’t be reached right now. Try again in a moment.") };
}

/** Resume waiting requests, and put the new token into the page's forms. */
function tellSignedIn() {
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) {
    if (field instanceof HTMLInputElement) field.value = csrfToken();
  }
  dispatchEvent(new Event("signed-in"));
}

/** Let the modules of this page ask the person to sign in before they give up. */
export function offerSignIn() {
  addEventListener("keydown", () => (typedAt = performance.now()), true);
  addEventListener("signed-in", () => (isLater = false));
  useSignIn(signIn);
}
