/** The two pages at a seam side by side, with the same zoom and position. */

import { fitWhole, lockTogether, makeViewer, openSeadragon } from "./viewer.js";
import { _ } from "../i18n.js";

/**
 * @typedef {object} Leaf
 * @property {number} position
 * @property {string} identifier
 * @property {number} group
 * @property {string} address  of the image that fills a screen
 * @property {string} small
 * @property {string} original
 * @property {number} rotation  degrees clockwise to stand upright
 * @property {number} width  px as stored
 * @property {number} height
 * @property {string} role
 */

/** Zoom, relative to the whole page, from which the thumbnail for a screen is too coarse. */
const COARSE = 1.6;

export class Pair {
  /**
   * @param {string} library  address of the zoom
   * @param {HTMLElement[]} figures  each with an <img> and a place for the zoom
   */
  constructor(library, figures) {
    this.library = library;
    this.figures = figures;
    /** @type {any[]} */
    this.viewers = [];
    /** @type {Leaf[]} */
    this.leaves = [];
    /** @type {HTMLElement | null} */
    this.under = null;
    /** Whether both pages are drawn at the same scale, so that a small page looks small. */
    this.isToScale = false;
    for (const figure of figures) {
      figure.addEventListener("pointerenter", () => (this.under = figure));
      figure.addEventListener("pointerleave", () => (this.under = null));
    }
    this.ready = this.begin();
  }

  async begin() {
    const library = await openSeadragon(this.library);
    for (const figure of this.figures) {
      const viewer = makeViewer(library, figure.querySelector(".queue-zoom"), { tabIndex: "" });
      const side = this.viewers.push(viewer) - 1;
      viewer.addHandler("open", () => {
        viewer.viewport.setRotation(this.leaves[side]?.rotation ?? 0, true);
        figure.dataset.zoom = this.leaves[side]?.address ?? "";
      });
      viewer.addHandler("zoom", () => this.sharpen(side));
    }
    lockTogether(this.viewers[0], this.viewers[1]);
  }

  /** @param {Leaf[]} leaves  the last page before the seam, and the first after it */
  show(leaves) {
    this.leaves = leaves;
    this.figures.forEach((figure, side) => {
      const leaf = leaves[side];
      const image = figure.querySelector("img");
      if (!leaf || !image) return;
      delete figure.dataset.zoom;
      image.src = leaf.address;
      image.alt = _("Page %(position)s, %(identifier)s", { position: leaf.position, identifier: leaf.identifier });
      image.classList.toggle("is-rotated", leaf.rotation % 360 !== 0 || this.isToScale);
    });
    // Without the zoom, plain images are shown.
    this.ready.then(() => leaves === this.leaves && this.open()).catch(() => undefined);
  }

  open() {
    this.share();
    this.viewers.forEach((viewer, side) => {
      viewer.sharp = false;
      viewer.open({ type: "image", url: this.leaves[side]?.address, buildPyramid: false, crossOriginPolicy: false });
    });
  }

  /** @param {number} side */
  sharpen(side) {
    const viewer = this.viewers[side];
    const leaf = this.leaves[side];
    if (!leaf || viewer.sharp || !viewer.isOpen() || viewer.viewport.getZoom() < COARSE * viewer.viewport.getHomeZoom()) return;
    viewer.sharp = true;
    const box = viewer.world.getItemAt(0)?.getBounds();
    const tileSource = { type: "image", url: leaf.original, buildPyramid: false, crossOriginPolicy: false };
    if (box) viewer.addTiledImage({ tileSource, x: box.x, y: box.y, width: box.width });
  }

  /** @param {number} degrees  of the page under the pointer, or of both @returns {number[]} positions of what was rotated */
  rotate(degrees) {
    const rotated = this.leaves.filter((_leaf, side) => !this.under || this.under === this.figures[side]);
    for (const leaf of rotated) {
      leaf.rotation = (leaf.rotation + degrees + 360) % 360;
      this.follow();
    }
    return rotated.map((leaf) => leaf.position);
  }

  /** Rotate the pages as their records say, the shorter way around. */
  follow() {
    this.leaves.forEach((leaf, side) => {
      const viewport = this.viewers[side]?.viewport;
      const by = ((((leaf.rotation - (viewport?.getRotation() ?? leaf.rotation)) % 360) + 540) % 360) - 180;
      if (by) viewport.setRotation(viewport.getRotation() + by);
    });
  }

  /** @returns {boolean} whether both are drawn at one scale now */
  toScale() {
    this.isToScale = !this.isToScale;
    this.share();
    this.zoom(0);
    return this.isToScale;
  }

  /** Size of each page relative to the one that fits its room. */
  share() {
    const fits = this.leaves.map(({ width, height, rotation }, side) => {
      const { clientWidth, clientHeight } = this.figures[side]?.querySelector(".queue-sheet") ?? document.body;
      const [wide, high] = rotation % 180 ? [height, width] : [width, height];
      return Math.min(clientWidth / wide, clientHeight / high);
    });
    this.viewers.forEach((viewer, side) => {
      viewer.share = this.isToScale ? Math.min(...fits) / (fits[side] ?? 1) : 1;
      /** @type {HTMLElement} */ (this.figures[side]).dataset.share = viewer.share.toFixed(2);
    });
  }

  /** @param {number} factor  0: the whole page */
  zoom(factor) {
    const viewer = this.viewers[0]?.isOpen() ? this.viewers[0] : this.viewers[1];
    if (!viewer?.viewport) return;
    if (factor) viewer.viewport.zoomBy(factor);
    else for (const each of this.viewers) fitWhole(each);
  }
}
