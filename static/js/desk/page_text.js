/**
 * The text next to an open page: the current line is marked on the scan, and lines are corrected in place, added, and
 * deleted. Typed text is stored until the server has it.
 */

import { getFragment, make, postJson, uuid } from "./dom.js";
import { actButton, dressRow, isAdded, isBusy, lineForm, patch, rove, rowOf } from "./text_rows.js";
import { keepTyped } from "./typed.js";
import { TypedLines } from "./typed_lines.js";
import { drawLines, markLine } from "./viewer.js";
import { _ } from "../i18n.js";

/**
 * @typedef {object} Given
 * @property {() => object} known  what an act is told beside its own: the version known here
 * @property {(data: any) => void} done  with what an act was answered
 * @property {(message: string) => void} refused  of a page that is no longer open
 * @property {string} key  that corrects, as a person reads it
 */
/** @typedef {{text: string, was: string, key: string, forget: () => void}} Typed */

export class PageText {
  /**
   * @param {HTMLElement} side  what stands beside the page
   * @param {import("./records.js").Config} config
   * @param {Given} given
   */
  constructor(side, config, given) {
    this.side = side;
    this.config = config;
    this.given = given;
    this.typed = new TypedLines(config.slug);
    /** @type {any} */
    this.viewer = null;
    this.at = 0;
    /** Acts go one after the other. @type {Promise<void>} */
    this.sending = Promise.resolve();
    /** Whether we remove elements, so that a field loses the focus without the person leaving it. */
    this.isQuiet = false;
    /** @type {WeakMap<Element, () => void>} of each form that is open, what forgets the typed */
    this.forgets = new WeakMap();
    /** @type {WeakMap<HTMLElement, HTMLElement | null>} of a line that is added, the one above it */
    this.above = new WeakMap();
    side.addEventListener("keydown", (event) => this.pressed(event));
    side.addEventListener("focusin", (event) => this.mark(rowOf(event.target)));
    side.addEventListener("focusout", (event) => this.left(event));
    side.addEventListener("mouseover", (event) => rowOf(event.target) && this.mark(rowOf(event.target)));
    side.addEventListener("mouseleave", () => this.mark(rowOf(document.activeElement)));
    side.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button.line-text") : null;
      const row = rowOf(button);
      if (row) this.open(row);
    });
  }

  get list() {
    return this.side.querySelector("ol.page-text");
  }

  /** @returns {HTMLElement[]} */
  get rows() {
    return [...(this.list?.children ?? [])].map((row) => /** @type {HTMLElement} */ (row));
  }

  /** @param {string | undefined} id */
  row(id) {
    return this.rows.find((row) => row.dataset.line === id);
  }

  // --- Showing lines -----------------------------------------------------------------------------------------------
  /** @param {DocumentFragment} fragment  the panel of a page, in place of what is there; what is typed stays */
  show(fragment) {
    const now = this.fold();
    const fresh = fragment.querySelector("[data-text]");
    const focused = rowOf(document.activeElement)?.dataset.line;
    this.quietly(() => {
      if (now && fresh instanceof HTMLElement && now.dataset.text === fresh.dataset.text && this.rows.some(isBusy)) patch(now, fresh, (added, row) => this.above.get(added)?.dataset.line === row.dataset.line);
      else this.side.replaceChildren(fragment);
    });
    this.dress();
    if (focused && !this.side.contains(document.activeElement)) this.focusOn(this.row(focused));
  }

  fold() {
    const fold = this.side.querySelector("[data-text]");
    return fold instanceof HTMLElement ? fold : null;
  }

  /** Make the server's HTML respond to keys, and open lines with unsaved text. */
  dress() {
    const fold = this.fold();
    this.at = Number(fold?.dataset.text ?? 0);
    this.list?.removeAttribute("tabindex"); // its lines take the focus instead
    for (const row of this.rows) dressRow(row, this.config.mayEdit);
    rove(this.rows, this.row(rowOf(document.activeElement)?.dataset.line) ?? this.rows[0]);
    if (fold && this.config.mayEdit) {
      if (!fold.querySelector(".line-acts")) fold.append(this.foot(fold));
      this.reopen();
    }
    this.draw();
  }

  /** @param {any} viewer  of the page that is open; null: of none */
  over(viewer) {
    this.viewer = viewer;
    viewer?.addHandler("open", () => this.mark(rowOf(document.activeElement)));
  }

  draw() {
    const stored = this.side.querySelector("script[type='application/json']")?.textContent;
    if (this.viewer && stored) drawLines(this.viewer, JSON.parse(stored));
    this.mark(rowOf(document.activeElement));
  }

  /** Show on the scan where a line stands. @param {HTMLElement | null} row */
  mark(row) {
    for (const other of this.rows) other.classList.toggle("is-here", other === row);
    markLine(this.viewer, row?.dataset.box?.split(" ").map(Number) ?? null);
  }

  /** @param {HTMLElement} fold */
  foot(fold) {
    const isChecked = fold.querySelector("[data-checked]") !== null;
    return make("div", { class: "line-acts" }, [
      actButton(_("Add a line"), () => this.add(this.rows.at(-1) ?? null)),
      actButton(isChecked ? _("Mark as not checked") : _("Mark as checked"), () => this.queue(async () => {
        const { status, data } = await this.post({ checked: !isChecked });
        if (status !== 200) return this.given.refused(data.message);
        return this.answered(data);
      })),
      make("p", { class: "field-hint", text: _("%(key)s or Enter corrects a line, Enter saves it. An empty line is deleted.", { key: this.given.key }) }),
    ]);
  }

  /** @param {() => void} change */
  quietly(change) {
    const before = this.isQuiet;
    this.isQuiet = true;
    change();
    this.isQuiet = before;
  }

  // --- Going from line to line -------------------------------------------------------------------------------------
  /** @param {HTMLElement | undefined | null} row */
  focusOn(row) {
    if (!row) return;
    rove(this.rows, row);
    const target = row.querySelector("textarea") ?? row.querySelector(":scope > .line-text");
    if (target instanceof HTMLElement) target.focus();
  }

  /** Begin to correct at the current line, or else at the first. */
  correct() {
    const row = rowOf(document.activeElement) ?? this.rows.find((one) => one.classList.contains("is-here")) ?? this.rows[0];
    if (row) this.open(row);
    else if (this.list) this.add(null);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const row = rowOf(event.target);
    if (!row || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLTextAreaElement) {
      if (event.key === "Enter") this.onward(row, event.shiftKey ? -1 : 1);
      else if (event.key === "Escape") this.giveUp(row);
      else return;
    } else if (event.key === "Escape" && row.querySelector("form")) this.giveUp(row);
    else if (event.target instanceof Element && event.target.matches(".line-text")) {
      const rows = this.rows;
      const to = { ArrowUp: rows.indexOf(row) - 1, ArrowDown: rows.indexOf(row) + 1, Home: 0, End: rows.length - 1 }[event.key];
      if (to === undefined) return;
      this.focusOn(rows[to]);
    } else return;
    // An open dialog would close by Escape, and the desk would leave the page by an arrow.
    event.preventDefault();
    event.stopPropagation();
  }

  /** Save this line and open the one after it; below the last one that was added, another new one. @param {HTMLElement} row @param {number} step */
  onward(row, step) {
    const rows = this.rows;
    const next = rows[rows.indexOf(row) + step];
    const isNew = isAdded(row) && this.field(row)?.value.trim();
    this.save(row);
    if (isNew && !next && step > 0) this.add(row);
    else if (next) this.open(next);
    else this.focusOn(row.isConnected ? row : this.rows.at(-1));
  }

  /** Whoever goes elsewhere saves, as in the table; whoever only looks at another window does not. @param {FocusEvent} event */
  left(event) {
    const row = rowOf(event.target);
    const form = event.target instanceof Element ? event.target.closest("form") : null;
    const to = event.relatedTarget;
    if (!row || !form || this.isQuiet || !document.hasFocus() || (to instanceof Node && form.contains(to))) return;
    if (!form.querySelector("[role=alert]")) this.save(row);
  }

  // --- One line ----------------------------------------------------------------------------------------------------
  /** @param {HTMLElement} row */
  field(row) {
    return row.querySelector("textarea");
  }

  /** Open the lines with unsaved text. */
  reopen() {
    for (const row of this.rows) if (!isBusy(row) && this.typed.has(this.at, row)) this.open(row, false);
    this.typed.adopt(this.at, this.rows);
    for (const n of this.typed.missing(this.at, this.rows)) {
      const row = this.insert(this.rows.at(-1) ?? null, n);
      this.open(row, false);
      const above = this.row(String(new FormData(row.querySelector("form") ?? undefined).get("above")));
      if (!above) continue;
      this.above.set(row, above);
      this.quietly(() => above.after(row));
    }
  }

  /** @param {HTMLElement} row @param {boolean} [isAsked]  whether the person goes there */
  open(row, isAsked = true) {
    if (!this.config.mayEdit || row.dataset.state === "saving") return;
    if (!row.querySelector("form")) {
      this.quietly(() => row.append(this.form(row)));
      const field = this.field(row);
      field?.setSelectionRange(field.value.length, field.value.length);
    }
    if (isAsked) this.focusOn(row);
  }

  /** @param {HTMLElement} row */
  form(row) {
    const form = lineForm(row, this.above.get(row)?.dataset.line ?? "", this.tools(row));
    this.forgets.set(form, keepTyped(form, this.typed.name(this.at, row)).forget);
    return form;
  }

  /** @param {HTMLElement} row */
  tools(row) {
    const { original, state } = row.dataset;
    const isOther = state === "corrected" || state === "deleted";
    return make("div", { class: "line-tools" }, [
      isOther ? make("p", { class: "line-original" }, [make("span", { class: "quiet", text: _("Read as:") }), " ", original ?? ""]) : null,
      isOther ? actButton(_("Use what was read"), () => this.saveAs(row, original ?? "")) : null,
      state === "earlier" ? actButton(_("Put it into the text"), () => this.saveAs(row, row.dataset.text ?? "")) : null,
      isAdded(row) ? null : actButton(_("Add a line below"), () => {
        this.save(row);
        this.add(row);
      }),
    ]);
  }

  /** @param {HTMLElement | null} above  null: it is the first line */
  add(above) {
    const open = this.rows.find((one) => isAdded(one) && one.querySelector("form"));
    if (open) this.focusOn(open);
    else this.open(this.insert(above, this.typed.free(this.at, this.rows)));
  }

  /** @param {HTMLElement | null} above @param {number} n */
  insert(above, n) {
    const row = make("li", { "data-added": n, "data-text": "" }, [make("button", { type: "button", class: "line-text", dir: "auto", tabindex: "-1" })]);
    this.above.set(row, above);
    if (above?.isConnected) above.after(row);
    else this.list?.append(row);
    return row;
  }

  /** @param {HTMLElement} row */
  giveUp(row) {
    const above = this.above.get(row);
    this.close(row);
    this.focusOn(row.isConnected ? row : (this.row(above?.dataset.line) ?? this.rows[0]));
  }

  /** @param {HTMLElement} row */
  close(row) {
    const form = row.querySelector("form");
    if (!form) return;
    this.forgets.get(form)?.();
    this.quietly(() => (isAdded(row) ? row : form).remove());
  }

  // --- Saving ------------------------------------------------------------------------------------------------------
  /** @param {HTMLElement} row @param {string} text */
  saveAs(row, text) {
    const field = this.field(row);
    if (!field) return;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    this.save(row, true);
    this.focusOn(row);
  }

  /** @param {HTMLElement} row @param {boolean} [always]  also where nothing was changed */
  save(row, always = false) {
    const form = row.querySelector("form");
    const field = this.field(row);
    if (!form || !field) return;
    if (!always && field.value.trim() === (row.dataset.text ?? "")) return this.close(row);
    const { was, key } = Object.fromEntries(new FormData(form));
    const typed = { text: field.value.trim(), was: String(was), key: String(key), forget: this.forgets.get(form) ?? (() => {}) };
    const shown = row.querySelector(":scope > .line-text");
    if (shown && typed.text) shown.textContent = typed.text;
    row.dataset.state = "saving";
    this.quietly(() => form.remove());
    this.queue(() => this.send(row, typed, this.at));
  }

  /** @param {() => Promise<void>} run */
  queue(run) {
    this.sending = this.sending.then(run).catch(reportError);
  }

  /** @param {object} body @param {string} [key] @param {number} [page] @returns {Promise<{status: number, data: any}>} */
  async post(body, key = uuid(), page = this.at) {
    try {
      return await postJson(`${this.config.urls.acts}text`, { ...body, page, act_id: key, ...this.given.known() });
    } catch (error) {
      return { status: 0, data: { message: error instanceof Error ? error.message : String(error) } };
    }
  }

  /** @param {HTMLElement} row @param {Typed} typed @param {number} page */
  async send(row, { text, was, key, forget }, page) {
    const above = this.above.get(row)?.dataset.line;
    const line = isAdded(row) ? { text, ...(above ? { after: above } : {}) } : { text, line: row.dataset.line, was };
    const { status, data } = await this.post({ lines: [line] }, key, page);
    if (status === 200) {
      forget();
      await this.answered(data, row);
    } else await this.refused(row, text, data.message ?? _("This was not saved."), status);
  }

  /** @param {any} data @param {HTMLElement} [row]  that was saved */
  async answered(data, row) {
    this.given.done(data);
    await this.refresh(row);
  }

  /** Ask how the lines read now. @param {HTMLElement} [row]  that is saved */
  async refresh(row) {
    const page = this.at;
    const fragment = await getFragment((this.config.urls.panel ?? "").replace("/0/", `/${page}/`)).catch(() => null);
    if (row) delete row.dataset.state;
    if (!fragment || page !== this.at || !this.fold()) return;
    if (row && isAdded(row)) this.name(row, fragment);
    this.show(fragment);
  }

  /** An added line has an id from now on. @param {HTMLElement} row @param {DocumentFragment} fragment */
  name(row, fragment) {
    const text = row.querySelector(":scope > .line-text")?.textContent;
    const fresh = [...fragment.querySelectorAll("[data-state=added]")].map((one) => /** @type {HTMLElement} */ (one));
    const mine = fresh.find((one) => one.dataset.text === text && !this.row(one.dataset.line));
    delete row.dataset.added;
    if (mine) row.dataset.line = mine.dataset.line;
    else this.quietly(() => row.remove());
  }

  /** What was typed comes back with the reason beside it. @param {HTMLElement} row @param {string} text @param {string} message @param {number} status */
  async refused(row, text, message, status) {
    if (!row.isConnected) return this.given.refused(message);
    if (status) await this.refresh();
    delete row.dataset.state;
    if (status === 409 && row.dataset.text === text) return this.close(row); // the line already has this text
    this.open(row, !this.side.querySelector("textarea:focus"));
    const form = row.querySelector("form");
    const was = form?.elements.namedItem("was");
    if (!form || !(was instanceof HTMLInputElement)) return undefined;
    const more = status === 409 ? ` ${_("Enter saves yours, Esc keeps the other.")}` : "";
    form.append(make("p", { class: "field-error", role: "alert", text: message + more }));
    if (status !== 409) return undefined;
    was.value = row.dataset.text ?? "";
    form.dispatchEvent(new Event("input"));
    return undefined;
  }
}
