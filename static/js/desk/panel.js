/** The panel next to the stream: why pages were split or joined here, and facts about the focused page. */

import { Thread } from "./comments.js";
import { notLoaded } from "./again.js";
import { byId, getFragment } from "./dom.js";
import { _ } from "../i18n.js";

const WAIT_MS = 220;
const KEPT = "hhreview-panel";

export class Panel {
  /**
   * @param {import("./records.js").Config} config
   * @param {import("./model.js").Model} model
   */
  constructor(config, model) {
    this.config = config;
    this.model = model;
    this.element = byId("panel", HTMLElement);
    this.seam = byId("panel-seam", HTMLElement);
    this.page = byId("panel-page", HTMLElement);
    this.thread = new Thread(byId("panel-comments", HTMLElement), model, config);
    this.button = byId("panel-switch", HTMLButtonElement);
    this.at = 0;
    this.timer = 0;
    /** Number of the last request for the panel. */
    this.asked = 0;
    /** The page that the person asked about last. */
    this.askedAt = 0;
    const wide = matchMedia("(min-width: 1500px)").matches;
    this.open = (localStorage.getItem(KEPT) ?? (wide ? "open" : "shut")) === "open";
    this.button.addEventListener("click", () => this.toggle());
    this.apply();
  }

  toggle() {
    this.open = !this.open;
    localStorage.setItem(KEPT, this.open ? "open" : "shut");
    this.apply();
  }

  apply() {
    this.element.hidden = !this.open;
    this.button.setAttribute("aria-expanded", String(this.open));
    document.body.classList.toggle("has-panel", this.open);
    if (this.open && this.at) this.show(this.at, true);
  }

  /** Open it and focus the evidence; a second time at the same page, close it. */
  why() {
    const again = this.open && this.askedAt === this.at;
    this.askedAt = again ? 0 : this.at;
    if (again) return this.toggle();
    if (!this.open) this.toggle();
    this.seam.scrollIntoView({ block: "start" });
    this.show(this.at, true);
  }

  /** @param {number} p @param {boolean} [now] */
  show(p, now = false) {
    this.at = p;
    for (const part of this.element.children) if (part instanceof HTMLElement) part.hidden = !p;
    if (!this.open || !p) return;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.load(p), now ? 0 : WAIT_MS);
  }

  /** @param {number} p */
  async load(p) {
    this.thread.show(this.model.at[p] ?? 0, p);
    const left = this.model.before(p);
    const mine = ++this.asked;
    const isStill = () => this.at === p && this.asked === mine;
    try {
      const [seam, page] = await Promise.all([
        left ? getFragment((this.config.urls.seam ?? "").replace("/0/", `/${left}/`)) : document.createDocumentFragment(),
        getFragment((this.config.urls.panel ?? "").replace("/0/", `/${p}/`)),
      ]);
      if (!isStill()) return;
      this.seam.replaceChildren(seam);
      this.page.replaceChildren(page);
    } catch {
      if (isStill()) this.page.replaceChildren(notLoaded(_("This could not be loaded."), () => this.show(this.at, true)));
    }
  }
}
