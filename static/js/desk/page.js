/** The page on its own: deep zoom and the boxes of its lines. */

import { byId, dataFrom, getFragment, postJson, uuid } from "./dom.js";
import { showHelp } from "./help.js";
import { Keyboard, refusing } from "./keys.js";
import { PageText } from "./page_text.js";
import { zoomInto } from "./viewer.js";
import { notLoaded } from "./again.js";
import { offerKeys } from "../palette.js";
import { _ } from "../i18n.js";

/** @type {import("./records.js").Config} */
const config = dataFrom("desk-config");
const stage = byId("page-stage", HTMLElement);
const about = document.querySelector(".about script[type='application/json']");
/** @type {import("./viewer.js").Scan} */
const scan = JSON.parse(about?.textContent ?? "null");
const status = byId("page-message", HTMLElement);
const keyboard = new Keyboard(config.keys, refusing(config, (why) => (status.textContent = why)));
offerKeys(keyboard);
const side = byId("page-side", HTMLElement);
const text = new PageText(side, config, {
  known: () => ({}),
  done: (data) => (status.textContent = data.message ?? data.edit?.summary ?? ""),
  refused: (message) => (status.textContent = message),
  key: keyboard.hint("correct-text"),
});
text.dress();

/** Acts run one after the other, so that the panel is never older than the last of them. */
let sending = Promise.resolve();

/**
 * Do an act and reload the panel, which may have changed.
 * @param {"undo" | "redo" | "rotate"} verb
 * @param {Record<string, any>} [body]
 */
function act(verb, body = {}) {
  sending = sending.then(() => deliver(verb, body));
  return sending;
}

/** @param {string} verb @param {Record<string, any>} body */
async function deliver(verb, body) {
  try {
    const { data } = await postJson(`${config.urls.acts}${verb}`, { ...body, act_id: uuid() });
    text.show(await getFragment((config.urls.panel ?? "").replace("/0/", `/${scan.position}/`)));
    status.textContent = data.message ?? data.edit?.summary ?? "";
  } catch (error) {
    status.textContent = error instanceof Error ? error.message : String(error);
  }
}

zoomInto(config.urls.openseadragon ?? "", stage, scan).then((viewer) => {
  text.over(viewer);
  /** @param {number} degrees */
  const rotate = (degrees) => {
    viewer.viewport.setRotation(viewer.viewport.getRotation() + degrees);
    if (config.mayEdit) void act("rotate", { pages: [scan.position], by: (degrees + 360) % 360 });
  };
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
  /** Which way the page lies then is known to the server. @param {"undo" | "redo"} verb */
  const back = (verb) =>
    void act(verb).then(() => {
      const fresh = side.querySelector("script[type='application/json']")?.textContent;
      if (fresh) viewer.viewport.setRotation(JSON.parse(fresh).rotation);
    });
  keyboard.push(["detail", "stream"], {
    rotate: () => rotate(90),
    "rotate-back": () => rotate(-90),
    "detail-next": () => follow(_("Next page")),
    "detail-previous": () => follow(_("Previous page")),
    search: () => byId("search", HTMLInputElement).focus(),
    help: () => showHelp(config.keys, config.mayEdit, config.urls.keys ?? ""),
    ...(config.mayEdit ? { "correct-text": () => text.correct(), undo: () => back("undo"), redo: () => back("redo") } : {}),
  });
  document.body.dataset.ready = "yes";
}, (error) => stage.replaceChildren(notLoaded(error, () => location.reload())));
