/** HTML about places in the queue, loaded once and kept until something changes. */

import { notLoaded } from "./again.js";
import { getFragment } from "./dom.js";

/** @typedef {import("./queue.js").Seam} Seam */

export class Fragments {
  /** @param {HTMLElement} place @param {(seam: Seam) => string} address @param {string} failed  what stands there instead */
  constructor(place, address, failed) {
    this.place = place;
    this.address = address;
    this.failed = failed;
    /** @type {Map<number, Promise<DocumentFragment>>} by left position */
    this.kept = new Map();
  }

  /** @param {Seam} seam @returns {Promise<DocumentFragment>} */
  of(seam) {
    const { position } = seam.left;
    const kept = this.kept.get(position);
    if (kept) return kept;
    const request = getFragment(this.address(seam));
    this.kept.set(position, request);
    request.catch(() => this.kept.get(position) === request && this.kept.delete(position));
    return request;
  }

  /** @param {Seam} seam  asked for before it is shown */
  ahead(seam) {
    void this.of(seam).catch(() => undefined);
  }

  /** @param {Seam} seam @param {() => boolean} isStill  whether it is on the screen when it comes @param {(place: HTMLElement) => void} [then] */
  show(seam, isStill, then) {
    this.of(seam)
      .then((fragment) => {
        if (!isStill()) return;
        this.place.replaceChildren(fragment.cloneNode(true));
        then?.(this.place);
      })
      .catch(() => {
        if (isStill()) this.place.replaceChildren(notLoaded(this.failed, () => this.show(seam, isStill, then)));
      });
  }

  forget() {
    this.kept.clear();
  }
}
