/** Messages with Undo about what happened, also for screen readers. */

import { make } from "./dom.js";
import { _ } from "../i18n.js";

const SECONDS = 7;

export class Toasts {
  /**
   * @param {HTMLElement} shelf
   * @param {HTMLElement} live
   * @param {HTMLElement | null} [line]  in the side: there what was done is told, out of the way of what comes next
   */
  constructor(shelf, live, line = null) {
    this.shelf = shelf;
    this.line = line;
    this.live = live;
  }

  /**
   * @param {string} sentence
   * @param {{action?: string, act?: () => void, tone?: "plain" | "problem", done?: boolean}} [how]  `done`: it tells of
   *   an act that worked
   */
  show(sentence, { action, act, tone = "plain", done = false } = {}) {
    const toast = make("div", { class: `toast is-${tone}`, "data-done": done || undefined }, [make("p", { text: sentence, title: sentence })]);
    if (action && act) {
      const button = make("button", { type: "button", class: "toast-act", text: action });
      button.addEventListener("click", () => {
        toast.remove();
        act();
      });
      toast.append(button);
    }
    this.announce(sentence);
    // Earlier messages lose their Undo, since the act may have been undone by now.
    if (done) {
      this.line?.replaceChildren();
      for (const shown of this.shelf.querySelectorAll("[data-done]")) shown.remove();
    }
    // A modal dialog covers the side, and a narrow window has none.
    if (done && this.line?.checkVisibility() && !document.querySelector("dialog[open]")) {
      this.line.append(toast);
      return;
    }
    const close = make("button", { type: "button", class: "toast-close", "aria-label": _("Dismiss"), text: "×" });
    close.addEventListener("click", () => toast.remove());
    toast.append(close);
    for (const shown of this.shelf.querySelectorAll(".toast:not(:has(.toast-act))")) {
      if (shown.querySelector("p")?.textContent === sentence) shown.remove(); // holding a key down shows one message
    }
    while (this.shelf.children.length > 2) this.shelf.firstElementChild?.remove();
    this.shelf.append(toast);
    // It stays while the pointer or the focus is in it.
    const leave = (/** @type {number} */ ms) => setTimeout(() => void (toast.matches(":hover, :focus-within") ? leave(SECONDS * 500) : toast.remove()), ms);
    leave(SECONDS * 1000);
  }

  /** @param {string} sentence */
  announce(sentence) {
    this.live.textContent = "";
    requestAnimationFrame(() => (this.live.textContent = sentence));
  }
}
