/** Take text from the scan: a click takes a line, and a drag that begins on text takes the words it covers. */

import { make } from "../dom.js";
import { lineAt, textWithin, upright } from "./lines.js";

/**
 * @param {any} viewer  of OpenSeadragon
 * @param {HTMLElement} place
 * @param {import("../viewer.js").Scan} scan
 * @param {{click: (line: string, isMore: boolean) => void, drag: (text: string) => void}} told
 */
export function onText(viewer, place, scan, { click, drag }) {
  const band = make("div", { class: "text-band", hidden: true });
  place.append(band);
  // The focus stays in the field, so that people can continue to type there.
  viewer.canvas.removeAttribute("tabindex");
  place.addEventListener("mousedown", (event) => event.preventDefault());
  /** @type {any} */
  let from = null;
  /** @param {any} position  in pixels of the view @returns {import("./lines.js").Point} in pixels of the reading */
  const read = (position) => {
    const item = viewer.world.getItemAt(0);
    const { x: width, y: height } = item.getContentSize();
    const stored = item.viewportToImageCoordinates(viewer.viewport.pointFromPixel(position, true));
    const point = upright(stored, width, height, scan.rotation);
    const share = scan.readingWidth / (scan.rotation % 180 ? height : width);
    return { x: point.x * share, y: point.y * share };
  };
  const there = () => scan.lines.length > 0 && viewer.world.getItemCount() > 0;
  viewer.addHandler("canvas-press", (/** @type {any} */ event) => {
    from = there() && !event.originalEvent.altKey && lineAt(scan.lines, read(event.position)) ? event.position : null;
  });
  viewer.addHandler("canvas-drag", (/** @type {any} */ event) => {
    if (!from) return;
    event.preventDefaultAction = true;
    const { x, y } = event.position;
    band.hidden = false;
    for (const [name, value] of Object.entries({
      left: Math.min(x, from.x), top: Math.min(y, from.y), width: Math.abs(x - from.x), height: Math.abs(y - from.y),
    })) band.style.setProperty(name, `${value}px`);
  });
  viewer.addHandler("canvas-drag-end", (/** @type {any} */ event) => {
    if (!from) return;
    event.preventDefaultAction = true;
    band.hidden = true;
    const text = textWithin(scan.lines, read(from), read(event.position));
    from = null;
    if (text) drag(text);
  });
  viewer.addHandler("canvas-click", (/** @type {any} */ event) => {
    if (!event.quick || !there()) return;
    const line = lineAt(scan.lines, read(event.position));
    if (line) click(line[0], event.originalEvent.shiftKey);
  });
}
