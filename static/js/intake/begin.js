/** Upload the chosen files, show the progress, and go to the job's page. */

import { byId, csrfToken, useIcons } from "../desk/dom.js";
import { Transfer } from "./transfer.js";
import { TransferView } from "./view.js";

/** @typedef {import("./choosing.js").Limits & import("./transfer.js").Config & {icons: string, shortName: string}} Config */

/**
 * @param {Config} config of an upload that was begun
 * @param {import("./choosing.js").Chosen[]} chosen
 * @param {string} title of the collection
 */
export function beginTransfer(config, chosen, title) {
  useIcons(config.icons);
  // A reload shows the upload's own page, where it can be resumed.
  history.replaceState(null, "", config.page);
  const transfer = new Transfer(config, chosen);
  const view = new TransferView(transfer);
  byId("transfer-title", HTMLElement).textContent = title;
  byId("transfer-abandon", HTMLButtonElement).addEventListener("click", () => {
    transfer.become("stopped");
    transfer.abort.abort();
    abandon(config.abandon);
  });
  transfer.addEventListener("handed", (event) => {
    location.assign(/** @type {CustomEvent<{address: string}>} */ (event).detail.address);
  });
  view.open();
  void transfer.run();
}

/**
 * Use a plain form, so that the server's message is shown.
 * @param {string} address
 */
function abandon(address) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = address;
  const token = document.createElement("input");
  token.type = "hidden";
  token.name = "csrfmiddlewaretoken";
  token.value = csrfToken();
  form.append(token);
  document.body.append(form);
  form.submit();
}
