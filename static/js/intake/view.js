/** Show an upload with a bar, a sentence, and a list of files; screen readers get only what matters. */

import { byId, icon, make } from "../desk/dom.js";
import { inBytes } from "./choosing.js";
import { _, _n, number } from "../i18n.js";

/** @typedef {import("./transfer.js").Transfer} Transfer */
/** @typedef {import("./transfer.js").Item} Item */

const MOST_ROWS = 100;
const SAID_EVERY_PERCENT = 10;

/** @type {Record<import("./transfer.js").State, string>} */
const SENTENCES = {
  preparing: _("Checking what is already uploaded…"),
  sending: _("Uploading. Keep this page open until it finishes."),
  paused: _("Paused. Uploaded files are kept."),
  offline: _("Connection lost."),
  "signed-out": _("Signed out."),
  busy: _("The server is busy."),
  asking: _("Some files could not be uploaded."),
  stopped: _("The upload stopped."),
  finishing: _("Upload complete. Starting import…"),
};

/** @type {Partial<Record<import("./transfer.js").State, string>>} */
const TROUBLES = {
  offline: _("Can’t reach the server. Uploaded files are kept. The upload resumes automatically."),
  "signed-out": _("You’re signed out. Sign in from another tab. The upload resumes automatically."),
  busy: _("The server sent an unexpected response. The upload tries again automatically."),
};

export class TransferView {
  /** @param {Transfer} transfer */
  constructor(transfer) {
    this.transfer = transfer;
    this.pause = byId("transfer-pause", HTMLButtonElement);
    this.rows = byId("transfer-files", HTMLElement);
    /** @type {Map<Item, HTMLTableRowElement>} */
    this.drawn = new Map();
    this.saidPercent = 0;
    this.saidState = "";
    this.waiting = false;
    transfer.addEventListener("change", () => this.soon());
    this.pause.addEventListener("click", () => this.press());
    setInterval(() => this.soon(), 1000);
  }

  open() {
    byId("intake-form-part", HTMLElement).hidden = true;
    byId("transfer", HTMLElement).hidden = false;
    byId("transfer-title", HTMLElement).focus();
    this.draw();
  }

  press() {
    const { state } = this.transfer;
    if (state === "asking") void this.transfer.finish();
    else if (state === "paused") this.transfer.resume();
    else this.transfer.pause();
  }

  /** Draw once per frame, however many changes there are. */
  soon() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.draw();
    });
  }

  draw() {
    const { state, total, received, message, items } = this.transfer;
    const percent = total ? Math.floor((100 * received) / total) : 0;
    const done = items.filter((item) => item.state === "done").length;
    byId("transfer-state", HTMLElement).textContent = SENTENCES[state];
    const bar = byId("transfer-bar", HTMLElement);
    bar.style.setProperty("--share", `${percent}%`);
    bar.setAttribute("aria-valuenow", String(percent));
    byId("transfer-sum", HTMLElement).textContent =
      _("%(received)s of %(total)s · %(done)s of %(count)s", { received: inBytes(received), total: inBytes(total), done: number(done), count: files(items.length) });
    byId("transfer-rate", HTMLElement).textContent = state === "sending" ? this.pace(total - received) : "";
    this.drawTrouble(TROUBLES[state] ?? this.question() ?? message);
    this.drawButton();
    this.drawRows();
    this.say(percent);
  }

  /** @param {number} left bytes */
  pace(left) {
    const { rate } = this.transfer;
    return rate ? _("%(rate)s per second, %(time)s left", { rate: inBytes(rate), time: timeLeft(left / rate) }) : "";
  }

  /** @returns {string | undefined} what to decide where some files could not come in */
  question() {
    const { state, refused, items, message } = this.transfer;
    if (state !== "asking" || message) return undefined;
    const rest = items.length - refused.length;
    return _("%(count)s could not be uploaded; see the list for the reasons. Import the other %(rest)s, or reload this page and choose again.", { count: files(refused.length), rest: number(rest) });
  }

  /** @param {string} words */
  drawTrouble(words) {
    const element = byId("transfer-trouble", HTMLElement);
    if (element.textContent !== words) element.textContent = words;
    element.hidden = !words;
  }

  drawButton() {
    const { state, items, refused } = this.transfer;
    const words = state === "paused" ? _("Resume") : state === "asking" ? _("Import the others") : _("Pause");
    if (this.pause.textContent !== words) this.pause.textContent = words;
    this.pause.classList.toggle("is-primary", state === "paused" || state === "asking");
    const isNothing = state === "asking" && refused.length === items.length;
    this.pause.hidden = ["stopped", "finishing", "preparing"].includes(state) || isNothing;
  }

  /** List files with problems first, then those being sent, then those that wait; only the first of thousands. */
  drawRows() {
    const { items } = this.transfer;
    const rank = { refused: 0, sending: 1, waiting: 2, done: 3 };
    const shown = items.length <= MOST_ROWS
      ? items
      : [...items].sort((a, b) => rank[a.state] - rank[b.state]).slice(0, MOST_ROWS);
    const rows = shown.map((item) => this.row(item));
    if (rows.some((row, at) => this.rows.children[at] !== row) || this.rows.children.length !== rows.length) {
      this.rows.replaceChildren(...rows);
    }
    const more = items.length - shown.length;
    byId("transfer-more", HTMLElement).textContent = more ? _("and %(more)s more", { more: number(more) }) : "";
  }

  /** @param {Item} item */
  row(item) {
    let row = this.drawn.get(item);
    if (!row) {
      const cells = [make("td", { text: item.name }), make("td", { class: "is-number", text: inBytes(item.file.size) })];
      row = make("tr", {}, [...cells, make("td")]);
      this.drawn.set(item, row);
    }
    const key = `${item.state} ${item.received} ${item.message}`;
    const cell = /** @type {HTMLElement} */ (row.lastElementChild);
    if (row.dataset.key !== key) {
      row.dataset.key = key;
      row.className = `is-${item.state}`;
      cell.replaceChildren(...stateOf(item));
    }
    return row;
  }

  /** @param {number} percent */
  say(percent) {
    const { state } = this.transfer;
    const isNews = state !== this.saidState || percent >= this.saidPercent + SAID_EVERY_PERCENT;
    if (!isNews) return;
    this.saidState = state;
    this.saidPercent = percent;
    byId("transfer-message", HTMLElement).textContent = _("%(percent)s percent. %(state)s", { percent, state: SENTENCES[state] });
  }
}

/**
 * @param {Item} item
 * @returns {(Node | string)[]}
 */
function stateOf(item) {
  if (item.state === "done") return [make("span", { class: "state is-done" }, [icon("check"), _("complete")])];
  if (item.state === "refused") return [make("span", { class: "state is-failed" }, [icon("state-doubt"), _("skipped")]), ` ${item.message}`];
  if (item.received) return [`${Math.floor((100 * item.received) / item.file.size)}%`];
  return [make("span", { class: "quiet", text: item.state === "sending" ? _("starting") : _("waiting") })];
}

/** @param {number} count */
function files(count) {
  return _n("%(count)s file", "%(count)s files", count);
}

/** @param {number} seconds */
function timeLeft(seconds) {
  if (seconds < 90) return _n("about %(count)s second", "about %(count)s seconds", Math.max(1, Math.round(seconds)));
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? _n("about %(count)s minute", "about %(count)s minutes", minutes) : _n("about %(count)s hour", "about %(count)s hours", Math.round(minutes / 60));
}
