/** One upload: two files at a time, in chunks, with pauses and lost connections, until the import job starts. */

import * as wire from "./wire.js";
import { _ } from "../i18n.js";

/** @typedef {import("./choosing.js").Chosen} Chosen */
/** @typedef {"waiting" | "sending" | "done" | "refused"} ItemState */
/**
 * @typedef {object} Item
 * @property {string} name
 * @property {File} file
 * @property {string} address of what the server has of it; empty before it has begun
 * @property {number} received
 * @property {ItemState} state
 * @property {string} message
 */
/** @typedef {import("./wire.js").Addresses & {firstChunk: number, largestChunk: number}} Config */
/** @typedef {"preparing" | "sending" | "paused" | "offline" | "signed-out" | "busy" | "asking" | "stopped" | "finishing"} State */

const AT_A_TIME = 2;
const RETRY_MS = [1000, 2000, 4000, 8000, 15000];
const SMALLEST_CHUNK = 1 << 16;
const QUICK_MS = 1500;
const RATE_WINDOW_MS = 15000;
const MOST_CORRECTIONS = 5;

/** Fires "change" if there is something to show, and "handed" {address} at the end. */
export class Transfer extends EventTarget {
  /**
   * @param {Config} config
   * @param {Chosen[]} chosen
   */
  constructor(config, chosen) {
    super();
    this.config = config;
    /** @type {Item[]} */
    this.items = chosen.map(({ name, file }) => ({ name, file, address: "", received: 0, state: "waiting", message: "" }));
    /** @type {State} */
    this.state = "preparing";
    this.message = "";
    this.chunkBytes = config.firstChunk;
    this.next = 0;
    this.abort = new AbortController();
    /** @type {Promise<void>} */
    this.going = Promise.resolve();
    this.goOn = () => {};
    /** @type {Set<() => void>} */
    this.sleepers = new Set();
    /** @type {[number, number][]} time and bytes of what went through lately */
    this.lately = [];
    addEventListener("online", () => this.wake());
    addEventListener("focus", () => this.wake());
    addEventListener("signed-in", () => this.wake());
    addEventListener("beforeunload", (event) => {
      if (this.isUnderWay) event.preventDefault();
    });
  }

  get isUnderWay() {
    return !["stopped", "finishing"].includes(this.state);
  }

  get total() {
    return this.items.reduce((sum, item) => sum + (item.state === "refused" ? 0 : item.file.size), 0);
  }

  get received() {
    return this.items.reduce((sum, item) => sum + (item.state === "refused" ? 0 : item.received), 0);
  }

  get refused() {
    return this.items.filter((item) => item.state === "refused");
  }

  /** Number of files that haven't begun, and their bytes. */
  get later() {
    const waiting = this.items.filter((item) => item.state === "waiting");
    return { count: waiting.length, bytes: waiting.reduce((sum, item) => sum + item.file.size, 0) };
  }

  /** @returns {number} bytes a second over the last seconds; 0 before there is anything to tell */
  get rate() {
    const first = this.lately[0];
    const seconds = first ? (performance.now() - first[0]) / 1000 : 0;
    return seconds > 0.5 ? this.lately.reduce((sum, [, bytes]) => sum + bytes, 0) / seconds : 0;
  }

  async run() {
    try {
      this.become("sending");
      await Promise.all(Array.from({ length: AT_A_TIME }, () => this.work()));
      if (!this.refused.length) await this.finish();
      else this.become("asking", this.items.length === this.refused.length ? _("No files could be uploaded. Reload this page to choose again.") : "");
    } catch (error) {
      this.abort.abort();
      this.become("stopped", error instanceof Error ? error.message : String(error));
    }
  }

  async work() {
    for (;;) {
      const item = this.items[this.next++];
      if (!item) return;
      if (item.state === "waiting") await this.send(item);
    }
  }

