/**
 * What every page needs: the theme, menus that close, forms that are sent only once, signing in again in place, and a
 * message about unsaved changes.
 */

import { drawShares, make, person } from "./desk/dom.js";
import { keptOf } from "./desk/kept.js";
import { offerSignIn } from "./desk/signing_in.js";
import { _, _n } from "./i18n.js";
import { listenForPalette } from "./palette.js";
import { keepTypedForms } from "./typed_forms.js";

const root = document.documentElement;

/** @returns {"light" | "dark"} */
function themeNow() {
  const own = root.dataset.theme;
  if (own === "light" || own === "dark") return own;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

for (const button of document.querySelectorAll("[data-theme-switch]")) {
  button.addEventListener("click", () => {
    const next = themeNow() === "dark" ? "light" : "dark";
    root.dataset.theme = next;
    localStorage.setItem("hhreview-theme", next);
  });
}

document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details[data-menu][open]")) {
    if (event.target instanceof Node && !open.contains(event.target)) open.removeAttribute("open");
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details[data-menu][open]")) {
    open.removeAttribute("open");
    open.querySelector("summary")?.focus();
  }
});

listenForPalette();
offerSignIn();
keepTypedForms();

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());

const SENT_MS = 3000;

// The second half of a double click would send a form twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.getAttribute("method") !== "post") return; // a field may be called method
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, SENT_MS);
});

// In a narrow bar, the current view may be out of sight.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

drawShares(document);

/** Show a message about changes that an earlier visit couldn't send. They are sent from the page of their collection. */
async function tellUnsaved() {
  const main = document.querySelector("main.sheet-page");
  if (!main || !person()) return;
  /** @type {Map<string, {title: string, address: string, count: number}>} */
  const byCollection = new Map();
  for (const { owner, title, address } of await keptOf(person())) {
    byCollection.set(owner, { title, address, count: (byCollection.get(owner)?.count ?? 0) + 1 });
  }
  const lines = [...byCollection.values()].map(({ title, address, count }) => {
    const words = _n("1 change in %(title)s has not been saved yet. ", "%(count)s changes in %(title)s have not been saved yet. ", count, { title });
    return make("li", { class: "message is-warning" }, [words, make("a", { href: address, text: _("Open %(title)s", { title }) }),  _(" to save.")]);
  });
  if (lines.length) main.prepend(make("div", { role: "status" }, [make("ul", { class: "messages" }, lines)]));
}

// Without storage, there are no such changes.
void tellUnsaved().catch(() => undefined);
