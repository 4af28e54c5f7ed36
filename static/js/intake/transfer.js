/** One upload under way: two files at a time, chunk by chunk, through lost lines and pauses, to the import's job. */

import * as wire from "./wire.js";
import { _ } from "../i18n.js";

/** @typedef {import("./choosing.js").Chosen} Chosen */
/** @typedef {"waiting" | "sending" | "done" | "refused"} ItemState */
/**
 * @typedef {object} Item
 * @property {string} name
 * @property {File} file
 * @property {number} id
 * @property {number} received
 * @property {ItemState} state
 * @property {string} message
 */
/** @typedef {import("./wire.js").Addresses & {atOnce: number, firstChunk: number, largestChunk: number}} Config */
/** @typedef {"preparing" | "sending" | "paused" | "offline" | "signed-out" | "busy" | "asking" | "stopped" | "finishing"} State */

const AT_A_TIME = 2;
const RETRY_MS = [1000, 2000, 4000, 8000, 15000];
const SMALLEST_CHUNK = 1 << 16;
const QUICK_MS = 1500;
const RATE_WINDOW_MS = 15000;
const MOST_CORRECTIONS = 5;

/** Fires "change" whenever there is something to show, and "handed" {address} at the end. */
export class Transfer extends EventTarget {
  /**
   * @param {Config} config
   * @param {Chosen[]} chosen
   */
  constructor(config, chosen) {
    super();
    this.config = config;
    /** @type {Item[]} */
    this.items = chosen.map(({ name, file }) => ({ name, file, id: 0, received: 0, state: "waiting", message: "" }));
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

  /** @returns {number} bytes a second over the last seconds; 0 before there is anything to tell */
  get rate() {
    const first = this.lately[0];
    const seconds = first ? (performance.now() - first[0]) / 1000 : 0;
    return seconds > 0.5 ? this.lately.reduce((sum, [, bytes]) => sum + bytes, 0) / seconds : 0;
  }

  async run() {
    try {
      await this.announce();
      this.become("sending");
      await Promise.all(Array.from({ length: AT_A_TIME }, () => this.work()));
      if (!this.refused.length) await this.finish();
      else this.become("asking", this.items.length === this.refused.length ? _("No files could be uploaded.") : "");
    } catch (error) {
      this.become("stopped", error instanceof Error ? error.message : String(error));
    }
  }

  async announce() {
    for (let at = 0; at < this.items.length; at += this.config.atOnce) {
      const some = this.items.slice(at, at + this.config.atOnce);
      const answers = await this.through(() => wire.announce(this.config, some));
      answers.forEach((answer, index) => {
        const item = /** @type {Item} */ (some[index]);
        item.id = answer.id ?? 0;
        item.received = answer.received ?? 0;
        if (answer.refused) this.refuse(item, answer.refused);
        else if (item.received === item.file.size) item.state = "done";
      });
      this.changed();
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
    const address = this.addressOf(item);
    let corrections = 0;
    item.state = "sending";
    while (item.received < item.file.size && item.state === "sending") {
      await this.going;
      const offset = item.received;
      const began = performance.now();
      let chunk;
      try {
        chunk = await item.file.slice(offset, offset + this.chunkBytes).arrayBuffer();
      } catch {
        this.refuse(item, _("This file can’t be read anymore. It was moved or changed. Choose it again."));
        return;
      }
      try {
        item.received = await wire.sendChunk(address, chunk, offset, this.abort.signal);
        this.adapt(performance.now() - began);
        this.lately.push([began, item.received - offset]);
        this.lately = this.lately.filter(([time]) => time > performance.now() - RATE_WINDOW_MS);
        if (!["sending", "paused"].includes(this.state)) this.become("sending");
      } catch (error) {
        if (error instanceof wire.Refused) {
          if (error.received === null || ++corrections > MOST_CORRECTIONS) this.answerTo(error, item);
          else item.received = error.received;
        } else {
          if (error instanceof wire.Unreachable) {
            this.chunkBytes = Math.max(SMALLEST_CHUNK, this.chunkBytes / 2);
            await this.wait(error, 0);
          }
          item.received = await this.through(() => wire.howFar(address));
        }
      }
      this.changed();
    }
    if (item.state === "sending") item.state = "done";
    this.changed();
  }

  /**
   * A refusal that sending again does not mend: of this file, or of the whole upload.
   * @param {import("./wire.js").Refused} error
   * @param {Item} item
   */
  answerTo(error, item) {
    if ([403, 410, 507].includes(error.status)) throw error;
    this.refuse(item, error.message);
  }

  /**
   * Ask until the server answers.
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
   * Wait a little longer each time; less where the line comes back or the person does.
   * @param {import("./wire.js").Unreachable} error
   * @param {number} failures
   */
  async wait(error, failures) {
    if (this.state !== "paused") this.become(error.kind);
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

  /** What was refused is left out, and the rest goes in. */
  async finish() {
    this.become("finishing");
    try {
      for (const item of this.refused) if (item.id) await this.through(() => wire.leaveOut(this.addressOf(item)));
      const address = await this.through(() => wire.finish(this.config));
      this.become("finishing");
      this.dispatchEvent(new CustomEvent("handed", { detail: { address } }));
    } catch (error) {
      this.become("asking", error instanceof Error ? error.message : String(error));
    }
  }

  /** @param {Item} item */
  addressOf(item) {
    return this.config.file.replace(/0\/$/, `${item.id}/`);
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
