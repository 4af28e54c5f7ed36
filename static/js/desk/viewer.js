/** Deep zoom on scans with OpenSeadragon, which is loaded when first needed. */

import { notLoaded } from "./again.js";
import { _ } from "../i18n.js";

/**
 * @typedef {object} Scan
 * @property {number} position
 * @property {string} identifier
 * @property {string} original
 * @property {string} large
 * @property {number} width
 * @property {number} height
 * @property {number} rotation  degrees clockwise to stand upright
 * @property {[string, number, number, number, number, number][]} lines
 * @property {number} readingWidth
 * @property {number} readingHeight
 * @property {number[]} [found]  which lines have the words that were searched for
 */

/** Priority of a handler that runs after those that rotate the page. */
const LAST = -1;

/** @type {Promise<any> | null} */
let loading = null;

/** @param {string} address @returns {Promise<any>} the library */
export function openSeadragon(address) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", () => resolve(/** @type {any} */ (window).OpenSeadragon));
    script.addEventListener("error", () => {
      loading = null; // the next page tries again
      script.remove();
      reject(new Error(_("The scan could not be loaded.")));
    });
    document.head.append(script);
  });
  return loading;
}

/**
 * @param {string} address  of the library
 * @param {HTMLElement} place
 * @param {Scan} scan
 * @returns {Promise<any>} the viewer; rejected where the library cannot be had
 */
export async function zoomInto(address, place, scan) {
  const library = await openSeadragon(address);
  const tileSources = { type: "image", url: scan.original, buildPyramid: false };
  const viewer = makeViewer(library, place, { tileSources, degrees: scan.rotation });
  viewer.addHandler("open", () => addLines(library, viewer, scan));
  viewer.addHandler("open-failed", () => {
    const element = notLoaded(_("The scan could not be loaded."), () => {
      element.remove();
      viewer.open(tileSources);
    });
    place.append(element);
  });
  return viewer;
}

/**
 * A viewer of one page, which shows all of it, even after the room changes, until a person zooms.
 * @param {any} library
 * @param {HTMLElement | null} element
 * @param {Record<string, unknown>} options  beside what all viewers have
 * @returns {any}
 */
export function makeViewer(library, element, options) {
  keepPolicy();
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const viewer = library({
    element,
    showNavigationControl: false,
    drawer: "canvas",
    maxZoomPixelRatio: 4,
    visibilityRatio: 0.6,
    animationTime: still ? 0 : 0.25,
    springStiffness: 12,
    keyboardNavEnabled: false,
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
    crossOriginPolicy: false,
    ...options,
  });
  const fit = () => {
    fitWhole(viewer, true);
    viewer.whole = viewer.viewport.getZoom();
  };
  viewer.addHandler("open", fit, null, LAST);
  // The library fires this before it zooms in proportion to the new size.
  viewer.addHandler("resize", () => {
    if (viewer.isOpen() && Math.abs(viewer.viewport.getZoom() / viewer.whole - 1) < 1e-3) queueMicrotask(fit);
  });
  // A page drawn at a quarter of its size is still legible.
  viewer.addHandler("tile-drawing", (/** @type {any} */ event) => (event.context.imageSmoothingQuality = "high"));
  return viewer;
}

/**
 * Fit the whole page into its room, or into a `share` of it, for two pages at the same scale.
 * @param {any} viewer
 * @param {boolean} [immediately]
 */
export function fitWhole(viewer, immediately = false) {
  if (!viewer.viewport) return;
  viewer.viewport.goHome(immediately);
  if ((viewer.share ?? 1) !== 1) viewer.viewport.zoomTo(viewer.viewport.getHomeZoom() * viewer.share, null, immediately);
}

/**
 * The library adds a <style> unless it finds this element, and the content security policy would refuse it. Our style
 * sheet has its rule instead.
 */
function keepPolicy() {
  const mark = "data-openseadragon-mobile-css";
  if (document.querySelector(`style[${mark}]`)) return;
  const marker = document.createElementNS(null, "style"); // without a namespace, it is found by name but isn't a style sheet
  marker.setAttribute(mark, "true");
  document.head.append(marker);
}

/**
 * @param {any} library
 * @param {any} viewer
 * @param {Scan} scan
 */
