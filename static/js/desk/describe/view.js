/** The view for describing: the document's scans on the left, its fields on the right, one document after the other. */

import { notLoaded } from "../again.js";
import { previewOf, uprightAddress } from "../cells.js";
import { Thread } from "../comments.js";
import { byId, getFragment, getJson, make } from "../dom.js";
import { lock } from "../filmstrip.js";
import { suggestions } from "../suggesting.js";
import { zoomInto } from "../viewer.js";
import { DescribeForm } from "./form.js";
import { onText } from "./pointing.js";
import { changesOf, needsWork, nextOf } from "./work.js";
import { stateWord } from "../records.js";
import { _, number, within } from "../../i18n.js";

/** @typedef {import("../records.js").Group} Group */
/** @typedef {import("../viewer.js").Scan} Scan */

/** Most scans with their lines that are kept: some pages back and ahead. */
const KEPT = 24;

export class Describe {
  /**
   * @param {import("../acts.js").Acts} acts
   * @param {import("../records.js").Config} config
   * @param {import("../keys.js").Keyboard} keyboard
   * @param {import("../place.js").Place} place
   */
  constructor(acts, config, keyboard, place) {
    this.acts = acts;
    this.model = acts.model;
    this.config = config;
    this.keyboard = keyboard;
    this.place = place;
    this.element = byId("describe", HTMLElement);
    this.stage = byId("describe-stage", HTMLElement);
    this.side = byId("describe-side", HTMLElement);
    this.thread = new Thread(byId("describe-comments", HTMLElement), this.model, config);
    this.message = byId("describe-message", HTMLElement);
    this.desk = /** @type {HTMLElement} */ (document.querySelector(".desk"));
    this.isOpen = false;
    this.id = 0;
    this.at = 0;
    this.seen = 0;
    this.later = "";
    /** @type {DescribeForm | null} */
    this.form = null;
    /** @type {any} */
    this.viewer = null;
    /** @type {Map<number, Promise<Scan>>} */
    this.scans = new Map();
    /** @type {() => void} */
    this.popKeys = () => {};
    byId("describe-close", HTMLButtonElement).addEventListener("click", () => this.close());
    byId("describe-previous", HTMLButtonElement).addEventListener("click", () => this.step(-1));
    byId("describe-next", HTMLButtonElement).addEventListener("click", () => this.step(1));
    byId("describe-save", HTMLButtonElement).addEventListener("click", () => void this.save());
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.model.addEventListener("change", () => this.changed());
  }

  /** @returns {Group[]} those that the stream shows, in scan order */
  shown() {
    const seen = new Set(this.model.bands().filter(this.acts.stream.given.shows).map(({ group }) => group));
    seen.add(this.id);
    return [...this.model.groups.values()].filter(({ id }) => seen.has(id)).sort((a, b) => Math.min(...a.pages) - Math.min(...b.pages));
  }

