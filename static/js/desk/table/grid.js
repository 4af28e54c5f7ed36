/** The grid: only rows in view have elements. A rectangle is selected, and one cell has the focus. */

import { make } from "../dom.js";
import { isUnsure } from "../describe/work.js";
import { shownIn, textOf, toldIn } from "./rows.js";
import { _, isFromRight, number } from "../../i18n.js";

/** @typedef {import("../records.js").Group} Group */
/** @typedef {import("./rows.js").Column} Column */
/** @typedef {{row: number, column: number}} Cell */

const ROW = 56;
const AHEAD = 6;
const DOUBLE_MS = 500;

export class Grid {
  /**
   * @param {HTMLElement} scroller
   * @param {Column[]} columns
   * @param {{mayEdit: boolean, thumb: (group: Group) => string, address: (group: Group) => string, place: (group: Group) => number, unsaved: (id: number, name: string) => {text: string, message: string} | undefined,
   *   typed: (id: number, name: string, text: string | null) => void, save: (id: number, name: string, text: string) => void, overtaken: (group: Group | null, id: number, name: string, text: string) => number, now: (id: number) => Group | undefined, seen: (groups: Group[]) => void, moved: () => void}} how
   */
  constructor(scroller, columns, how) {
    this.scroller = scroller;
    this.columns = columns;
    this.how = how;
    /** @type {Group[]} */
    this.rows = [];
    /** @type {Cell} */
    this.at = { row: 0, column: 0 };
    /** @type {Cell} */
    this.anchor = { row: 0, column: 0 };
    /** @type {HTMLInputElement | HTMLTextAreaElement | null} */
    this.editor = null;
    /** The document and column being edited; others may change or remove it, or rows above it, while a person types. */
    this.edited = { id: 0, name: "", was: "" };
    this.pressed = -Infinity;
    this.body = make("div", { class: "grid-body", role: "rowgroup" });
    scroller.append(this.body);
    scroller.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(scroller);
    this.body.addEventListener("pointerdown", (event) => {
      const cell = this.cellOf(event.target);
      if (!cell || this.isEditing(cell)) return;
      event.preventDefault();
      // The first press draws the cell again, so the browser recognizes no double click.
      const again = event.timeStamp - this.pressed < DOUBLE_MS && cell.row === this.at.row && cell.column === this.at.column;
      this.pressed = event.timeStamp;
      this.go(cell, event.shiftKey);
      if (again) this.edit();
    });
    this.body.addEventListener("pointermove", (event) => {
      const cell = event.buttons === 1 && !this.editor ? this.cellOf(event.target) : null;
      if (cell && (cell.row !== this.at.row || cell.column !== this.at.column)) this.go(cell, true, false);
    });
  }

  /** @param {Group[]} rows */
  show(rows) {
    let kept = this.editor ? this.edited.id : this.rows[this.at.row]?.id;
    const gone = this.editor && !rows.some(({ id }) => id === kept) ? this.edited : null;
    if (gone) kept = this.commit() || kept;
    this.rows = rows;
    const now = kept ? rows.findIndex(({ id }) => id === kept) : -1;
    if (now >= 0 && now !== this.at.row) this.at = this.anchor = { row: now, column: this.at.column };
    this.at.row = Math.max(0, Math.min(this.at.row, rows.length - 1));
    this.anchor.row = Math.max(0, Math.min(this.anchor.row, rows.length - 1));
    this.scroller.setAttribute("aria-rowcount", String(rows.length + 1));
    this.body.style.setProperty("height", `${rows.length * ROW}px`);
    this.draw();
    if (!gone || this.rows[this.at.row]?.id !== kept) return;
    // Typing continues in the row that has the document now, but doesn't overwrite a value that the person hasn't seen.
    this.edit();
    this.editor?.setSelectionRange(this.editor.value.length, this.editor.value.length);
    this.edited.was = gone.was;
  }

