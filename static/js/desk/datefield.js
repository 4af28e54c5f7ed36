/** A field for a date as people write it. Below is the date as the server reads it; browsers don't parse dates. */

import { getJson, make, NotAnswered, Stopped } from "./dom.js";
import { _ } from "../i18n.js";

const PAUSE_MS = 150;

/** @typedef {{edtf: string, words: string} | {message: string, away?: boolean}} Reading */

export class DateField {
  /** @param {string} address  that reads dates @param {string} value */
  constructor(address, value) {
    this.address = address;
    /** @type {Map<string, Reading>} */
    this.known = new Map();
    this.input = make("input", { type: "text", name: "date", value, maxlength: "200", autocomplete: "off", "aria-describedby": "date-reading" });
    this.reading = make("span", { class: "field-reading", id: "date-reading", role: "status" });
    this.element = make("label", { class: "field" }, [
      make("span", { class: "field-label", text: _("Date") }), this.input, this.reading,
      make("span", { class: "field-hint", text: _("As you would write it: Jan. 14, 1954; c. 1964; n.d.") }),
    ]);
    let timer = 0;
    this.input.addEventListener("input", () => {
      clearTimeout(timer);
      this.input.removeAttribute("aria-invalid");
      timer = setTimeout(() => void this.show(), PAUSE_MS);
    });
    void this.show();
  }

  async show() {
    const text = this.input.value.trim();
    const reading = text ? await this.read(text, "leave") : null;
    if (this.input.value.trim() !== text) return;
    this.reading.textContent = reading === null ? "" : "edtf" in reading ? `${reading.words} (${reading.edtf})` : reading.away ? "" : _("Not recognized as a date yet");
  }

  /** @param {string} text @param {import("./dom.js").Ended} [ended] @returns {Promise<Reading>} */
  async read(text, ended) {
    const known = this.known.get(text);
    if (known) return known;
    try {
      const reading = await getJson(`${this.address}?text=${encodeURIComponent(text)}`, ended);
      this.known.set(text, reading);
      return reading;
    } catch (error) {
      if (error instanceof Stopped) {
        return { away: true, message: _("You’re signed out. Sign in from another tab, then save again. Everything you typed is still here.") };
      }
      if (!(error instanceof NotAnswered)) throw error;
      return { away: true, message: _("Can’t reach the server to check the date. Everything you typed is still here. Save again in a moment.") };
    }
  }

  /**
   * @param {string} text  as OCR read it, with other words around the date
   * @returns {Promise<string>} what to write for it: the text itself where there is no date, or no answer
   */
  async within(text) {
    try {
      const { written } = await getJson(`${this.address}?printed=${encodeURIComponent(text)}`, "leave");
      return written ?? text;
    } catch (error) {
      if (!(error instanceof NotAnswered || error instanceof Stopped)) throw error;
      return text;
    }
  }

  /**
   * What is wrong with a text, or null. Returns immediately if the server has read it already.
   * @param {string} text
   * @param {string} stored  what needs no reading
   * @returns {string | null | Promise<string | null>}
   */
  check(text, stored) {
    if (!text || text === stored) return null;
    const known = this.known.get(text);
    return known ? this.problemOf(known) : this.read(text).then((reading) => this.problemOf(reading));
  }

  /** @param {Reading} reading */
  problemOf(reading) {
    if ("edtf" in reading) return null;
    if (!reading.away) this.input.setAttribute("aria-invalid", "true");
    this.input.focus();
    return reading.message;
  }

  /** @param {string} text @returns {string} as it is stored, or the text itself where it was not read */
  edtf(text) {
    const reading = this.known.get(text);
    return reading && "edtf" in reading ? reading.edtf : text;
  }
}
