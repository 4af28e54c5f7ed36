/** What is on its way to the server: one after the other, kept and sent again when the server cannot be reached. */

import { NotAnswered } from "./dom.js";

const RETRY_MS = [1000, 2000, 4000, 8000, 15000];

/**
 * Fires "state" when `state` changes. Whoever extends it says in `deliver` how one thing is sent.
 * @template T
 */
export class Courier extends EventTarget {
  constructor() {
    super();
    /** @type {T[]} */
    this.pending = [];
    this.sending = false;
    this.failures = 0;
    /** @type {"saved" | "saving" | "offline" | "signed-out"} */
    this.state = "saved";
    addEventListener("online", () => void this.pump());
    addEventListener("focus", () => void this.pump());
    addEventListener("beforeunload", (event) => {
      if (this.pending.length) event.preventDefault();
    });
  }

  /**
   * Sends one thing and takes it off `pending`, refused or not; throws where no answer came, and it is sent again.
   * @param {T} _next
   * @returns {Promise<void>}
   */
  async deliver(_next) {
    throw new TypeError(`${this.constructor.name} does not say how it delivers.`);
  }

  async pump() {
    const next = this.pending[0];
    if (this.sending || !next) return;
    this.sending = true;
    if (this.state === "saved") this.become("saving");
    try {
      await this.deliver(next);
      this.failures = 0;
    } catch (error) {
      this.failures++;
      this.become(error instanceof NotAnswered ? "signed-out" : "offline");
      setTimeout(() => void this.pump(), RETRY_MS[Math.min(this.failures, RETRY_MS.length) - 1]);
      return;
    } finally {
      this.sending = false;
    }
    this.become(this.pending.length ? "saving" : "saved");
    void this.pump();
  }

  /** @param {"saved" | "saving" | "offline" | "signed-out"} state */
  become(state) {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }
}