  /** @returns {{top: number, bottom: number, left: number, right: number}} what is selected */
  area() {
    const { at, anchor } = this;
    return {
      top: Math.min(at.row, anchor.row), bottom: Math.max(at.row, anchor.row),
      left: Math.min(at.column, anchor.column), right: Math.max(at.column, anchor.column),
    };
  }

  /** @returns {{groups: Group[], columns: Column[]}} */
  selected() {
    const { top, bottom, left, right } = this.area();
    return { groups: this.rows.slice(top, bottom + 1), columns: this.columns.slice(left, right + 1) };
  }

  draw() {
    if (this.editor) return;
    const { top, bottom, left, right } = this.area();
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / ROW) - AHEAD);
    const last = Math.min(this.rows.length, Math.ceil((this.scroller.scrollTop + this.scroller.clientHeight) / ROW) + AHEAD);
    const had = this.body.contains(document.activeElement);
    const seen = this.rows.slice(first, last);
    this.body.replaceChildren(
      ...seen.map((group, i) => {
        const row = first + i;
        const line = make("div", { role: "row", class: "grid-row", "aria-rowindex": row + 2 }, [
          this.lead(group),
          ...this.columns.map((column, at) => this.cell(group, column, row, at, row >= top && row <= bottom && at >= left && at <= right)),
        ]);
        line.style.setProperty("top", `${row * ROW}px`);
        return line;
      }),
    );
    if (had) this.focused()?.focus({ preventScroll: true });
    this.how.seen(seen);
  }

  /** @param {Group} group */
  lead(group) {
    const thumb = this.how.thumb(group);
    const link = make("a", { class: "grid-thumb", href: this.how.address(group), tabindex: "-1", "aria-label": _("Describe document %(number)s beside its scan", { number: this.how.place(group) }), "data-id": group.id }, [
      thumb ? make("img", { src: thumb, alt: "", loading: "lazy", decoding: "async" }) : null,
    ]);
    return make("div", { role: "rowheader", class: "grid-lead" }, [make("span", { class: "grid-number", "aria-hidden": "true", text: number(this.how.place(group)) }), link]);
  }

  /** @param {Group} group @param {Column} column @param {number} row @param {number} at @param {boolean} isSelected */
  cell(group, { name, editable }, row, at, isSelected) {
    const unsaved = this.how.unsaved(group.id, name);
    const entered = textOf(group, name);
    const isHere = row === this.at.row && at === this.at.column;
    const marks = [
      "grid-cell", `is-${name}`, isSelected ? "is-selected" : "", unsaved ? "is-unsaved" : "", editable && !entered && !unsaved ? "is-draft" : "",
      group.accepted.includes(name) ? "is-accepted" : "", !unsaved && isUnsure(group, name) ? "is-unsure" : "",
    ];
    return make("div", {
      role: "gridcell", class: marks.filter(Boolean).join(" "), "data-row": row, "data-column": at, tabindex: isHere ? "0" : "-1",
      "aria-selected": String(isSelected), "aria-readonly": editable && this.how.mayEdit ? undefined : "true", title: unsaved?.message ?? (isUnsure(group, name) ? _("An uncertain draft: confirming does not accept it") : undefined),
    }, [make("span", { dir: "auto", text: unsaved?.text ?? toldIn(group, name) })]);
  }

  /** @returns {HTMLElement | null} */
  focused() {
    return this.body.querySelector(`[data-row="${this.at.row}"][data-column="${this.at.column}"]`);
  }

  /** @param {EventTarget | null} target @returns {Cell | null} */
  cellOf(target) {
    const cell = target instanceof Element ? target.closest("[data-row]") : null;
    return cell instanceof HTMLElement ? { row: Number(cell.dataset.row), column: Number(cell.dataset.column) } : null;
  }

  /** @param {Cell} cell */
  isEditing(cell) {
    return this.editor !== null && cell.row === this.at.row && cell.column === this.at.column;
  }

  /** @param {Cell} cell @param {boolean} extend @param {boolean} [reveal] */
  go({ row, column }, extend, reveal = true) {
    this.commit();
    this.at = { row: Math.max(0, Math.min(row, this.rows.length - 1)), column: Math.max(0, Math.min(column, this.columns.length - 1)) };
    if (!extend) this.anchor = { ...this.at };
    if (reveal) this.reveal();
    this.draw();
    this.focused()?.focus({ preventScroll: true });
    this.how.moved();
  }

  reveal() {
    const { scroller } = this;
    const top = this.at.row * ROW;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + ROW * 3 > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = top + ROW * 3 - scroller.clientHeight;
    this.draw();
    const cell = this.focused();
    if (!cell) return;
    const kept = [...(cell.parentElement?.children ?? [])].filter((one) => one !== cell && getComputedStyle(one).position === "sticky");
    const lead = kept.reduce((sum, one) => sum + one.clientWidth, 0);
    const [box, room, fromRight] = [cell.getBoundingClientRect(), scroller.getBoundingClientRect(), isFromRight()];
    const left = room.left + scroller.clientLeft;
    const [least, most] = fromRight ? [left, left + scroller.clientWidth - lead] : [left + lead, left + scroller.clientWidth];
    // Show the beginning of a cell that is wider than the room.
    const [before, after] = [Math.min(0, box.left - least), Math.max(0, box.right - most)];
    scroller.scrollLeft += fromRight ? after || before : before || after;
  }

  /** @param {string} [begin]  a letter that was typed in place of what is there */
  edit(begin) {
    const group = this.rows[this.at.row];
    const column = this.columns[this.at.column];
    const cell = this.focused();
    if (!group || !column?.editable || !cell || !this.how.mayEdit || this.editor) return;
    const text = this.how.unsaved(group.id, column.name)?.text ?? (textOf(group, column.name) || shownIn(group, column.name));
    const isLong = column.holds === "lines";
    const editor = isLong
      ? make("textarea", { class: "grid-editor is-long", dir: "auto", rows: 6, "aria-label": column.label, maxlength: column.most })
      : make("input", { class: "grid-editor", dir: "auto", type: "text", "aria-label": column.label, autocomplete: "off" });
    editor.value = begin ?? text;
    cell.replaceChildren(editor);
    this.editor = editor;
    this.edited = { id: group.id, name: column.name, was: textOf(group, column.name) };
    editor.focus();
    if (begin === undefined) editor.select();
    editor.addEventListener("input", () => this.how.typed(group.id, column.name, editor.value));
    editor.addEventListener("blur", () => this.commit());
    editor.addEventListener("keydown", (/** @type {any} */ event) => {
      if (event.key === "Escape") this.leave();
      else if (event.key === "Enter" && !event.isComposing && (!isLong || event.ctrlKey || event.metaKey)) this.go({ row: this.at.row + (event.shiftKey ? -1 : 1), column: this.at.column }, false);
      else if (event.key === "Tab") this.go({ row: this.at.row, column: this.at.column + (event.shiftKey ? -1 : 1) }, false);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    if (begin !== undefined) this.how.typed(group.id, column.name, begin);
  }

  /** Save what is typed, where it was typed, unless somebody else was faster. @returns {number} of the document that it waits in, if that is another; 0: none */
  commit() {
    const { editor } = this;
    const { id, name, was } = this.edited;
    if (!editor) return 0;
    this.editor = null;
    const text = editor.value.trim();
    const group = this.how.now(id);
    const now = group ? textOf(group, name) : null;
    let heir = 0;
    const isDraft = group !== undefined && !was && text === shownIn(group, name) && !this.how.unsaved(id, name);
    if (text === now || (text === was && !this.how.unsaved(id, name)) || isDraft) this.how.typed(id, name, null);
    else if (now === was) this.how.save(id, name, text);
    else heir = this.how.overtaken(group ?? null, id, name, text);
    this.draw();
    return heir;
  }

  /** Discard the typed text. */
  leave() {
    this.editor = null;
    this.how.typed(this.edited.id, this.edited.name, null);
    this.draw();
    this.focused()?.focus({ preventScroll: true });
  }
}
