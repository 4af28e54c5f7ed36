/** Functions to create elements and to send requests. */

import { _ } from "../i18n.js";

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | number | boolean | undefined>} [attributes] `class`, `text` and plain attributes
 * @param {(Node | string | null | undefined)[]} [children]
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, attributes = {}, children = []) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name === "text") element.textContent = String(value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child !== null && child !== undefined) element.append(child);
  return element;
}

let sprite = "";

/** @param {string} address of the SVG file with all icons */
export function useIcons(address) {
  sprite = address;
}

/**
 * @param {string} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

/**
 * Return the element with this id, which the template must have.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function byId(id, kind) {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`The page lacks #${id}.`);
  return element;
}

/** Write text where it differs, so that nothing is read out again. @param {string} id @param {string} text */
export function setText(id, text) {
  const element = byId(id, HTMLElement);
  if (element.textContent !== text) element.textContent = text;
}

/**
 * @template T
 * @param {string} id of a json_script
 * @returns {T}
 */
export function dataFrom(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null");
}

/**
 * Return the CSRF token. After signing in in another tab, the cookie has a newer one than the page.
 * @returns {string}
 */
export function csrfToken() {
  const field = document.querySelector("input[name=csrfmiddlewaretoken]");
  const kept = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  return kept ?? (field instanceof HTMLInputElement ? field.value : "");
}

/** @returns {string} the account that opened this page; the server refuses what comes from somebody else's */
export function person() {
  return document.body.dataset.person ?? "";
}

/** @returns {string} a UUID; `randomUUID` is missing on pages without HTTPS */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const AWAY = _("The server can’t be reached right now. Try again in a moment.");

/** There was no response from hhreview: the connection or the server is down. The request may be sent again later. */
export class NotAnswered extends Error {
  constructor() {
    super(AWAY);
  }
}

/** The person has to sign in again or get access again first. */
export class Stopped extends Error {
  /** @param {"signed-out" | "somebody-else" | "no-access"} why */
  constructor(why) {
    super({
      "signed-out": _("You’re signed out. Sign in again and reload this page."),
      "somebody-else": _("Someone else is signed in now. Sign in again and reload this page."),
      "no-access": _("This is gone, or you no longer have access to it."),
    }[why]);
    this.why = why;
  }
}

/** @typedef {(why: "signed-out" | "somebody-else", insists: boolean) => Promise<boolean>} Offer */

/** @type {Offer | null} */
let signIn = null;
let isOut = false;
let isAway = false;

/** @param {Offer} offer  how this page has its person sign in: true where they did */
export function useSignIn(offer) {
  signIn = offer;
}

/**
 * What to do after the session has ended: ask the person to sign in and send it again, ask but give up for now, or
 * just give up.
 * @typedef {"wait" | "ask" | "leave"} Ended
 */

/**
 * @param {string} address
 * @param {RequestInit} [init]
 * @param {Ended} [ended]
 * @returns {Promise<Response>} an answer of our server, be it a refusal. Throws NotAnswered and Stopped.
 */
async function ask(address, init = {}, ended = "wait") {
  const isChange = init.method !== undefined;
  const headers = {
    "X-Requested-With": "desk",
    ...(person() ? { "X-Signed-In-As": person() } : {}),
    ...(isChange ? { "X-CSRFToken": csrfToken() } : {}),
    ...init.headers,
  };
  const response = await fetch(address, { credentials: "same-origin", ...init, headers }).catch(() => {
    isAway = true;
    throw new NotAnswered();
  });
  const problem = problemOf(response);
  if (problem) void response.body?.cancel(); // or the request stays open
  if (problem instanceof Stopped && problem.why !== "no-access") {
    isOut = true;
    const offer = ended === "leave" ? null : signIn?.(problem.why, isChange);
    if (ended === "wait" && (await offer)) return ask(address, init);
  }
  if (problem instanceof NotAnswered) isAway = true;
  if (problem) throw problem;
  if (isAway) setTimeout(() => dispatchEvent(new Event("answered")));
  isAway = false;
  if (isOut) dispatchEvent(new Event("signed-in")); // maybe in another tab
  isOut = false;
  return response;
}

/** @param {Response} response @returns {Error | null} why it is no answer */
function problemOf(response) {
  const { status } = response;
  if (status === 401) return new Stopped(response.headers.has("X-Signed-In-As") ? "somebody-else" : "signed-out");
  // A page instead of JSON: the request was refused before any view, because a cookie or permission was missing.
  if (response.redirected || (status === 403 && !isJson(response))) return new Stopped("signed-out");
  if (status === 404 && (!isJson(response) || isProblem(response))) return new Stopped("no-access");
  return status >= 500 || [408, 425, 429].includes(status) ? new NotAnswered() : null;
}

/** @param {Response} response @returns {Promise<any>} */
async function dataOf(response) {
  if (isProblem(response)) {
    const { detail, changes } = await response.json();
    return { ...changes, message: detail };
  }
  if (response.status === 204) return {};
  if (isJson(response)) return response.json();
  void response.body?.cancel();
  if (response.ok) throw new NotAnswered(); // a proxy responded
  return { message: _("The server refused this (%(status)s). Reload the page and try again.", { status: response.status }) };
}

/**
 * @param {string} address
 * @param {Ended} [ended]
 * @returns {Promise<any>}
 */
export async function getJson(address, ended) {
  const response = await ask(address, { headers: { Accept: "application/json" } }, ended);
  const data = await dataOf(response);
  if (!response.ok) throw new Error(data.message ?? _("The server could not answer. Try again."));
  return data;
}

/** Largest request that browsers send even if its page is closed. */
const OUTLIVES_BYTES = 60_000;

/**
 * @param {string} address
 * @param {unknown} body
 * @param {string} [method]
 * @param {Ended} [ended]
 * @returns {Promise<{status: number, data: any}>}
 */
export async function postJson(address, body, method = "POST", ended = "wait") {
  const text = JSON.stringify(body);
  const response = await ask(address, {
    method,
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: text,
    keepalive: text.length < OUTLIVES_BYTES,
  }, ended);
  return { status: response.status, data: await dataOf(response) };
}

/**
 * Return an element for HTML from our own server.
 * @param {string} address
 * @returns {Promise<DocumentFragment>}
 */
export async function getFragment(address) {
  const response = await ask(address);
  if (!response.ok) {
    void response.body?.cancel();
    throw new Error(_("This could not be loaded. Reload the page."));
  }
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  drawShares(template.content);
  return template.content;
}

/**
 * Set widths that depend on data, by CSSOM because the content security policy forbids style attributes.
 * @param {ParentNode} within
 */
export function drawShares(within) {
  for (const bar of within.querySelectorAll("[data-share]")) {
    if (bar instanceof HTMLElement) bar.style.setProperty("--share", `${bar.dataset.share ?? 0}%`);
  }
}

/** @param {Response} response @returns {boolean} whether it says what went wrong, as the API does (RFC 9457) */
function isProblem(response) {
  return /^application\/problem\+json/.test(response.headers.get("Content-Type") ?? "");
}

/** @param {Response} response */
function isJson(response) {
  return /^application\/(problem\+)?json/.test(response.headers.get("Content-Type") ?? "");
}

/** @param {boolean} isFiltered @param {string} address  of the page as it is filtered; it may be kept under a name */
export function offerToSave(isFiltered, address) {
  const link = byId("save-filter", HTMLAnchorElement);
  link.hidden = !isFiltered;
  link.search = `address=${encodeURIComponent(address)}`;
}
