/** The elements of the stream: pages, seams, and headings of bands. */

import { isUnsure } from "./describe/work.js";
import { isEdited } from "./records.js";
import { icon, make } from "./dom.js";
import { dateInWords } from "./date_words.js";
import { placeholderAddress } from "./placeholder.js";
import { CAPTION, SEAM } from "./layout.js";
import { _, _n, number } from "../i18n.js";

/** @typedef {import("./records.js").Group} Group */
/** @typedef {import("./records.js").Config} Config */
/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./layout.js").Segment} Segment */

/** Long edges of the server's thumbnails, px. */
const SIZES = /** @type {const} */ ([320, 640, 1280]);

/**
 * @param {Config} config
 * @param {import("./records.js").Page} page
 * @param {320 | 640 | 1280 | "original"} size
 */
export function scanAddress(config, page, size) {
  const address = config.urls.scan?.replace("/0/320/0/", `/${page.id}/${size}/${page.digest}/`) ?? "";
  // Browsers have no copy of a restricted page at this address, and none from before a person asked to see it.
  return page.restricted ? `${address}?restricted=${page.seen ?? ""}` : address;
}

/**
 * A scan that the server rotated, for places that show it as it comes.
 * @param {Config} config
 * @param {import("./records.js").Page} page
 * @param {320 | 640 | 1280 | "original"} size
 */
export function uprightAddress(config, page, size) {
  const address = scanAddress(config, page, size);
  return page.rotation ? `${address}${address.includes("?") ? "&" : "?"}rotation=${page.rotation}` : address;
}

/**
 * All sizes with their widths, of which the browser loads the smallest that is sharp for slider, zoom, and screen.
 * @param {Config} config
 * @param {import("./records.js").Page} page
 */
function scanSet(config, page) {
  const longest = Math.max(page.width, page.height);
  return SIZES.map((size) => {
    const width = Math.round(page.width * Math.min(1, size / longest));
    return `${scanAddress(config, page, size)} ${width}w`;
  }).join(", ");
}

/**
 * @param {Config} config
 * @param {number | null} percent
 * @returns {string} a word of confidence
 */
export function confidenceWord(config, percent) {
  if (percent === null) return "";
  return config.levels.find(([floor]) => percent >= floor)?.[1] ?? "";
}

/** How far the handle of a seam extends over both pages, so that it is easy to hit, px. */
const REACH = 5;

/** @param {number} p */
export function pageCell(p) {
  const image = make("img", { alt: "", decoding: "async", draggable: "false" });
  const cell = make("div", { class: "page", role: "gridcell", tabindex: "-1", "data-page": p, id: `cell-${p}` }, [
    make("div", { class: "sheet" }, [image, make("span", { class: "tick" })]),
    make("div", { class: "caption" }, [make("span", { class: "place" }), make("span", { class: "order" })]),
  ]);
  return cell;
}

/**
 * @param {HTMLElement} cell
 * @param {Model} model
 * @param {Config} config
 * @param {{p: number, x: number, width: number, head: number, thumb: number, selected: boolean, candidate: boolean, focused: boolean, cut: boolean}} how
 */