  /** @param {Group} group @param {{values?: Record<string, string>, message?: string}} [refused] */
  open(group, refused) {
    this.id = group.id;
    this.seen = group.version;
    this.enter();
    if (refused) {
      this.later = "";
      this.tell(""); // "Saving…" is over: the form says why
    }
    const form = new DescribeForm(this.config, this.acts.model, group, refused, this.form?.draft);
    this.form = form;
    this.form.element.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.save();
    });
    this.side.replaceChildren(this.form.element);
    const id = this.acts.outbox.real(group.id);
    const { reader } = this.config;
    if (reader && id > 0) this.form.element.append(suggestions({ ...reader, url: reader.url.replace(/0\/$/, `${id}/`) }, (name, value) => form.take(name, value)));
    this.side.scrollTop = 0;
    this.head();
    this.thread.show(group.id, group.pages[0] ?? 0);
    void this.show(group.pages[0] ?? 0);
    void this.strip(group);
    const title = this.form.control("title");
    title.focus({ preventScroll: true });
    title.setSelectionRange(title.value.length, title.value.length);
  }

  enter() {
    if (this.isOpen) return;
    this.isOpen = true;
    this.element.hidden = false;
    this.desk.hidden = true;
    document.body.classList.add("is-describing");
    this.popKeys = this.keyboard.push("describe", { clear: () => this.close() });
    this.place.enter();
  }

  head() {
    const group = this.model.groups.get(this.id);
    if (!group) return;
    const all = this.shown();
    const left = all.filter((one) => needsWork(one, this.config.description)).length;
    const { pages } = group;
    const [low, high] = [Math.min(...pages), Math.max(...pages)];
    byId("describe-title", HTMLElement).textContent = _("Document %(value)s of %(count)s", { value: number(all.findIndex(({ id }) => id === this.id) + 1), count: number(all.length) });
    byId("describe-about", HTMLElement).textContent = `${low === high ? _("page %(low)s", { low }) : _("pages %(low)s–%(high)s", { low, high })} · ${stateWord(group)}`;
    byId("describe-left", HTMLElement).textContent = left ? _("%(left)s to describe", { left: number(left) }) : _("All described");
  }

  /** @param {number} p  page that is shown large */
  async show(p) {
    this.at = this.thread.at = p;
    this.place.at("describe", this.model, p);
    for (const button of byId("describe-pages", HTMLElement).children) button.setAttribute("aria-pressed", String(Number(/** @type {HTMLElement} */ (button).dataset.page) === p));
    this.viewer?.destroy();
    this.viewer = null;
    const preview = previewOf(this.config, this.model.pages.get(p));
    this.stage.replaceChildren(...preview);
    /** @type {Scan} */
    let scan;
    try {
      scan = await this.scan(p);
    } catch (error) {
      if (this.at === p) this.stage.replaceChildren(notLoaded(error, () => void (this.at === p && this.show(p))));
      return;
    }
    if (this.at !== p || !this.isOpen) return;
    const frame = make("div", { class: "zoom", role: "img", "aria-label": _("Page %(p)s, %(identifier)s", { p, identifier: scan.identifier }) });
    this.stage.append(frame);
    this.place.name("describe", scan.identifier);
    this.lines(scan);
    const viewer = await zoomInto(this.config.urls.openseadragon ?? "", frame, scan).catch((error) => {
      if (frame.isConnected) this.stage.replaceChildren(notLoaded(error, () => void (this.at === p && this.show(p))));
    });
    if (!viewer) return;
    if (!frame.isConnected) return viewer.destroy();
    this.viewer = viewer;
    viewer.addOnceHandler("open", () => preview[0]?.remove());
    onText(viewer, frame, scan, {
      click: (line, isMore) => this.take("title", line, isMore),
      drag: (text) => void this.takeDate(text.replace(/[,;:]+$/, "")),
    });
  }

  /** What was read on the page, for those who do not point. @param {Scan} scan */
  lines(scan) {
    const list = byId("describe-lines", HTMLElement);
    list.replaceChildren(
      ...scan.lines.filter(([text]) => text.trim()).map(([text]) => {
        const button = make("button", { type: "button", class: "line-take", text });
        button.addEventListener("click", (event) => this.take("title", text, event.shiftKey));
        return make("li", {}, [button]);
      }),
    );
  }

  /** @param {number} p @returns {Promise<Scan>} */
  scan(p) {
    const kept = this.scans.get(p);
    if (kept) {
      this.scans.delete(p); // the last one used is removed last
      this.scans.set(p, kept);
      return kept;
    }
    const request = getFragment((this.config.urls.panel ?? "").replace("/0/", `/${p}/`)).then((fragment) => {
      const scan = JSON.parse(fragment.querySelector("script[type='application/json']")?.textContent ?? "null");
      new Image().src = scan.original; // load it into the browser's cache
      return scan;
    });
    this.scans.set(p, request);
    const [oldest] = this.scans.keys();
    if (this.scans.size > KEPT && oldest) this.scans.delete(oldest);
    request.catch(() => this.scans.delete(p));
    return request;
  }

  /** @param {Group} group */
  async strip(group) {
    const strip = byId("describe-pages", HTMLElement);
    strip.hidden = group.pages.length < 2;
    strip.replaceChildren(
      ...group.pages.map((p) => {
        const button = make("button", { type: "button", class: "leaf", "data-page": p, "aria-label": _("Page %(p)s", { p }), "aria-pressed": String(p === this.at) }, [
          make("span", { class: "leaf-number", text: String(p) }),
        ]);
        button.addEventListener("click", () => void this.show(p));
        return button;
      }),
    );
    if (strip.hidden) return;
    await this.known(group.pages);
    for (const button of strip.children) {
      const page = this.model.pages.get(Number(/** @type {HTMLElement} */ (button).dataset.page));
      if (!page || !(button instanceof HTMLElement) || button.querySelector("img")) continue;
      button.prepend(make("img", { src: uprightAddress(this.config, page, 320), alt: "", loading: "lazy" }));
      if (!page.restricted) continue;
      button.append(lock());
      button.setAttribute("aria-label", `${_("Page %(p)s", { p: page.position })}, ${_("restricted")}`);
    }
  }

  /** @param {number[]} positions  whose records are loaded where they are not there */
  async known(positions) {
    const missing = positions.filter((p) => !this.model.pages.has(p));
    if (!missing.length) return;
    const { edition } = this.model;
    try {
      const { pages } = await getJson(`${this.config.urls.pages}?from=${Math.min(...missing)}&to=${Math.max(...missing)}`);
      this.model.addPages(pages, edition);
    } catch {
      // the page records have been loaded
    }
  }

  /** @param {string} name @param {string} text @param {boolean} isMore  behind what is there */
  take(name, text, isMore) {
    const control = this.form?.control(name);
    if (!control || !text) return;
    const clean = text.replace(/\s+/g, " ").trim();
    control.value = isMore && control.value ? `${control.value.trimEnd()} ${clean}` : clean;
    control.dispatchEvent(new Event("input", { bubbles: true }));
    control.focus({ preventScroll: true });
  }

  /** @param {string} text  with a date in it */
  async takeDate(text) {
    const { form } = this;
    const date = await form?.date.within(text);
    if (date && form === this.form) this.take("date", date, false);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.defaultPrevented || event.isComposing) return;
    const { target } = event;
    const meant = this.keyboard.meant(event, "describe");
    const isIn = (/** @type {string} */ names) => target instanceof HTMLElement && target.matches(names);
    // Enter alone begins a new line in longer fields.
    const saves = meant === "describe-save" && isIn("input, textarea") && (event.ctrlKey || event.metaKey || isIn("input, [name=title]"));
    if (event.key === "Escape") this.close();
    else if (saves) void this.save();
    else if (meant === "describe-next" || meant === "describe-previous") this.step(meant === "describe-next" ? 1 : -1);
    else if (meant === "describe-page-next" || meant === "describe-page-previous") this.stepPage(meant === "describe-page-next" ? 1 : -1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Another document, whatever its state. What is typed here stays. @param {-1 | 1} step */
  step(step) {
    const next = this.model.groups.get(nextOf(this.shown(), this.id, step, () => true));
    if (next) this.open(next);
  }

  /** @param {-1 | 1} step */
  stepPage(step) {
    const pages = this.model.groups.get(this.id)?.pages ?? [];
    const p = pages[pages.indexOf(this.at) + step];
    if (p) void this.show(p);
  }

  /** Save, and go to the next that needs it. @returns {Promise<void>} */
  async save() {
    const { form } = this;
    const group = this.model.groups.get(this.id);
    if (!form || !group || this.element.hasAttribute("aria-busy")) return;
    this.element.setAttribute("aria-busy", "true");
    const isRight = await form.check();
    this.element.removeAttribute("aria-busy");
    // An earlier act has finished and the form was drawn again; unless it has a message, Enter still counts.
    if (isRight && this.form !== form && this.form && this.id === group.id && !this.form.problem.textContent) return this.save();
    if (!isRight || this.form !== form) return;
    /** @type {Record<string, any>} */
    const facts = changesOf(group, form.values());
    if (form.copyOf() !== group.copyOf) facts.copy_of = form.copyOf();
    const missing = form.missing();
    if (Object.keys(facts).length && !this.acts.describe(group.id, facts)) return;
    form.forget();
    this.next();
    this.later = missing.length ? _(" Still empty in that document: %(fields)s.", { fields: within(missing.join(", ")) }) : "";
    this.tell(Object.keys(facts).length ? _("Saving…") : _("Nothing was changed."));
  }

  next() {
    const next = this.model.groups.get(nextOf(this.shown(), this.id, 1, (group) => needsWork(group, this.config.description)));
    if (next) this.open(next);
    else {
      const group = this.model.groups.get(this.id);
      if (group) this.open(group);
    }
    const after = this.model.groups.get(nextOf(this.shown(), this.id, 1, (group) => needsWork(group, this.config.description)));
    if (after?.pages[0]) void this.scan(after.pages[0]).catch(() => undefined);
  }

  /** @param {string} sentence @param {number} [edit]  that can be undone */
  tell(sentence, edit) {
    this.message.replaceChildren(make("span", { text: sentence + this.later, title: sentence }));
    if (edit) this.later = "";
    if (!edit) return;
    const undo = make("button", { type: "button", class: "button is-small", text: _("Undo") });
    undo.addEventListener("click", () => this.acts.undo(edit));
    this.message.append(undo);
  }

  /** Handle a change by someone else, by undo, or by our own save. */
  changed() {
    if (!this.isOpen) return;
    const group = this.model.groups.get(this.id);
    if (!group) {
      const heir = this.model.groupAt(this.at);
      if (heir) this.again(heir, _("Someone else joined or split this document."), true);
      else this.close();
      return;
    }
    this.head();
    if (group.version === this.seen || !this.form) return;
    this.seen = group.version;
    this.again(group, _("This document has changed in the meantime. What you typed is still here; the other fields show the saved values."));
  }

  /**
   * Draw the form again with its typed values, and keep the caret where it was.
   * @param {Group} group
   * @param {string} message  of what happened
   * @param {boolean} [always]  whether it is said where nothing is typed as well
   */
  again(group, message, always = false) {
    const { form } = this;
    const typed = form?.typed() ?? null;
    const at = document.activeElement;
    const field = (at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement) && form?.element.contains(at) ? { name: at.name, from: at.selectionStart, to: at.selectionEnd } : null;
    this.open(group, typed ? { values: typed, message } : always ? { message } : undefined);
    if (form && form.draft !== this.form?.draft) form.forget(); // now stored under another page of the document
    const control = field ? this.form?.control(field.name) : null;
    control?.focus({ preventScroll: true });
    control?.setSelectionRange(field?.from ?? null, field?.to ?? null);
    if (!field && at instanceof HTMLElement && at !== document.body && at.isConnected) at.focus({ preventScroll: true });
  }

  close() {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.popKeys();
    this.viewer?.destroy();
    this.viewer = null;
    this.scans.clear(); // pages may be rotated, restricted, or corrected before the next visit
    this.stage.replaceChildren();
    this.side.replaceChildren();
    this.form = null;
    this.message.replaceChildren();
    this.element.hidden = true;
    this.desk.hidden = false;
    document.body.classList.remove("is-describing");
    this.place.leave();
    const first = this.model.groups.get(this.id)?.pages[0] ?? this.at;
    if (first) this.acts.stream.setFocus(first);
  }
}