function addLines(library, viewer, scan) {
  const element = svgElement("svg", { class: "line-boxes", preserveAspectRatio: "none" });
  viewer.lineBoxes = element;
  drawLines(viewer, scan);
  const item = viewer.world.getItemAt(0);
  viewer.addOverlay({ element, location: item.getBounds(), rotationMode: library.OverlayRotationMode?.EXACT });
}

/** The boxes of what was read, and no others. @param {any} viewer @param {Scan} scan */
export function drawLines(viewer, scan) {
  const { readingWidth: w, readingHeight: h } = scan;
  viewer.lineBoxes?.replaceChildren();
  if (!viewer.lineBoxes || !w) return;
  const isSideways = scan.rotation % 180 !== 0;
  viewer.lineBoxes.setAttribute("viewBox", isSideways ? `0 0 ${h} ${w}` : `0 0 ${w} ${h}`);
  // Boxes refer to the upright image, and the overlay to the stored one.
  const back = { 90: `matrix(0 -1 1 0 0 ${w})`, 180: `matrix(-1 0 0 -1 ${w} ${h})`, 270: `matrix(0 1 -1 0 ${h} 0)` }[scan.rotation];
  const layer = svgElement("g", back ? { transform: back } : {});
  layer.append(...scan.lines.map(([text, left, top, right, bottom], i) => {
    const box = svgElement("rect", { x: left, y: top, width: right - left, height: bottom - top, "data-line": i, class: scan.found?.includes(i) ? "is-found" : "" });
    const title = svgElement("title", {});
    title.textContent = text;
    box.append(title);
    return box;
  }));
  viewer.lineBoxes.append(layer);
}

/**
 * Mark a line, and scroll it into view if a person zoomed in.
 * @param {any} viewer
 * @param {number[] | null} box  left, top, right, bottom as in `Scan.lines`; null: of none
 */
export function markLine(viewer, box) {
  const layer = viewer?.lineBoxes?.firstElementChild;
  if (!layer) return;
  layer.querySelector(".is-here")?.remove();
  const [left = 0, top = 0, right = 0, bottom = 0] = box ?? [];
  if (!box) return;
  const mark = svgElement("rect", { x: left, y: top, width: right - left, height: bottom - top, class: "is-here" });
  layer.append(mark);
  if (viewer.viewport.getZoom() < viewer.whole * 1.01) return;
  const shown = mark.getBoundingClientRect();
  const room = viewer.container.getBoundingClientRect();
  const isWithin = shown.left >= room.left && shown.right <= room.right && shown.top >= room.top && shown.bottom <= room.bottom;
  if (isWithin) return;
  const middle = viewer.viewport.getCenter(true).clone();
  middle.x = shown.left + shown.width / 2 - room.left;
  middle.y = shown.top + shown.height / 2 - room.top;
  viewer.viewport.panTo(viewer.viewport.pointFromPixel(middle, true));
}

/** @param {string} name @param {Record<string, string | number>} attributes */
function svgElement(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/**
 * Let two viewers zoom and pan together. Each gets the other's target rather than its current position, so that both move
 * in the same way and neither holds the other back. Dragging to the right moves both to the right, however they are
 * rotated.
 * @param {any} left
 * @param {any} right
 */
export function lockTogether(left, right) {
  let busy = false;
  /** @param {any} from @param {any} to @param {(a: any, b: any) => void} move */
  const lead = (from, to, move) => {
    if (busy || !from.viewport || !to.viewport) return;
    busy = true;
    move(from.viewport, to.viewport);
    busy = false;
  };
  /** @param {any} a @param {any} b @param {any} point  the same place on the other page, seen from its middle */
  const same = (a, b, point) =>
    point.minus(a.getHomeBounds().getCenter()).rotate(a.getRotation() - b.getRotation()).plus(b.getHomeBounds().getCenter());
  for (const [from, to] of [[left, right], [right, left]]) {
    from.addHandler("zoom", (/** @type {any} */ e) =>
      lead(from, to, (a, b) =>
        b.zoomTo((e.zoom / (a.getHomeZoom() * (from.share ?? 1))) * b.getHomeZoom() * (to.share ?? 1), e.refPoint ? same(a, b, e.refPoint) : null, e.immediately)));
    from.addHandler("pan", (/** @type {any} */ e) => lead(from, to, (a, b) => b.panTo(same(a, b, e.center), e.immediately)));
  }
}
