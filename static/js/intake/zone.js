/** The zone for dropping or choosing scans, which lists what was chosen, and what is left out and why. */

import { byId, make } from "../desk/dom.js";
import { fromDrop, fromFiles, inBytes, sorted } from "./choosing.js";
import { _, _n, number } from "../i18n.js";

/** @typedef {import("./choosing.js").Chosen} Chosen */

/** Fires "chosen" if there is something to send. */
export class Zone extends EventTarget {
  /** @param {import("./choosing.js").Limits} limits */
  constructor(limits) {
    super();
    this.limits = limits;
    /** @type {Chosen[]} */
    this.chosen = [];
    this.place = byId("drop-zone", HTMLElement);
    this.files = byId("choose-files", HTMLInputElement);
    const folder = byId("choose-folder", HTMLInputElement);
    for (const input of [this.files, folder]) {
      input.addEventListener("change", () => {
        if (input.files?.length) this.take(fromFiles(input.files));
      });
    }
    byId("choose-again", HTMLButtonElement).addEventListener("click", () => {
      this.forget();
      this.files.value = folder.value = "";
      this.files.focus();
    });
    this.listen();
  }

  listen() {
    let depth = 0;
    const show = () => this.place.classList.toggle("is-over", depth > 0);
    // Files dropped outside of the zone must not replace the page.
    addEventListener("dragover", (event) => event.preventDefault());
    addEventListener("drop", (event) => event.preventDefault());
    this.place.addEventListener("dragenter", () => {
      depth++;
      show();
    });
    this.place.addEventListener("dragleave", () => {
      depth--;
      show();
    });
    this.place.addEventListener("drop", (event) => {
      depth = 0;
      show();
      if (event.dataTransfer) void this.dropped(event.dataTransfer);
    });
  }

  /** @param {DataTransfer} data */
  async dropped(data) {
    try {
      this.take(await fromDrop(data));
    } catch {
      this.complain(_("That item can’t be read. Use “Choose files” instead."));
    }
  }

  /** @param {Chosen[]} chosen */
  take(chosen) {
    const { scans, leftOut } = sorted(chosen, this.limits);
    this.chosen = scans;
    this.complain("");
    if (!scans.length) this.complain(_("No scans found. Choose images, or a ZIP, TAR, or PDF file."));
    else if (scans.length > this.limits.mostFiles) {
      this.chosen = [];
      this.complain(_("You can upload at most %(mostFiles)s files at once. Put them in a ZIP file.", { mostFiles: number(this.limits.mostFiles) }));
    }
    this.show(leftOut);
    if (this.chosen.length) this.dispatchEvent(new Event("chosen"));
  }

  forget() {
    this.chosen = [];
    this.show([]);
  }

  /** @param {import("./choosing.js").LeftOut[]} leftOut */
  show(leftOut) {
    const { chosen } = this;
    byId("drop-empty", HTMLElement).hidden = chosen.length > 0;
    byId("drop-chosen", HTMLElement).hidden = !chosen.length;
    const bytes = chosen.reduce((sum, { file }) => sum + file.size, 0);
    const count = _n("%(count)s file", "%(count)s files", chosen.length);
    byId("chosen-sum", HTMLElement).textContent = `${count}, ${inBytes(bytes)}`;
    const [first, last] = [chosen[0]?.name ?? "", chosen.at(-1)?.name ?? ""];
    byId("chosen-span", HTMLElement).textContent = chosen.length > 1 ? _("%(first)s to %(last)s", { first, last }) : first;
    const details = byId("chosen-left-out", HTMLDetailsElement);
    details.hidden = !leftOut.length;
    const summary = /** @type {HTMLElement} */ (details.querySelector("summary"));
    summary.textContent = _("%(count)s skipped", { count: number(leftOut.length) });
    const rows = leftOut.slice(0, 100).map(({ name, reason }) => make("li", { text: `${name}: ${reason}` }));
    /** @type {HTMLElement} */ (details.querySelector("ul")).replaceChildren(...rows);
  }

  /** @param {string} words */
  complain(words) {
    byId("error-files", HTMLElement).textContent = words;
  }
}
