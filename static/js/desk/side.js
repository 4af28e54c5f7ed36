/** The side left of the stream: progress, filters, and size. */

import { byId, offerToSave, setText } from "./dom.js";
import { isEdited } from "./records.js";
import { remaining } from "./remaining.js";
import { _, number } from "../i18n.js";

/** @typedef {import("./model.js").Band} Band */
/** @typedef {import("./model.js").Model} Model */

const SIZE = "hhreview-thumb";
const FOLDS = "hhreview-fold-long";
const ROWS = "hhreview-one-per-row";

/**
 * Whether a filter shows a band.
 * @param {Model} model
 * @param {string} filter
 * @returns {(band: Band) => boolean}
 */
export function filterOf(model, filter) {
  const group = (/** @type {Band} */ band) => model.groups.get(band.group);
  switch (filter) {
    case "todo":
      return (band) => group(band)?.state !== "confirmed";
    case "confirmed":
      return (band) => group(band)?.state === "confirmed";
    case "flagged":
      return (band) => group(band)?.flagged === true;
    case "untitled":
      return (band) => group(band)?.title === "";
    case "undated":
      return (band) => group(band)?.date === "";
    case "commented":
      return (band) => {
        const rows = group(band);
        return rows !== undefined && model.commentsOn(rows) > 0;
      };
    case "personal":
      return (band) => (group(band)?.personal ?? 0) > 0;
    case "changed":
      return (band) => { const row = group(band); return row !== undefined && isEdited(row); };
    case "doubtful":
      return (band) => hasDoubt(model, band);
    default:
      return () => true;
  }
}

/** @param {Model} model @param {Band} band @returns {boolean} whether a place to check lies at its edges or in it */
function hasDoubt(model, band) {
  const first = model.before(band.from);
  if (first && model.isDoubtful(first)) return true;
  for (let p = band.from; p <= band.to; p++) if (model.isDoubtful(p)) return true;
  return false;
}

/**
 * The message in place of the stream if the filter shows nothing.
 * @param {string} filter
 * @param {number} pages  shown
 */
export function showEmpty(filter, pages) {
  byId("stream-empty", HTMLElement).hidden = pages > 0;
  const done = filter === "todo";
  setText("stream-empty-title", done ? _("All confirmed") : _("Nothing here"));
  byId("stream-empty-done", HTMLElement).hidden = !done;
  byId("stream-empty-other", HTMLElement).hidden = done;
}

