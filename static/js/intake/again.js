/** The page of an interrupted upload: choose the same files again, and only the rest is sent. */

import { dataFrom } from "../desk/dom.js";
import { beginTransfer } from "./begin.js";
import { Zone } from "./zone.js";

/** @type {import("./begin.js").Config} */
const config = dataFrom("intake-config");
const zone = new Zone(config);
document.body.dataset.ready = "";

zone.addEventListener("chosen", () => {
  beginTransfer(config, zone.chosen, document.title.split(" · ")[1] ?? "");
});
