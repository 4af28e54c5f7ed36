/** The large view over the stream: a page, or the two pages at a seam side by side. */

import { previewOf } from "./cells.js";
import { notLoaded } from "./again.js";
import { byId, getFragment, make } from "./dom.js";
import { Filmstrip } from "./filmstrip.js";
import { PageText } from "./page_text.js";
import { lockTogether, zoomInto } from "./viewer.js";
import { _ } from "../i18n.js";

/** @typedef {import("./viewer.js").Scan} Scan */

/** How long to wait for the server before showing what is already loaded. */
const PATIENCE_MS = 200;

export class Detail {
  /**
   * @param {import("./records.js").Config} config
   * @param {import("./model.js").Model} model
   * @param {import("./keys.js").Keyboard} keyboard
   * @param {import("./place.js").Place} place
   * @param {{left: (p: number) => void, commands: Record<string, (p: number) => void>,
   *   load: (positions: Set<number>) => void, toggle: (p: number) => void,
   *   corrected: (data: any) => void, refused: (message: string) => void}} how  what to do with the page that was open
   *   last, what else its keys do, how pages are loaded, what a seam of the filmstrip does, and what is said of a
   *   correction of the text
   */
  constructor(config, model, keyboard, place, { left, commands, load, toggle, corrected, refused }) {
    this.config = config;
    this.model = model;
    this.keyboard = keyboard;
    this.left = left;
    this.dialog = byId("detail", HTMLDialogElement);
    this.stage = byId("detail-stage", HTMLElement);
    this.side = byId("detail-side", HTMLElement);
    this.title = byId("detail-title", HTMLElement);
    this.text = new PageText(this.side, config, {
      known: () => ({ since: model.version }), done: corrected, refused, key: keyboard.hint("correct-text"),
    });
    this.messages = [byId("toasts", HTMLElement), byId("live", HTMLElement)];
    /** @type {any[]} */
    this.viewers = [];
    this.at = 0;
    this.rotation = 0;
    /** Number of the last request for a panel, and of the panel that is shown. */
    this.asked = 0;
    this.beside = 0;
    this.isOpen = false;
    /** @type {() => void} */
    this.popKeys = () => {};
    this.place = place;
    this.commands = commands;
    /** Acts of the stream, each upon the page that is open. @type {Record<string, (event: KeyboardEvent) => void>} */
    this.acts = {};
    this.filmstrip = new Filmstrip(byId("filmstrip", HTMLElement), config, model, {
      load, toggle, open: (p) => this.goTo(p),
    });
    // It shows as many pages as it has room for.
    new ResizeObserver(() => void (this.isOpen && this.showFilm())).observe(byId("filmstrip", HTMLElement));
    for (const news of ["change", "pages"]) {
      model.addEventListener(news, () => {
        if (!this.isOpen) return;
        this.showFilm();
        this.follow();
      });
    }
    this.dialog.addEventListener("close", () => {
      if (!this.dialog.open) this.closed(); // the event is late, and the dialog may be open again
    });
    byId("detail-close", HTMLButtonElement).addEventListener("click", () => this.close());
    byId("detail-previous", HTMLButtonElement).addEventListener("click", () => this.step(-1));
    byId("detail-next", HTMLButtonElement).addEventListener("click", () => this.step(1));
    byId("detail-lines", HTMLButtonElement).addEventListener("click", (event) => {
      const on = this.stage.classList.toggle("with-lines");
      /** @type {HTMLElement} */ (event.currentTarget).setAttribute("aria-pressed", String(on));
    });
    byId("detail-rotate", HTMLButtonElement).addEventListener("click", (event) => {
      if (config.mayEdit) this.acts.rotate?.(new KeyboardEvent("keydown"));
      else this.rotate(90);
      /** @type {HTMLElement} */ (event.currentTarget).focus();
    });
  }

  /** Show the filmstrip below a page or a place, with these pages marked. */
  showFilm() {
    this.filmstrip.show(this.at, this.dialog.dataset.mode === "seam" ? this.model.before(this.at) : this.at);
  }