export function dressPage(cell, model, config, how) {
  const { p, x, width, head, thumb } = how;
  const page = model.pages.get(p);
  const group = model.groupAt(p);
  cell.style.insetInlineStart = `${x}px`;
  cell.style.width = `${width}px`;
  cell.style.top = `${head}px`;
  const sheet = /** @type {HTMLElement} */ (cell.firstElementChild);
  sheet.style.height = `${thumb}px`;
  const image = /** @type {HTMLImageElement} */ (sheet.firstElementChild);
  if (page) {
    const lies = page.rotation % 180 !== 0;
    const [wide, high] = lies ? [thumb, width] : [width, thumb];
    rotate(image, page.rotation, wide, high);
    // The width of the scan on its sheet. `sizes` has to be set first, or the browser would fetch twice.
    const scan = Math.min(wide, (high * page.width) / page.height);
    image.style.backgroundSize = `${scan}px ${(scan * page.height) / page.width}px`;
    const shown = `${Math.ceil(scan)}px`;
    if (image.sizes !== shown) image.sizes = shown;
    const shows = page.restricted ? `${page.digest}-${page.seen ?? ""}` : page.digest;
    if (image.dataset.digest !== shows) {
      image.dataset.digest = shows;
      image.srcset = scanSet(config, page);
      image.style.backgroundImage = page.placeholder && !page.restricted ? `url("${placeholderAddress(page.placeholder)}")` : "";
    }
  }
  const number = group ? group.pages.indexOf(p) + 1 : 0;
  image.alt = altText(model, p, group, number);
  const caption = /** @type {HTMLElement} */ (cell.lastElementChild);
  const role = page?.role ? (config.roles.find(([value]) => value === page.role)?.[1] ?? "") : "";
  setText(caption.children[0], [p, role, page?.restricted && _("restricted")].filter(Boolean).join(" · "));
  const scanPlace = group ? [...group.pages].sort((a, b) => a - b).indexOf(p) + 1 : 0;
  const moved = number !== scanPlace;
  setText(caption.children[1], moved ? _("page %(place)s of document", { place: number }) : "");
  const tick = /** @type {HTMLElement} */ (sheet.lastElementChild);
  // Each icon is a tree of its own, and thousands of invisible ones would make scrolling slow.
  if (how.selected && !tick.firstChild) tick.append(icon("check"));
  const lock = sheet.querySelector(".lock");
  if (!page?.restricted) lock?.remove();
  else if (!lock) tick.before(make("span", { class: "lock" }, [icon("lock")]));
  cell.classList.toggle("is-selected", how.selected);
  cell.classList.toggle("is-candidate", how.candidate);
  cell.classList.toggle("is-cut", how.cut);
  cell.classList.toggle("is-restricted", Boolean(page?.restricted));
  cell.classList.toggle("is-set-aside", Boolean(page?.role));
  cell.setAttribute("aria-selected", String(how.selected));
  cell.tabIndex = how.focused ? 0 : -1;
}

/**
 * A stand-in for a scan on a slow connection: its thumbnail, which the stream has already loaded.
 * @param {import("./records.js").Config} config
 * @param {import("./records.js").Page | undefined} page
 * @returns {HTMLImageElement[]} none for a page that may not be seen, or that lies on its side
 */
export function previewOf(config, page) {
  if (!page || page.restricted || page.rotation) return [];
  const image = make("img", { class: "stage-preview", src: scanAddress(config, page, 320), alt: "" });
  if (page.placeholder) image.style.backgroundImage = `url("${placeholderAddress(page.placeholder)}")`;
  image.width = page.width;
  image.height = page.height;
  return [image];
}

/** A scan that nobody waits for any more holds up those that are seen: the browser fetches few at a time. @param {HTMLElement} cell */
export function stopLoading(cell) {
  const image = cell.querySelector("img");
  if (image && !image.complete) image.srcset = "";
}

/**
 * Show a page that was scanned sideways or upside down upright, in the middle of its sheet.
 * @param {HTMLImageElement} image
 * @param {number} rotation
 * @param {number} wide  before the rotation, px
 * @param {number} high
 */
function rotate(image, rotation, wide, high) {
  image.classList.toggle("is-rotated", rotation !== 0);
  image.style.width = rotation ? `${wide}px` : "";
  image.style.height = rotation ? `${high}px` : "";
  image.style.rotate = rotation ? `${rotation}deg` : "";
}

/** @param {Element | undefined} element @param {string} text */
function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

/**
 * @param {Model} model
 * @param {number} p
 * @param {Group | undefined} group
 * @param {number} place
 */
function altText(model, p, group, place) {
  const page = model.pages.get(p);
  const where = group ? _("document %(number)s, %(place)s of %(count)s", { number: model.placeOf(group), place, count: group.pages.length }) : _("unassigned");
  return [_("Page %(p)s", { p }), where, page?.restricted ? _("restricted") : page?.line].filter(Boolean).join(", ");
}

/**
 * The place before a page as a button that says what it is, what the proposal says, and what a click does.
 * @param {Model} model
 * @param {number} p
 * @param {boolean} mayEdit
 * @param {string} key
 * @returns {HTMLElement | null}
 */
