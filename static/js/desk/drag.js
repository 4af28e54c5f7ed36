/** One pointer handler for the whole stream: clicks select, drags move. The layout says what is under the pointer. */

import { make } from "./dom.js";
import { SEAM, landing } from "./layout.js";
import { _, _n } from "../i18n.js";

const FAR_ENOUGH_PX = 6;
const DOUBLE_MS = 500;
const EDGE_PX = 56;
const SCROLL_PX = 18;
const GHOSTS = 3;

/**
 * @param {import("./stream.js").Stream} stream
 * @param {import("./selection.js").Selection} selection
 * @param {import("./acts.js").Acts} acts
 * @param {{mayEdit: boolean, open: (p: number) => void, say: (sentence: string) => void}} how
 */
export function pointer(stream, selection, acts, { mayEdit, open, say }) {
  const { scroller, model } = stream;
  /** @type {{p: number, x: number, y: number, dragging: boolean, pointer: number} | null} */
  let held = null;
  /** @type {HTMLElement | null} */
  let ghost = null;
  /** @type {{to: number | null, label: string} | null} */
  let target = null;
  const bar = make("div", { class: "drop-bar", "aria-hidden": "true" });
  let at = { x: 0, y: 0 };
  let timer = 0;
  /** The last two presses, the newer one first: both have to hit the same page for a double click. */
  let presses = [{ page: /** @type {number | null} */ (null), at: -DOUBLE_MS, x: 0, y: 0 }];

  addEventListener("pointerdown", (event) => {
    const press = { page: pageUnder(event.target), at: event.timeStamp, x: event.clientX, y: event.clientY };
    presses = [press, ...presses.slice(0, 1)];
  }, true);

  /** Update what is under the pointer, which a click may have changed. */
  const isSecondOfAnother = () => {
    const [now, before] = presses;
    if (!now || !before || now.page === before.page) return false;
    return now.at - before.at < DOUBLE_MS && Math.hypot(now.x - before.x, now.y - before.y) < FAR_ENOUGH_PX;
  };

  scroller.addEventListener("pointerdown", (event) => {
    const page = pageUnder(event.target);
    if (!page || event.button !== 0 || isSecondOfAnother()) return;
    held = { p: page, x: event.clientX, y: event.clientY, dragging: false, pointer: event.pointerId };
    stream.setFocus(page, { keyboard: false });
    const plain = !event.shiftKey && !event.ctrlKey && !event.metaKey;
    // Pressing on a selected page keeps the selection, so that all of it can be dragged.
    if (event.shiftKey) selection.extendTo(page);
    else if (event.ctrlKey || event.metaKey) selection.toggle(page);
    else if (!selection.has(page)) selection.only(page);
    if (!plain || event.pointerType === "touch") held = plain ? held : null;
    event.preventDefault();
  });

  scroller.addEventListener("pointermove", (event) => {
    if (event.shiftKey && !held) selection.preview(pageUnder(event.target));
    else if (selection.candidates.size) selection.preview(null);
  });

  addEventListener("keyup", (event) => {
    if (event.key === "Shift") selection.preview(null);
  });

  addEventListener("pointermove", (event) => {
    if (!held || event.pointerId !== held.pointer) return;
    at = { x: event.clientX, y: event.clientY };
    if (!held.dragging) {
      const far = Math.hypot(at.x - held.x, at.y - held.y) > FAR_ENOUGH_PX;
      if (!far || !mayEdit || event.pointerType === "touch") return;
      begin();
    }
    follow();
  });

  addEventListener("pointerup", (event) => {
    if (!held || event.pointerId !== held.pointer) return;
    const { dragging, p } = held;
    const drop = target;
    end();
    if (dragging) {
      if (drop) acts.move(selection.list(), drop.to);
    } else if (selection.size > 1 && !event.shiftKey && !event.ctrlKey && !event.metaKey) selection.only(p);
  });

  addEventListener("pointercancel", () => end());
  model.addEventListener("pages", showThumbs);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && held?.dragging) {
      event.preventDefault();
      end();
      say(_("Nothing moved."));
    }
  }, true);

  scroller.addEventListener("dblclick", (event) => {
    const page = pageUnder(event.target);
    if (page && presses.every((press) => press.page === page)) open(page);
  });

  function begin() {
    if (!held) return;
    held.dragging = true;
    const n = selection.size;
    ghost = make("div", { class: "drag-ghost" }, [
      make("span", { class: "drag-thumbs" }),
      make("strong", { text: _n("%(count)s page", "%(count)s pages", n) }),
      make("span", { class: "drag-where" }),
    ]);
    showThumbs();
    document.body.append(ghost);
    document.body.classList.add("is-dragging");
    timer = window.setInterval(edge, 16);
  }

  function showThumbs() {
    ghost?.querySelector(".drag-thumbs")?.replaceChildren(...selection.list().slice(0, GHOSTS).flatMap(thumbOf));
  }

  /** @param {number} p */
  function thumbOf(p) {
    const image = stream.cells.get(p)?.querySelector("img");
    if (!image?.srcset) return [];
    const thumb = make("img", { alt: "", sizes: image.sizes, srcset: image.srcset });
    thumb.style.rotate = image.style.rotate;
    return [thumb];
  }

  /** Show a bar where the pages would be in the document under the pointer. */
  function showLanding() {
    bar.remove();
    const pages = target?.to ? (model.groups.get(target.to)?.pages ?? []) : [];
    const { page, isBefore } = landing(pages, selection.list()[0] ?? 0);
    const index = stream.layout.rowOf[page] ?? -1;
    const row = stream.layout.rows[index];
    if (!row) return;
    const x = (stream.layout.xOf[page] ?? 0) + (isBefore ? 0 : (stream.layout.widthOf[page] ?? 0) + SEAM);
    bar.style.insetInlineStart = `${x - SEAM / 2}px`;
    bar.style.top = `${row.head}px`;
    bar.style.height = `${row.thumb}px`;
    stream.rowElements.get(index)?.append(bar);
  }

  function follow() {
    if (!ghost) return;
    ghost.style.transform = `translate(${at.x + 14}px, ${at.y + 14}px)`;
    const { segment } = stream.hitAt(at.x, at.y);
    const own = new Set(selection.list().map((p) => model.at[p] ?? 0));
    const box = scroller.getBoundingClientRect();
    const inside = at.x >= box.left && at.x <= box.right && at.y >= box.top && at.y <= box.bottom;
    if (!inside) target = null;
    else if (segment && segment.group !== 0) {
      const group = model.groups.get(segment.group);
      const same = own.size === 1 && own.has(segment.group);
      target = same ? null : { to: segment.group, label: group ? _("to document %(number)s", { number: model.placeOf(group) }) : _("to the new document") };
    } else target = { to: null, label: _("to a new document") };
    const where = ghost.querySelector(".drag-where");
    if (where) where.textContent = target?.label ?? _("no move");
    showLanding();
    for (const head of scroller.querySelectorAll(".band-head")) {
      const is = target?.to !== null && target !== null && head instanceof HTMLElement && head.dataset.group === String(target.to);
      head.classList.toggle("is-target", is);
    }
  }

  function edge() {
    const box = scroller.getBoundingClientRect();
    if (at.y < box.top + EDGE_PX) scroller.scrollTop -= SCROLL_PX;
    else if (at.y > box.bottom - EDGE_PX) scroller.scrollTop += SCROLL_PX;
    else return;
    follow();
  }

  function end() {
    held = null;
    target = null;
    ghost?.remove();
    bar.remove();
    ghost = null;
    window.clearInterval(timer);
    document.body.classList.remove("is-dragging");
    for (const head of scroller.querySelectorAll(".is-target")) head.classList.remove("is-target");
  }
}

/** @param {EventTarget | null} target @returns {number | null} */
export function pageUnder(target) {
  const cell = target instanceof Element ? target.closest("[data-page]") : null;
  return cell instanceof HTMLElement ? Number(cell.dataset.page) : null;
}