  /** @param {number} p */
  async open(p) {
    this.show("page");
    this.at = p;
    this.place.at("page", this.model, p);
    this.showFilm();
    this.rotation = 0;
    const timer = setTimeout(() => this.announce(p), PATIENCE_MS);
    const scan = await this.loaded(p, () => this.load(p)).finally(() => clearTimeout(timer));
    if (!scan) return;
    this.title.textContent = _("Page %(p)s · %(identifier)s", { p, identifier: scan.identifier });
    this.place.name("page", scan.identifier);
    const frame = make("div", { class: "zoom", role: "img", "aria-label": _("Page %(p)s, %(identifier)s", { p, identifier: scan.identifier }) });
    this.clear();
    this.stage.append(frame);
    const viewer = await zoomInto(this.config.urls.openseadragon ?? "", frame, scan).catch((error) => this.failed(p, "page", error));
    if (viewer && this.keep([viewer], frame, [p])) this.text.over(viewer);
  }

  /** On a slow line: which page it will be, and its thumbnail, which the stream has already. @param {number} p */
  announce(p) {
    const page = this.model.pages.get(p);
    if (this.at !== p || !this.isOpen || !page) return;
    this.title.textContent = _("Page %(p)s · %(identifier)s", { p, identifier: page.identifier });
    this.clear();
    this.side.replaceChildren(make("p", { class: "quiet", text: _("Loading…") }));
    this.stage.append(...previewOf(this.config, page));
  }

  /** @param {number} p  the page right of the seam */
  async compare(p) {
    const left = this.model.before(p);
    if (!left) return;
    this.show("seam");
    this.at = p;
    this.place.at("seam", this.model, p);
    this.showFilm();
    this.title.textContent = _("Page %(left)s and page %(p)s", { left, p });
    const parts = await this.loaded(p, () => Promise.all([this.load(left), this.load(p), this.evidence(left)]));
    const [first, second, evidence] = parts ?? [];
    if (!first || !second || !evidence) return;
    this.place.name("seam", second.identifier);
    this.side.replaceChildren(evidence);
    this.clear();
    // Both halves are there before either is drawn, because a page is fitted into the available room.
    const halves = [first, second].map((scan) => {
      const frame = make("div", { class: "zoom is-half", role: "img", "aria-label": _("Page %(position)s, %(identifier)s", { position: scan.position, identifier: scan.identifier }) });
      this.stage.append(frame);
      return { place: frame, scan };
    });
    const zooms = halves.map(({ place, scan }) => zoomInto(this.config.urls.openseadragon ?? "", place, scan));
    const viewers = await Promise.all(zooms).catch((error) => this.failed(p, "seam", error));
    if (viewers && this.keep(viewers, halves[0]?.place, [left, p])) lockTogether(viewers[0], viewers[1]);
  }

  /**
   * Return the requested panel of a page; null if another page is open by now, or, after a message, if it failed.
   * @template T
   * @param {number} p
   * @param {() => Promise<T>} ask
   * @returns {Promise<T | null>}
   */
  async loaded(p, ask) {
    const { mode } = this.dialog.dataset;
    try {
      const answer = await ask();
      return this.isAt(p, mode) ? answer : null;
    } catch (error) {
      if (this.isAt(p, mode)) this.side.replaceChildren();
      return this.failed(p, mode, error);
    }
  }

  /** @param {number} p @param {string | undefined} mode @returns {boolean} that nothing else is open by now */
  isAt(p, mode) {
    return this.at === p && this.isOpen && this.dialog.dataset.mode === mode;
  }

  /** @param {number} p @param {string | undefined} mode @param {unknown} error  why it cannot be shown @returns {null} */
  failed(p, mode, error) {
    if (!this.isAt(p, mode)) return null;
    this.clear();
    this.title.textContent = _("Page %(p)s", { p });
    this.stage.append(notLoaded(error, () => void (this.isAt(p, mode) && (mode === "seam" ? this.compare(p) : this.open(p)))));
    return null;
  }

  /** Load the panel of the page again. */
  async refresh() {
    const p = this.at;
    if (this.dialog.dataset.mode === "page") return void (await this.loaded(p, () => this.load(p)));
    const evidence = await this.loaded(p, () => this.evidence(this.model.before(p)));
    if (evidence) this.side.replaceChildren(evidence);
  }

  /** @param {number} left */
  evidence(left) {
    return getFragment((this.config.urls.seam ?? "").replace("/0/", `/${left}/`));
  }

