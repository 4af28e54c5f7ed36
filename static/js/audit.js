/** Keys for the spot check: both verdicts, and the next and previous sample. Without this module, its buttons and links work. */

import { dataFrom } from "./desk/dom.js";
import { showHelp } from "./desk/help.js";
import { Keyboard } from "./desk/keys.js";
import { offerKeys } from "./palette.js";

/** @type {{keys: import("./desk/records.js").Key[], mayEdit: boolean, help: string}} */
const { keys, mayEdit, help } = dataFrom("audit-config");
const keyboard = new Keyboard(keys);
offerKeys(keyboard);

/** @param {string} selector */
function press(selector) {
  const element = document.querySelector(selector);
  if (element instanceof HTMLElement) element.click();
}

/** @param {1 | -1} step */
function go(step) {
  const samples = [...document.querySelectorAll(".audit-dots a")];
  const next = samples[samples.findIndex((sample) => sample.hasAttribute("aria-current")) + step];
  if (next instanceof HTMLElement) next.click();
}

keyboard.push("audit", {
  ...(mayEdit
    ? { "audit-right": () => press("button[value=right]"), "audit-wrong": () => press("button[value=wrong]") }
    : {}),
  "audit-next": () => go(1),
  "audit-previous": () => go(-1),
  help: () => showHelp(keys, mayEdit, help),
});
keyboard.dress({});
document.body.dataset.ready = "yes";
