/**
 * Show why something couldn't be loaded, with a button to try again. It also tries again automatically when the server
 * responds, and so do images.
 */

import { NotAnswered, getJson, make } from "./dom.js";
import { _ } from "../i18n.js";

/** Events of the window when the server responds again, the connection is back, or someone signed in again. */
const BACK = ["answered", "online", "signed-in"];
const PAUSE_MS = 3000;
const TRIES = 3;

/** @type {Map<HTMLImageElement, number>} pictures that did not come, with how often they were tried again */
const missing = new Map();

/** @param {HTMLImageElement} image */
function fetchAgain(image) {
  if (!image.isConnected) return void missing.delete(image);
  const { src, srcset } = image;
  if (srcset) image.srcset = srcset;
  else image.src = src;
}

document.addEventListener("load", ({ target }) => target instanceof HTMLImageElement && missing.delete(target), true);
document.addEventListener("error", ({ target }) => {
  if (!(target instanceof HTMLImageElement) || !(target.src || target.srcset)) return;
  const tries = missing.get(target) ?? 0;
  missing.set(target, tries + 1);
  if (tries < TRIES) setTimeout(() => missing.has(target) && fetchAgain(target), PAUSE_MS * (tries + 1));
}, true);
for (const back of BACK) addEventListener(back, () => [...missing.keys()].forEach(fetchAgain));

/**
 * @param {unknown} why  an error, or a sentence
 * @param {() => void} again
 * @returns {HTMLElement}
 */
export function notLoaded(why, again) {
  const button = make("button", { type: "button", class: "button is-small", text: _("Try again") });
  const element = make("div", { class: "not-loaded" }, [make("p", { role: "alert", text: why instanceof Error ? why.message : String(why) }), button]);
  const retry = () => {
    for (const back of BACK) removeEventListener(back, retry);
    if (element.isConnected) again();
  };
  for (const back of BACK) addEventListener(back, retry);
  button.addEventListener("click", retry);
  return element;
}

/**
 * @param {string} address
 * @param {() => void} [wait]  called each time the server does not answer
 * @returns {Promise<any>} what is there, as soon as the server has it
 */
export async function untilAnswered(address, wait = () => {}) {
  for (;;) {
    try {
      return await getJson(address);
    } catch (error) {
      if (!(error instanceof NotAnswered)) throw error;
      wait();
      await new Promise((again) => setTimeout(again, PAUSE_MS));
    }
  }
}