export class Side {
  /**
   * @param {Model} model
   * @param {import("./stream.js").Stream} stream
   * @param {(filter: string) => void} setFilter
   * @param {number} seconds  that one seam takes this person
   */
  constructor(model, stream, setFilter, seconds) {
    this.model = model;
    this.seconds = seconds;
    this.stream = stream;
    const slider = byId("thumb-size", HTMLInputElement);
    slider.value = localStorage.getItem(SIZE) ?? slider.value;
    stream.thumb = Number(slider.value);
    slider.addEventListener("input", () => {
      localStorage.setItem(SIZE, slider.value);
      stream.thumb = Number(slider.value);
      stream.relayout();
    });
    stream.scroller.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return; // pinching also sets ctrlKey
      event.preventDefault();
      this.resize(event.deltaY < 0 ? 1 : -1);
    }, { passive: false });
    const folds = byId("fold-long", HTMLInputElement);
    folds.checked = localStorage.getItem(FOLDS) !== "no";
    stream.foldsLong = folds.checked;
    folds.addEventListener("change", () => {
      localStorage.setItem(FOLDS, folds.checked ? "yes" : "no");
      stream.foldsLong = folds.checked;
      stream.toggled.clear();
      stream.relayout();
    });
    const rows = byId("one-per-row", HTMLInputElement);
    rows.checked = localStorage.getItem(ROWS) === "yes";
    stream.onePerRow = rows.checked;
    rows.addEventListener("change", () => {
      localStorage.setItem(ROWS, rows.checked ? "yes" : "no");
      stream.onePerRow = rows.checked;
      stream.relayout();
    });
    for (const radio of document.querySelectorAll("input[name=filter]")) {
      radio.addEventListener("change", () => {
        if (!(radio instanceof HTMLInputElement) || !radio.checked) return;
        setFilter(radio.value);
        inAddress(radio.value);
      });
    }
    const asked = new URLSearchParams(location.search).get("show") ?? "";
    const named = [...document.querySelectorAll("input[name=filter]")].find((radio) => radio instanceof HTMLInputElement && radio.value === asked);
    if (named instanceof HTMLInputElement && asked !== "all") {
      named.checked = true;
      setFilter(asked);
    }
    inAddress(asked);
    const drawer = byId("side-switch", HTMLButtonElement);
    drawer.addEventListener("click", () => {
      const open = document.body.classList.toggle("has-side");
      drawer.setAttribute("aria-expanded", String(open));
    });
    model.addEventListener("change", () => this.tell());
    this.tell();
  }

  /** Larger or smaller pages; 0: as large as at first. @param {number} steps */
  resize(steps) {
    const slider = byId("thumb-size", HTMLInputElement);
    if (steps) slider.value = String(Math.round(Number(slider.value) * 1.15 ** steps));
    else slider.value = slider.defaultValue;
    slider.dispatchEvent(new Event("input"));
  }

  /** @param {ReturnType<Model["tally"]>} t @returns {string} what is left to do */
  left(t) {
    if (!t.groups) return t.pages ? _("No documents proposed yet") : "";
    return t.open ? remaining(t.worth, t.doubtful, this.seconds) : _("Everything is confirmed");
  }

  tell() {
    const t = this.model.tally();
    const share = t.pages ? t.confirmedPages / t.pages : 0;
    byId("progress-bar", HTMLElement).style.setProperty("--share", `${share * 100}%`);
    byId("progress-bar", HTMLElement).setAttribute("aria-valuenow", String(Math.round(share * 100)));
    setText("progress-percent", `${share > 0 && share < 0.01 ? "<1" : Math.floor(share * 100)}%`);
    setText("progress-pages", _("%(confirmedPages)s of %(pages)s pages confirmed", { confirmedPages: number(t.confirmedPages), pages: number(t.pages) }));
    setText("progress-seams", this.left(t));
    setText("count-all", number(t.groups));
    setText("count-todo", number(t.groups - t.confirmed));
    const doubtful = this.model.bands().filter((band) => band.group && hasDoubt(this.model, band)).map((band) => band.group);
    setText("count-doubtful", number(new Set(doubtful).size)); // documents, as for the other filters; places are counted above
    setText("count-confirmed", number(t.confirmed));
    setText("count-flagged", number(t.flagged));
    let changed = 0;
    let untitled = 0;
    let undated = 0;
    let commented = 0;
    let personal = 0;
    for (const group of this.model.groups.values()) {
      if (isEdited(group)) changed++;
      if (!group.title) untitled++;
      if (!group.date) undated++;
      if (this.model.commentsOn(group)) commented++;
      if (group.personal) personal++;
    }
    setText("count-changed", number(changed));
    setText("count-untitled", number(untitled));
    setText("count-undated", number(undated));
    setText("count-commented", number(commented));
    if (document.getElementById("count-personal")) setText("count-personal", number(personal)); // for those who edit
  }
}

/** The filter is a part of the address, so that it can be sent to others and saved. @param {string} filter */
function inAddress(filter) {
  const query = new URLSearchParams(location.search);
  if (filter && filter !== "all") query.set("show", filter);
  else query.delete("show");
  const address = location.pathname + (query.size ? `?${query}` : "");
  if (address !== location.pathname + location.search) history.replaceState(history.state, "", address + location.hash);
  byId("print-shown", HTMLAnchorElement).search = query.has("show") ? `show=${filter}` : "";
  offerToSave(query.has("show"), address);
}
