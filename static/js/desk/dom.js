/** Small ways to make elements and to ask the server. */

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
 * The element with this id, which the template must have.
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

/**
 * @template T
 * @param {string} id of a json_script
 * @returns {T}
 */
export function dataFrom(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null");
}

/** @returns {string} */
export function csrfToken() {
  const field = document.querySelector("input[name=csrfmiddlewaretoken]");
  return field instanceof HTMLInputElement ? field.value : "";
}

/** The server's answer was no JSON of ours: signed out, or something in between. */
export class NotAnswered extends Error {}

/**
 * @param {string} address
 * @returns {Promise<any>}
 */
export async function getJson(address) {
  const response = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (response.redirected || !isJson(response)) {
    void response.body?.cancel(); // or the request stays open
    throw new NotAnswered("You are signed out. Sign in again and reload.");
  }
  const data = await response.json();
  if (!response.ok) throw new Error(data.message ?? "The server could not answer. Try again.");
  return data;
}

/**
 * @param {string} address
 * @param {unknown} body
 * @returns {Promise<{status: number, data: any}>}
 */
export async function postJson(address, body) {
  const response = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify(body),
    credentials: "same-origin",
  });
  if (response.redirected || !isJson(response)) {
    void response.body?.cancel();
    throw new NotAnswered(`The server answered ${response.status}.`);
  }
  return { status: response.status, data: await response.json() };
}

/**
 * A piece of HTML from our own server.
 * @param {string} address
 * @returns {Promise<DocumentFragment>}
 */
export async function getFragment(address) {
  const response = await fetch(address, { headers: { "X-Requested-With": "desk" }, credentials: "same-origin" });
  if (!response.ok || response.redirected) throw new NotAnswered("This could not be loaded. Reload the page.");
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  for (const bar of template.content.querySelectorAll("[data-share]")) {
    if (bar instanceof HTMLElement) bar.style.setProperty("--share", `${bar.dataset.share ?? 0}%`);
  }
  return template.content;
}

/** @param {Response} response */
function isJson(response) {
  return (response.headers.get("Content-Type") ?? "").startsWith("application/json");
}
