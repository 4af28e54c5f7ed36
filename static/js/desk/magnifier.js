/** A magnifier over the stream, which follows the pointer and the focus and shows a larger scan. */

import { scanAddress } from "./cells.js";
import { make } from "./dom.js";
import { pageUnder } from "./drag.js";

const WIDE = 380;
const HIGH = 260;
/** Long edge of the scan that it loads, and its size on the screen, at which type is easy to read. Large pages are doubled. */
const SCAN = 1280;
const LONG = 1000;
const LEAST_TIMES = 2;
/** Where it begins if opened by key: at the head of the page, as shares of its sides. */
const HEAD_OF_PAGE = { x: 0.5, y: 0.16 };

/**
 * The part of a sheet that its scan fills, keeping its aspect ratio.
 * @param {{left: number, top: number, width: number, height: number}} sheet
 * @param {number} aspect  width by height of the upright scan
 */
export function scanBox(sheet, aspect) {
  const width = Math.min(sheet.width, sheet.height * aspect);
  const height = width / aspect;
  return { left: sheet.left + (sheet.width - width) / 2, top: sheet.top + (sheet.height - height) / 2, width, height };
}

/**
 * @param {{left: number, top: number, width: number, height: number}} box  of the scan on the screen
 * @param {{x: number, y: number}} at  the place to look at, on the screen
 * @returns {{width: number, height: number, x: number, y: number}} of the large scan: its size, and where its middle lies, from the middle of the lens
 */
export function enlarged(box, at) {
  const times = Math.max(LEAST_TIMES, LONG / Math.max(box.width, box.height));
  return {
    width: box.width * times,
    height: box.height * times,
    x: (box.left + box.width / 2 - at.x) * times,
    y: (box.top + box.height / 2 - at.y) * times,
  };
}

export class Magnifier {
  /** @param {import("./stream.js").Stream} stream @param {import("./records.js").Config} config */
  constructor(stream, config) {
    this.stream = stream;
    this.config = config;
    this.isOn = false;
    /** Whether it is moved by keys rather than by the pointer. */
    this.byKeys = true;
    /** @type {{x: number, y: number}} */
    this.pointer = { x: -1, y: -1 };
    this.image = make("img", { alt: "", decoding: "async" });
    this.lens = make("div", { class: "magnifier", "aria-hidden": "true", hidden: true }, [this.image]);
    document.body.append(this.lens);
    const { scroller } = stream;
    scroller.addEventListener("pointermove", (event) => {
      if (event.pointerType === "touch") return;
      this.pointer = { x: event.clientX, y: event.clientY };
      this.byKeys = false;
      this.follow();
    }, { passive: true });
    scroller.addEventListener("pointerleave", () => {
      if (!this.byKeys) this.lens.hidden = true;
    });
    scroller.addEventListener("scroll", () => this.follow(), { passive: true });
    document.addEventListener("keydown", () => { this.byKeys = true; }, true);
    new ResizeObserver(() => this.follow()).observe(scroller);
    stream.model.addEventListener("pages", () => this.follow());
  }

  /** @returns {boolean} whether it is on now */
  toggle() {
    this.isOn = !this.isOn;
    if (this.isOn && pageUnder(document.elementFromPoint(this.pointer.x, this.pointer.y))) this.byKeys = false;
    this.follow();
    return this.isOn;
  }

  /** Handle a move of the focus, the pointer, or what is under it. */
  follow() {
    if (!this.isOn) {
      this.lens.hidden = true;
      return;
    }
    requestAnimationFrame(() => this.show());
  }

  show() {
    const p = this.byKeys ? this.stream.focus : pageUnder(document.elementFromPoint(this.pointer.x, this.pointer.y));
    const page = p ? this.stream.model.pages.get(p) : undefined;
    const sheet = p ? this.stream.cells.get(p)?.firstElementChild : undefined;
    this.lens.hidden = !this.isOn || !page || !sheet;
    if (!page || !sheet) return;
    const lies = page.rotation % 180 !== 0;
    const box = scanBox(sheet.getBoundingClientRect(), lies ? page.height / page.width : page.width / page.height);
    const at = this.byKeys ? { x: box.left + box.width * HEAD_OF_PAGE.x, y: box.top + box.height * HEAD_OF_PAGE.y } : this.pointer;
    const large = enlarged(box, at);
    const address = scanAddress(this.config, page, SCAN);
    if (this.image.getAttribute("src") !== address) this.image.src = address;
    const [width, height] = lies ? [large.height, large.width] : [large.width, large.height];
    Object.assign(this.image.style, {
      width: `${width}px`, height: `${height}px`, rotate: `${page.rotation}deg`,
      translate: `${(WIDE - width) / 2 + large.x}px ${(HIGH - height) / 2 + large.y}px`,
    });
    // Keep all of it on the screen.
    const x = Math.max(0, Math.min(at.x - WIDE / 2, innerWidth - WIDE));
    const y = Math.max(0, Math.min(at.y - HIGH / 2, innerHeight - HIGH));
    Object.assign(this.lens.style, { width: `${WIDE}px`, height: `${HIGH}px`, translate: `${x}px ${y}px` });
  }
}