  /** @param {Item} item */
  async send(item) {
    item.state = "sending";
    const upload = await this.through(() =>
      wire.uploadOf(this.config, item, () => this.later, (took, bytes) => {
        this.adapt(took);
        upload.options.chunkSize = this.chunkBytes;
        this.lately.push([performance.now() - took, bytes]);
        this.lately = this.lately.filter(([time]) => time > performance.now() - RATE_WINDOW_MS);
        if (["offline", "signed-out", "busy"].includes(this.state)) this.become("sending");
      }),
    );
    for (let failures = 0, corrections = 0; item.state === "sending"; this.changed()) {
      await this.going;
      upload.options.chunkSize = this.chunkBytes;
      try {
        await wire.send(upload, this.abort.signal, (received) => {
          if (received > item.received) failures = 0;
          item.received = received;
          this.changed();
        });
        item.state = "done";
      } catch (error) {
        item.address = upload.url ?? "";
        if (error instanceof wire.Unreachable) {
          this.chunkBytes = Math.max(SMALLEST_CHUNK, this.chunkBytes / 2);
          await this.wait(error, failures++);
        } else if (error instanceof wire.Refused) {
          item.address = error.address ?? item.address;
          if (error.received === null || ++corrections > MOST_CORRECTIONS) this.answerTo(error, item);
        } else if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
      }
      if (this.state === "stopped") return;
    }
  }

  /**
   * Handle a permanent refusal, of one file or of the whole upload.
   * @param {import("./wire.js").Refused} error
   * @param {Item} item
   */
  answerTo(error, item) {
    const isOfAll = [403, 410, 507].includes(error.status) || (!item.address && [409, 413].includes(error.status));
    if (isOfAll) throw error;
    this.refuse(item, error.message);
  }

  /**
   * Send a request until the server responds.
   * @template T
   * @param {() => Promise<T>} question
   * @returns {Promise<T>}
   */
  async through(question) {
    for (let failures = 0; ; failures++) {
      await this.going;
      try {
        return await question();
      } catch (error) {
        if (!(error instanceof wire.Unreachable)) throw error;
        await this.wait(error, failures);
      }
    }
  }

  /**
   * Wait a little longer each time, but no longer than until the connection or the person is back.
   * @param {import("./wire.js").Unreachable} error
   * @param {number} failures
   */
  async wait(error, failures) {
    if (!["paused", "stopped"].includes(this.state)) this.become(error.kind);
    await new Promise((done) => {
      const up = () => done(undefined);
      this.sleepers.add(up);
      setTimeout(up, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
    });
  }

  wake() {
    for (const up of this.sleepers) up();
    this.sleepers.clear();
  }

  /** @param {number} took */
  adapt(took) {
    if (took < QUICK_MS) this.chunkBytes = Math.min(this.chunkBytes * 2, this.config.largestChunk);
    else if (took > 4 * QUICK_MS) this.chunkBytes = Math.max(this.chunkBytes / 2, SMALLEST_CHUNK);
  }

  pause() {
    this.going = new Promise((done) => (this.goOn = () => done()));
    this.abort.abort();
    this.lately = [];
    this.become("paused");
  }

  resume() {
    this.abort = new AbortController();
    this.goOn();
    this.going = Promise.resolve();
    this.wake();
    this.become("sending");
  }

  /** Leave refused files out and import the rest. */
  async finish() {
    this.become("finishing");
    try {
      for (const item of this.refused) if (item.address) await this.through(() => wire.leaveOut(item.address));
      const address = await this.through(() => wire.finish(this.config));
      this.become("finishing");
      this.dispatchEvent(new CustomEvent("handed", { detail: { address } }));
    } catch (error) {
      this.become("asking", error instanceof Error ? error.message : String(error));
    }
  }

  /**
   * @param {Item} item
   * @param {string} message
   */
  refuse(item, message) {
    item.state = "refused";
    item.message = message;
    this.changed();
  }

  /**
   * @param {State} state
   * @param {string} [message]
   */
  become(state, message = "") {
    this.state = state;
    this.message = message;
    this.changed();
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }
}
