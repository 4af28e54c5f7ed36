/** The menu of a page, with every act that a drag or a key can do, for mouse, touch, and screen reader. */

import { make } from "./dom.js";
import { _ } from "../i18n.js";

/** @typedef {{label: string, key: string, run: () => void, edits?: boolean, off?: boolean} | null} Entry  null: a rule */

/**
 * @param {number} x
 * @param {number} y
 * @param {Entry[]} entries
 * @param {() => void} closed  gives the focus back
 */
export function openMenu(x, y, entries, closed) {
  document.querySelector(".menu-layer")?.remove();
  const menu = make("div", { class: "menu", role: "menu", "aria-label": _("Actions for the selected pages") });
  const layer = make("div", { class: "menu-layer" }, [menu]);
  /** @type {HTMLButtonElement[]} */
  const buttons = [];
  for (const entry of entries) {
    if (!entry) {
      menu.append(make("div", { class: "menu-rule", role: "separator" }));
      continue;
    }
    const button = make("button", { type: "button", role: "menuitem", tabindex: "-1", disabled: entry.off }, [
      make("span", { text: entry.label }),
      make("kbd", { text: entry.key, "aria-hidden": "true" }),
    ]);
    button.addEventListener("click", () => {
      close();
      entry.run();
    });
    if (!entry.off) buttons.push(button);
    menu.append(button);
  }
  const close = () => {
    layer.remove();
    document.removeEventListener("keydown", keys, true);
    closed();
  };
  /** @param {KeyboardEvent} event */
  const keys = (event) => {
    const here = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) buttons[(here + step + buttons.length) % buttons.length]?.focus();
    else if (event.key === "Home") buttons[0]?.focus();
    else if (event.key === "End") buttons.at(-1)?.focus();
    else if (event.key === "Escape" || event.key === "Tab") close();
    else if (event.key === "Enter" || event.key === " ") return;
    event.preventDefault();
    event.stopPropagation();
  };
  layer.addEventListener("pointerdown", (event) => {
    if (event.target === layer) close();
  });
  layer.addEventListener("contextmenu", (event) => event.preventDefault());
  document.addEventListener("keydown", keys, true);
  document.body.append(layer);
  const { offsetWidth, offsetHeight } = menu;
  menu.style.left = `${Math.max(8, Math.min(x, innerWidth - offsetWidth - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(y, innerHeight - offsetHeight - 8))}px`;
  buttons[0]?.focus();
}
