/**
 * What htmx leaves to the page when it replaces a part: CSRF tokens, widths that depend on data, where the focus
 * and a screen reader continue, and the plain link if the part can't be loaded.
 *
 * @typedef {{
 *   boosted?: boolean, headers: Record<string, string>, target: HTMLElement, serverResponse?: string,
 *   pathInfo: {finalRequestPath: string},
 * }} Detail
 */

import { drawShares, make, person } from "./desk/dom.js";
import { _ } from "./i18n.js";

const PATIENCE_MS = 400;

const news = make("p", { class: "sr-only", "aria-live": "polite" });
document.querySelector("main")?.append(news);

/**
 * @param {string} name
 * @param {(detail: Detail, event: Event) => void} act
 */
function on(name, act) {
  document.addEventListener(`htmx:${name}`, (event) => act(/** @type {CustomEvent<Detail>} */ (event).detail, event));
}

/** @param {Detail} detail */
function follow({ boosted, pathInfo }) {
  if (boosted) location.assign(pathInfo.finalRequestPath);
}

on("configRequest", ({ headers }) => {
  headers["X-Signed-In-As"] = person();
});
/** @type {WeakMap<HTMLElement, number>} */
const waits = new WeakMap();
on("beforeRequest", ({ boosted, target }) => {
  // The first search by meaning has to load its model.
  if (boosted) waits.set(target, window.setTimeout(() => {
    target.setAttribute("aria-busy", "true");
    target.dataset.busy = news.textContent = _("Loading…");
  }, PATIENCE_MS));
});
on("afterRequest", ({ target }) => {
  clearTimeout(waits.get(target));
  target.removeAttribute("aria-busy");
});
on("responseError", follow);
on("sendError", follow);
on("beforeSwap", (detail, event) => {
  if (!detail.boosted || detail.serverResponse?.includes(`id="${detail.target.id}"`)) return;
  event.preventDefault(); // the response is another page
  follow(detail);
});
on("afterSwap", () => drawShares(document));
on("afterSettle", ({ boosted, target }) => {
  const part = document.getElementById(target.id);
  if (!boosted || !part) return;
  // A pressed control with an id keeps the focus; otherwise reading continues at the top of the new part.
  if (document.activeElement === document.body) part.focus({ preventScroll: true });
  if (part.getBoundingClientRect().top < 0) part.scrollIntoView();
  news.textContent = part.querySelector("[data-news], .pager span")?.textContent ?? document.title;
});
