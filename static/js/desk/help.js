/** Help, made from the same registry that the keys are read from, so that it cannot lie. */

import { make } from "./dom.js";
import { spoken } from "./keys.js";

const SCOPES = { stream: "Pages", detail: "With a page open", queue: "To check", describe: "Describing a document", table: "Table", map: "Map on the dashboard", everywhere: "Everywhere" };

/**
 * @param {import("./records.js").Key[]} registry
 * @param {boolean} mayEdit
 * @param {string} address  of the page where keys are changed
 * @param {() => void} [tour]  shows the first look around again
 */
export function showHelp(registry, mayEdit, address, tour) {
  const sections = Object.entries(SCOPES).map(([scope, title]) =>
    make("section", {}, [
      make("h3", { text: title }),
      make("dl", { class: "key-list" }, registry
        .filter((key) => key.scope === scope && (mayEdit || !key.edits))
        .map((key) => make("div", { "data-key": key.id }, [
          make("dt", {}, key.keys.length ? key.keys.map((k) => make("kbd", { text: spoken(k) })) : [make("span", { class: "quiet", text: "off" })]),
          make("dd", { text: key.label }),
        ]))),
    ]),
  );
  const dialog = make("dialog", { class: "dialog is-wide", "aria-labelledby": "help-title", id: "help" }, [
    make("div", { class: "dialog-head" }, [
      make("h2", { id: "help-title", text: "Keyboard shortcuts" }),
      tour ? make("button", { type: "button", class: "button", text: "Tour", "data-tour": true }) : null,
      make("a", { href: address, class: "button", text: "Change shortcuts" }),
      make("button", { type: "button", class: "button", text: "Close", "data-close": true, autofocus: true }),
    ]),
    make("p", { class: "quiet", text: `Click selects a page; ${spoken("Mod")}+click adds or removes one; Shift+click selects a range. Drag selected pages onto a document, or onto free space to make a new one. You can also do this from the menu (right-click) or with a shortcut.` }),
    make("div", { class: "key-columns" }, sections),
  ]);
  dialog.querySelector("[data-tour]")?.addEventListener("click", () => {
    dialog.close();
    tour?.();
  });
  dialog.querySelector("[data-close]")?.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