export function seamButton(model, p, mayEdit, key) {
  const left = model.before(p);
  if (left === 0) return null;
  const boundary = model.startsDocument(p);
  const chance = model.probability(left);
  const doubtful = model.isDoubtful(left);
  const says = chance === null ? "" : _(", %(chance)s% chance that a new document begins", { chance });
  const now = boundary ? _("New document") : _("Same document");
  const then = boundary ? _("Join them") : _("Split here");
  const label = _("Between page %(left)s and page %(p)s: %(now)s%(says)s.", { left, p, now, says });
  const tag = mayEdit ? "button" : "span";
  const inner = make(tag, {
    class: `seam ${boundary ? "is-boundary" : "is-joined"}${doubtful ? " is-doubtful" : ""}`,
    type: mayEdit ? "button" : undefined,
    tabindex: mayEdit ? "-1" : undefined,
    "data-seam": p,
    role: mayEdit ? undefined : "img",
    "aria-label": mayEdit ? `${label} ${then}` : label,
    title: mayEdit ? `${now}${says}. ${then}${key ? ` (${key})` : ""}` : `${now}${says}.`,
  });
  inner.append(make("span", { class: "seam-line" }), make("span", { class: "seam-mark" }, [
    doubtful ? "?" : icon(boundary ? "join" : "cut"),
  ]));
  inner.style.setProperty("--chance", chance === null ? "0.5" : String(chance / 100));
  return inner;
}

/**
 * The place before a page.
 * @param {Model} model
 * @param {number} p
 * @param {{x: number, head: number, thumb: number, mayEdit: boolean, key: string}} how
 * @returns {HTMLElement | null}
 */
export function seamCell(model, p, { x, head, thumb, mayEdit, key }) {
  const inner = seamButton(model, p, mayEdit, key);
  if (!inner) return null;
  const cell = make("div", { class: "seam-cell", role: "gridcell" }, [inner]);
  cell.style.insetInlineStart = `${x - SEAM - REACH}px`;
  cell.style.width = `${SEAM + 2 * REACH}px`;
  cell.style.top = `${head}px`;
  cell.style.height = `${thumb}px`;
  return cell;
}

/**
 * @param {Model} model
 * @param {Config} config
 * @param {Segment} segment
 * @param {number} height  of the headings of its row, px
 * @param {boolean} focused
 */
export function bandHead(model, config, segment, height, focused) {
  const group = model.groups.get(segment.group);
  const head = make("div", { class: "band-head", role: "rowheader", "data-group": segment.group });
  head.style.insetInlineStart = `${segment.x + SEAM}px`;
  head.style.width = `${segment.width - SEAM}px`;
  head.style.height = `${height - 4}px`;
  if (!group) {
    head.classList.add("is-loose");
    head.append(make("span", { class: "title", text: _("Unassigned pages") }));
    return head;
  }
  head.classList.add(`is-${group.state}`);
  head.classList.toggle("has-focus", focused);
  head.classList.toggle("is-flagged", group.flagged);
  const title = model.titleOf(group);
  const place = model.placeOf(group);
  if (!segment.begins) {
    head.classList.add("is-continued");
    head.title = title;
    head.append(make("span", { class: "number", text: number(place) }), make("span", { class: "band-rest", text: _("%(title)s, continued", { title }) }));
    return head;
  }
  const { state, leads, rest } = facts(model, config, group, segment);
  const accepted = group.accepted.includes("title") ? _(" (draft, accepted)") : "";
  head.append(
    state,
    make("span", { class: "number", title: _("Document %(place)s of %(size)s", { place: number(place), size: number(model.groups.size) }) }, [
      number(place), make("span", { class: "number-of", text: _(" of %(size)s", { size: number(model.groups.size) }) }),
    ]),
    ...leads,
    make("span", { class: group.title ? "title" : "title is-draft", dir: "auto", text: title, title: `${title}${accepted}` }),
    isUnsure(group, "title") ? make("span", { class: "unsure", title: _("An uncertain draft: confirming does not accept it"), text: "?" }) : "",
    make("span", { class: "band-rest", text: rest.join(" · ") }),
  );
  if (config.mayEdit) head.append(confirmButton(model, group));
  return head;
}

/**
 * The collapsed pages in the middle of a long document.
 * @param {Segment} segment
 * @param {import("./layout.js").Fold} fold
 * @param {{head: number, thumb: number}} row
 */
export function foldCell(segment, fold, { head, thumb }) {
  const label = _("Show %(count)s more pages, %(first)s to %(last)s", { count: fold.count, first: fold.after + 1, last: fold.after + fold.count });
  const cell = make("div", { class: "fold-cell", role: "gridcell" }, [
    make("button", { class: "folded", type: "button", tabindex: "-1", "data-fold": segment.group, "aria-label": label, title: label }, [
      make("span", { dir: "ltr", text: `+${fold.count}` }),
    ]),
  ]);
  cell.style.insetInlineStart = `${fold.x}px`;
  cell.style.width = `${fold.width}px`;
  cell.style.top = `${head}px`;
  cell.style.height = `${thumb}px`;
  return cell;
}

