/** The page on its own: deep zoom and the boxes of its lines. */

import { byId, dataFrom } from "./dom.js";
import { Keyboard } from "./keys.js";
import { zoomInto } from "./viewer.js";

/** @type {import("./records.js").Config} */
const config = dataFrom("desk-config");
const stage = byId("page-stage", HTMLElement);
const about = document.querySelector(".about script[type='application/json']");
/** @type {import("./viewer.js").Scan} */
const scan = JSON.parse(about?.textContent ?? "null");
const keyboard = new Keyboard(config.keys);

zoomInto(config.urls.openseadragon ?? "", stage, scan).then((viewer) => {
  /** @param {number} degrees */
  const rotate = (degrees) => viewer.viewport.setRotation(viewer.viewport.getRotation() + degrees);
  byId("page-rotate", HTMLButtonElement).addEventListener("click", () => rotate(90));
  byId("page-lines", HTMLButtonElement).addEventListener("click", (event) => {
    const on = stage.classList.toggle("with-lines");
    /** @type {HTMLElement} */ (event.currentTarget).setAttribute("aria-pressed", String(on));
  });
  /** @param {string} label */
  const follow = (label) => {
    const link = document.querySelector(`a[aria-label="${label}"]`);
    if (link instanceof HTMLAnchorElement) link.click();
  };
  keyboard.push("detail", {
    rotate: () => rotate(90),
    "rotate-back": () => rotate(-90),
    "detail-next": () => follow("Page after"),
    "detail-previous": () => follow("Page before"),
    search: () => byId("search", HTMLInputElement).focus(),
  });
  document.body.dataset.ready = "yes";
});
