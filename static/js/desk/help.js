/** The list of shortcuts, from the same registry that keys are read from, so that it is always right. */

import { make } from "./dom.js";
import { spoken } from "./keys.js";
import { _ } from "../i18n.js";

const SCOPES = { stream: _("Pages"), detail: _("With a page open"), queue: _("To check"), describe: _("Describing a document"), table: _("Table"), audit: _("Spot check"), map: _("Map on the dashboard"), everywhere: _("Everywhere") };

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
          make("dt", {}, key.keys.length ? key.keys.map((k) => make("kbd", { text: spoken(k) })) : [make("span", { class: "quiet", text: _("off") })]),
          make("dd", { text: key.label }),
        ]))),
    ]),
  );
  const dialog = make("dialog", { class: "dialog is-wide", "aria-labelledby": "help-title", id: "help" }, [
    make("div", { class: "dialog-head" }, [
      make("h2", { id: "help-title", text: _("Keyboard shortcuts") }),
      tour ? make("button", { type: "button", class: "button", text: _("Tour"), "data-tour": true }) : null,
      make("a", { href: new URL("..", new URL(address, location.href)).pathname, class: "button", text: _("Print…") }),
      make("a", { href: address, class: "button", text: _("Change shortcuts") }),
      make("button", { type: "button", class: "button", text: _("Close"), "data-close": true, autofocus: true }),
    ]),
    make("p", { class: "quiet", text: _("Click selects a page; %(Mod)s+click adds or removes one; Shift+click selects a range. Drag selected pages onto a document, or onto free space to make a new one. You can also do this from the menu (right-click) or with a shortcut.", { Mod: spoken("Mod") }) }),
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