/** Focus moved. @param {HTMLElement} head @param {boolean} focused */
export function dressHead(head, focused) {
  head.classList.toggle("has-focus", focused);
}

/** @param {Model} model @param {Group} group */
function confirmButton(model, group) {
  const done = group.state === "confirmed";
  const number = model.placeOf(group);
  const label = done ? _("Document %(number)s is confirmed. Unconfirm it", { number }) : _("Confirm document %(number)s", { number });
  return make(
    "button",
    { class: "confirm", type: "button", tabindex: "-1", "data-confirm": group.id, "aria-label": label, title: label },
    [icon("check")],
  );
}

/**
 * The parts of a heading, with those first that must not be cut off.
 * @param {Model} model
 * @param {Config} config
 * @param {Group} group
 * @param {Segment} segment
 * @returns {{state: HTMLElement, leads: HTMLElement[], rest: string[]}}
 */
function facts(model, config, group, segment) {
  const word = confidenceWord(config, group.confidence);
  /** @type {[string, string]} */
  let named = ["changed", _("Edited")];
  if (group.state === "confirmed") named = ["confirmed", _("Confirmed")];
  else if (!isEdited(group)) {
    named = [word === "Low" ? "doubt" : "proposed", word ? `${{ High: _("High"), Medium: _("Medium"), Low: _("Low") }[word] ?? word} ${group.confidence}%` : _("Proposed")];
  }
  const state = make("span", { class: `state is-${named[0]}`, title: named[1] }, [
    icon(`state-${named[0]}`), make("span", { class: "state-word", text: named[1] }),
  ]);
  const leads = [];
  if (group.copyOf) leads.push(copyChip(model, group.copyOf));
  if (group.flagged) leads.push(make("span", { class: "flag", title: group.flagNote || _("Flagged for a second look") }, [icon("flag"), make("span", { class: "state-word", text: _("Flagged") })]));
  const open = model.commentsOn(group);
  if (open) leads.push(commentMark(group, open));
  const others = elsewhere(model, group, segment);
  if (others.length) {
    const also = _("also %(pages)s", { pages: `${others.slice(0, 3).join(", ")}${others.length > 3 ? " …" : ""}` });
    leads.push(
      make("button", { class: "chip", type: "button", tabindex: "-1", "data-jump": others[0], title: _("This document also has pages %(join)s", { join: others.join(", ") }) }, [also]),
    );
  }
  const count = group.pages.length;
  const doubt = (/** @type {string} */ name) => (isUnsure(group, name) ? "?" : "");
  const kind = _(group.kind || group.draftKind);
  const date = dateInWords(group.date || group.draftDate);
  const rest = [_n("%(count)s page", "%(count)s pages", count), kind && `${kind}${doubt("kind")}`, date && `${date}${doubt("date")}`];
  return { state, leads, rest: rest.filter((text) => text) };
}

/** @param {Group} group @param {number} open  comments */
function commentMark(group, open) {
  const label = _n("%(count)s open comment", "%(count)s open comments", open);
  return make("button", { class: "comment-mark", type: "button", tabindex: "-1", "data-comments": group.id, "aria-label": label, title: label }, [icon("comment"), String(open)]);
}

/** @param {Model} model @param {number} number  of the group that is repeated */
function copyChip(model, number) {
  const original = model.byNumber(number);
  const first = original?.pages[0];
  if (!original || !first) return make("span", { title: _("That document no longer exists"), text: _("duplicate") });
  const place = model.placeOf(original);
  const named = _("duplicate of %(number)s", { number: place });
  return make(
    "button",
    { class: "chip", type: "button", tabindex: "-1", "data-jump": first, title: _("Go to document %(number)s, page %(first)s", { number: place, first }) },
    [named],
  );
}

/**
 * First pages of the group's other bands.
 * @param {Model} model
 * @param {Group} group
 * @param {Segment} segment
 */
function elsewhere(model, group, segment) {
  const sorted = [...group.pages].sort((a, b) => a - b);
  if ((sorted.at(-1) ?? 0) - (sorted[0] ?? 0) + 1 === sorted.length) return [];
  const starts = sorted.filter((p, i) => i === 0 || sorted[i - 1] !== model.before(p));
  const mine = starts.filter((p) => p <= segment.from).at(-1);
  return starts.filter((p) => p !== mine);
}

export { CAPTION };