  /** @param {number} p @returns {Promise<Scan | null>} */
  async load(p) {
    const mine = ++this.asked;
    const fragment = await getFragment((this.config.urls.panel ?? "").replace("/0/", `/${p}/`));
    const data = fragment.querySelector("script[type='application/json']");
    const scan = data ? JSON.parse(data.textContent ?? "null") : null;
    // A later request is newer, and another page may be open by now.
    if (mine > this.beside && this.at === p && this.isOpen && this.dialog.dataset.mode === "page") {
      this.beside = mine;
      this.text.show(fragment);
    }
    return scan;
  }

  /** @param {"page" | "seam"} mode */
  show(mode) {
    this.dialog.dataset.mode = mode;
    if (this.dialog.open) return;
    this.dialog.showModal();
    // Outside of a modal dialog, messages could be neither seen nor heard.
    this.dialog.append(...this.messages);
    // The evidence is next to both pages.
    const compare = () => void (this.dialog.dataset.mode === "seam" ? this.open(this.at) : this.compare(this.at));
    this.popKeys = this.keyboard.push(["detail", "queue", "stream"], {
      ...this.acts,
      compare,
      why: compare,
      ...(this.config.mayEdit ? { "correct-text": () => void (this.dialog.dataset.mode === "page" && this.text.correct()) } : {}),
      ...(this.config.mayEdit ? {} : { rotate: () => this.rotate(90), "rotate-back": () => this.rotate(-90) }),
      "detail-next": () => this.step(1),
      "detail-previous": () => this.step(-1),
      clear: () => this.close(),
      ...Object.fromEntries(Object.entries(this.commands).map(([id, command]) => [id, () => command(this.at)])),
    });
    this.isOpen = true;
    this.place.enter();
  }

  /** Close the dialog and move the focus before the dialog returns it and fires its event. */
  close() {
    this.dialog.close();
    this.closed();
  }

  /** @param {-1 | 1} step */
  step(step) {
    const next = step > 0 ? this.model.after(this.at) : this.model.before(this.at);
    if (next) this.goTo(next);
  }

  /** @param {number} p  in the way that is open */
  goTo(p) {
    if (this.dialog.dataset.mode === "seam") void this.compare(p);
    else void this.open(p);
  }

  /** Rotate what is open after pages were rotated permanently. */
  follow() {
    for (const viewer of this.config.mayEdit ? this.viewers : []) {
      const wanted = this.model.pages.get(viewer.page)?.rotation;
      if (wanted === undefined) continue; // its record is being loaded
      const by = (((wanted - (viewer.viewport?.getRotation() ?? wanted)) % 360) + 540) % 360 - 180;
      if (by) this.rotate(by, [viewer]);
    }
  }

  /** The view alone: whoever may not edit rotates nothing else. @param {number} degrees @param {any[]} [viewers] */
  rotate(degrees, viewers = this.viewers) {
    this.rotation += degrees;
    for (const viewer of viewers) viewer.viewport?.setRotation(viewer.viewport.getRotation() + degrees);
    const rotated = ((this.rotation % 360) + 360) % 360;
    this.stage.setAttribute("aria-label", rotated ? _("Rotated %(rotated)s degrees", { rotated }) : _("Upright"));
  }

  /**
   * Keep viewers, which load later than the page, or remove them if the page was closed or left in the meantime.
   * @param {any[]} viewers
   * @param {HTMLElement | undefined} place
   * @param {number[]} pages  that they show
   */
  keep(viewers, place, pages) {
    const isShown = Boolean(place?.isConnected);
    viewers.forEach((viewer, i) => (viewer.page = pages[i]));
    if (isShown) {
      this.viewers = viewers;
      this.follow(); // it may have been rotated since the request
    } else for (const viewer of viewers) viewer.destroy();
    return isShown;
  }

  clear() {
    for (const viewer of this.viewers) viewer.destroy();
    this.viewers = [];
    this.text.over(null);
    this.stage.replaceChildren();
  }

  closed() {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.popKeys();
    this.clear();
    this.side.replaceChildren();
    document.body.append(...this.messages);
    this.place.leave();
    this.left(this.at);
  }
}
