/** The queue: one seam at a time. The next three are loaded ahead, and nothing on the screen moves unless the person acts. */

import { Alike } from "./alike.js";
import { Answers } from "./answers.js";
import { Deck } from "./deck.js";
import { NotAnswered, Stopped, byId, dataFrom, getJson, make, postJson, setText, useIcons, uuid } from "./dom.js";
import { Fragments } from "./fragments.js";
import { showHelp } from "./help.js";
import { Kept } from "./kept.js";
import { Keyboard, refusing } from "./keys.js";
import { Pair } from "./pair.js";
import { QueueActs } from "./queue_acts.js";
import { finished, remaining, unconfirmed } from "./remaining.js";
import { tellSaving } from "./saving.js";
import { placeOf, regroup, rotateAgain, rotateBack } from "./seams.js";
import { offerKeys } from "../palette.js";
import { _, _n } from "../i18n.js";

/** @typedef {import("./seams.js").Seam} Seam */
/** @typedef {import("./answers.js").Entry} Entry */
/** @typedef {"same" | "different"} Verdict */

const AHEAD = 3;
const POLL_MS = 8000;
const AGAIN_MS = 3000;

/** @type {import("./records.js").Config} */
const config = dataFrom("desk-config");
useIcons(config.urls.icons ?? "");
const message = byId("queue-message", HTMLElement);
const refuse = refusing(config, (why) => (message.textContent = why));
const keyboard = new Keyboard(config.keys, refuse);
offerKeys(keyboard);
const pair = new Pair(config.urls.openseadragon ?? "", [byId("queue-first", HTMLElement), byId("queue-second", HTMLElement)]);
const answers = new Answers(config.urls, () => version, new Kept(config.kept));
const alike = new Alike(byId("queue-alike", HTMLElement), config.urls.alike ?? "", batch, (id) => keyboard.hint(id));

const at = (/** @type {string} */ name, /** @type {Seam} */ seam) => (config.urls[name] ?? "").replace("/0/", `/${placeOf(seam)}/`);
const whys = new Fragments(byId("queue-why", HTMLElement), (seam) => `${at("seam", seam)}?blind=1`, _("The evidence could not be loaded."));
const around = new Fragments(
  byId("queue-around", HTMLElement), (seam) => `${at("around", seam)}?joined=${seam.joined ? 1 : 0}`, _("The surrounding pages could not be loaded."),
);
const acts = new QueueActs(config, () => deck.current, act, (words) => (message.textContent = words));

const deck = new Deck();
/** @type {Entry[]} */
const trail = [];
/** @type {{total: number, doubtful: number, seconds: number, unconfirmed: number, sure: number}} */
let counts = { total: 0, doubtful: 0, seconds: 0, unconfirmed: 0, sure: 0 };
let version = 0;
/** Number of the last request for the queue: responses to earlier ones are outdated. */
let asked = 0;
/** @type {HTMLImageElement[]} */
let loaded = [];

/** Places whose answers are being sent. */
const underWay = () => new Set(answers.pending.flatMap((entry) => (entry.seams ?? []).map(placeOf)));

/** Load everything, as on the first visit. */
async function load() {
  deck.clear();
  await refresh();
}

/** Load the queue again. The seam on the screen and the next one stay; the rest is sorted again. */
async function refresh() {
  const mine = ++asked;
  const data = await getJson(config.urls.queue ?? "");
  if ((answers.pending.length && deck.current) || mine !== asked) return; // a newer response will come
  counts = data;
  version = Math.max(version, data.version);
  whys.forget();
  around.forget();
  const gone = underWay();
  deck.update(data.seams.filter((/** @type {Seam} */ seam) => !gone.has(placeOf(seam))));
  pair.follow();
  if (!deck.current) return forward();
  surround(deck.current);
  preload();
  showRemaining();
}

/** Show the next seam. */
function forward() {
  deck.advance();
  show();
}

function show() {
  const seam = deck.current;
  for (const id of ["queue-pair", "queue-around", "queue-side", "queue-acts"]) byId(id, HTMLElement).hidden = !seam;
  byId("queue-empty", HTMLElement).hidden = Boolean(seam);
  if (seam) {
    setText("queue-title", _("Page %(position)s and page %(position2)s", { position: seam.left.position, position2: seam.right.position }));
    setText("queue-first-name", `${seam.left.position} · ${seam.left.identifier}`);
    setText("queue-second-name", `${seam.right.position} · ${seam.right.identifier}`);
    pair.show([seam.left, seam.right]);
    whys.show(seam, () => deck.current === seam);
    surround(seam);
    const keep = document.getElementById("queue-keep"); // viewers have none
    if (keep) keep.title = `${seam.joined ? _("Keep as proposed: same document") : _("Keep as proposed: new document")}${keyboard.inBrackets("keep")}`;
  } else setText("queue-title", _("To check"));
  preload();
  showRemaining();
}

/** Show the documents on both sides, and the pages around. @param {Seam} seam */
function surround(seam) {
  around.show(seam, () => deck.current === seam, (place) => {
    for (const side of ["first", "second"]) byId(`queue-${side}-of`, HTMLElement).replaceChildren(...(place.querySelector(`[data-side=${side}]`)?.cloneNode(true).childNodes ?? []));
  });
}

function preload() {
  loaded = deck.ahead.slice(0, AHEAD).flatMap((seam) => {
    whys.ahead(seam);
    around.ahead(seam);
    return [seam.left, seam.right].map((leaf) => Object.assign(new Image(), { src: leaf.address }));
  });
}

function showRemaining() {
  const later = deck.skipped.size + underWay().size;
  const n = Math.max(0, counts.total - later);
  setText("queue-left", remaining(n, Math.min(counts.doubtful, n), counts.seconds));
  byId("queue-left", HTMLElement).dataset.ahead = String(loaded.length / 2);
  byId("queue-back", HTMLButtonElement).disabled = !deck.passed.length;
  if (!deck.current) showFinished();
}

function showFinished() {
  setText("queue-done", finished(answers.pending.length, deck.skipped.size));
  setText("queue-next", unconfirmed(counts.unconfirmed, counts.sure));
  byId("queue-accept", HTMLElement).hidden = !counts.unconfirmed;
  const again = byId("queue-again", HTMLButtonElement);
  again.hidden = !deck.skipped.size;
  again.textContent = _n("Show the one you skipped", "Show the %(count)s you skipped", deck.skipped.size);
}

/** @param {Verdict} verdict */
function answer(verdict) {
  if (refuse) return refuse();
  if (!deck.current) return;
  alike.leave();
  byId("queue-look", HTMLElement).hidden = true;
  send("answer", [deck.current], verdict);
  deck.pass();
  show();
}

/** @param {Seam[]} seams @param {Verdict} verdict */
function batch(seams, verdict) {
  const isShown = deck.drop(seams);
  send("answer-many", seams, verdict);
  if (isShown) forward();
  else preload();
}

/** @param {"answer" | "answer-many"} verb @param {Seam[]} seams @param {Verdict} verdict */
function send(verb, seams, verdict) {
  trail.push(answers.send(verb, seams, verdict));
  showRemaining();
}

/** @param {string} verb @param {Record<string, any>} body @param {Record<string, number>} [versions] */
function act(verb, body, versions) {
  trail.push(answers.act(verb, body, versions));
  showRemaining();
}

/** Rotate the pages: for good, if the person may edit; otherwise on the screen. @param {90 | -90} by */
function rotate(by) {
  const pages = deck.current ? pair.rotate(by) : [];
  if (config.mayEdit && pages.length) act("rotate", { pages, by: (by + 360) % 360 });
}

/** @param {Entry} entry */
function takeRotationBack(entry) {
  rotateBack(deck.current ? [deck.current] : [], entry);
  pair.follow();
}

answers.addEventListener("done", (event) => {
  const { entry, data } = /** @type {CustomEvent<{entry: Entry, data: any}>} */ (event).detail;
  message.textContent = data.message ?? "";
  applyNews(data);
  if (data.look) showNote(data.look, data.place);
  const [seam] = entry.seams ?? [];
  const { verdict } = entry.body;
  void refresh().catch(complain);
  if (entry.verb === "answer" && entry.edit && seam && seam.joined !== (verdict === "same")) {
    void alike.offer(placeOf(seam), verdict).catch(() => undefined);
  }
});

answers.addEventListener("refused", (event) => {
  const { entry, data, status } = /** @type {CustomEvent<{entry: Entry, data: any, status: number}>} */ (event).detail;
  message.textContent = data.message ?? _("This was not saved.");
  takeRotationBack(entry);
  applyNews(data);
  if (entry.verb === "flag") void acts.flagAgain(/** @type {any} */ (entry.body), message.textContent);
  const seams = entry.seams ?? [];
  if (trail.includes(entry)) trail.splice(trail.indexOf(entry), 1);
  // An outdated answer is asked for again, with the current state. A refused one would be refused again.
  deck.refuse(seams, status !== 409 ? "skip" : entry.verb === "answer" ? "again" : "drop");
  if (!deck.current) forward();
  void refresh().catch(complain);
});

byId("queue-why", HTMLElement).addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.dataset.show) return;
  event.preventDefault();
  void showRestricted(Number(form.dataset.show)).catch(complain);
});
answers.addEventListener("state", showRemaining);
tellSaving(answers, config);

/** @param {unknown} error */
function complain(error) {
  // If the server can't be reached or the person is signed out, the state says so, and the answer is sent again later.
  if (error instanceof NotAnswered || error instanceof Stopped) return answers.failed(error);
  message.textContent = error instanceof Error ? error.message : String(error);
}

/** Show a restricted page, and draw both again, because its images now have other addresses. @param {number} p */
async function showRestricted(p) {
  const on = deck.current;
  const { status, data } = await postJson((config.urls.show ?? "").replace("/1/show", `/${p}/show`), {});
  if (status >= 400) return void (message.textContent = data.message);
  await refresh();
  if (deck.current && deck.current === on) show();
}

/** Show a note after a repeated question was answered differently. @param {string} words @param {string} place */
function showNote(words, place) {
  const note = byId("queue-look", HTMLElement);
  note.replaceChildren(words, " ", make("a", { href: place, text: _("Show these pages") }));
  note.hidden = false;
}

/** Apply what the server answered: its version, rotations, and changed documents. @param {any} data */
function applyNews(data) {
  if (data.version) version = Math.max(version, data.version);
  rotateAgain(deck.all, data.rotations ?? [], answers.pending);
  pair.follow();
  regroup(deck.all, data.groups ?? []);
}

/** Put a seam on the screen. The one that was there comes next. @param {Seam} seam */
function putOnScreen(seam) {
  deck.show(seam);
  show();
}

async function undo() {
  alike.leave();
  const entry = trail.pop();
  if (entry && answers.cancel(entry)) {
    message.textContent = _("The answer was undone before it was sent.");
    takeRotationBack(entry);
    if (entry.seams?.[0]) putOnScreen(entry.seams[0]);
    return;
  }
  if (entry && entry.verb === "answer" && entry.edit === null && !answers.pending.includes(entry)) {
    if (entry.seams?.[0]) putOnScreen(entry.seams[0]);
    return;
  }
  const known = new Set(deck.upcoming.map(placeOf));
  const what = { act_id: uuid(), since: version, ...(entry?.edit ? { edit: entry.edit } : {}) };
  const { status, data } = await postJson(`${config.urls.acts}undo`, what).catch((error) => {
    if (entry) trail.push(entry); // it wasn't undone, so the next undo refers to it again
    throw error;
  });
  message.textContent = data.message ?? "";
  applyNews(data);
  if (status !== 200) {
    if (entry) trail.push(entry);
    return;
  }
  await refresh();
  const places = entry?.seams ? entry.seams.map(placeOf) : [data.focus - 1, data.focus];
  const back = deck.upcoming.filter((seam) => places.includes(placeOf(seam)));
  const seam = back.find((one) => !known.has(placeOf(one))) ?? back[0] ?? entry?.seams?.[0];
  if (seam) putOnScreen(seam);
}

async function redo() {
  const { data } = await postJson(`${config.urls.acts}redo`, { act_id: uuid(), since: version });
  message.textContent = data.message ?? "";
  applyNews(data);
  const on = deck.current;
  const fresh = await getJson(config.urls.queue ?? "");
  const stays = fresh.seams.some((/** @type {Seam} */ seam) => placeOf(seam) === placeOf(on));
  await refresh();
  if (on && !stays) forward();
}

function skip() {
  if (!deck.current) return;
  deck.skip();
  show();
}

function back() {
  const seam = deck.passed.at(-1);
  if (seam) putOnScreen(seam);
}

/** Load changes by others, who may have answered later seams. */
async function poll() {
  if (document.hidden || answers.pending.length || answers.sending) return;
  const data = await getJson(`${config.urls.changes}?since=${version}&at=${placeOf(deck.current)}`, "leave").catch(complain);
  if (!data) return;
  answers.isBack();
  if (data.version <= version || answers.pending.length) return;
  const act = (data.acts ?? []).findLast((/** @type {{mine: boolean}} */ one) => !one.mine);
  if (act) message.textContent = `${act.who}: ${act.summary}`;
  applyNews(data);
  await refresh().catch(complain);
}

/** @type {Record<string, () => void>} */
const commands = {
  same: () => answer("same"),
  different: () => answer("different"),
  keep: () => deck.current && answer(deck.current.joined ? "same" : "different"),
  skip,
  back,
  undo: () => void undo().catch(complain),
  redo: () => void redo().catch(complain),
  "take-alike": () => alike.all(),
  clear: () => alike.leave(),
  "rotate-pair": () => rotate(90),
  "rotate-pair-back": () => rotate(-90),
  "zoom-in": () => pair.zoom(1.5),
  "zoom-out": () => pair.zoom(1 / 1.5),
  "zoom-whole": () => pair.zoom(0),
  "zoom-true": () => {
    byId("queue-true", HTMLElement).setAttribute("aria-pressed", String(pair.toScale()));
  },
  ...(config.mayEdit ? {
    "queue-describe": () => acts.describe(),
    "queue-flag": () => void acts.flag(),
    "queue-mark": () => acts.mark(document.querySelector("[data-command=queue-mark]")),
  } : {}),
  search: () => byId("search", HTMLInputElement).focus(),
  help: () => showHelp(config.keys, config.mayEdit, config.urls.keys ?? ""),
};
keyboard.push("queue", commands);
keyboard.dress(commands);
// The second half of a double click would answer a seam that the person hasn't seen.
document.addEventListener("click", (event) => {
  const isAnswer = event.target instanceof Element && event.target.closest("[data-command=same], [data-command=different], [data-command=keep]");
  if (isAnswer && event.detail > 1) event.stopPropagation();
}, true);
byId("queue-again", HTMLButtonElement).addEventListener("click", () => void load().catch(complain));
setInterval(() => void poll(), POLL_MS);
/** Start, trying again until the server responds. */
function begin() {
  load()
    .then(() => (document.body.dataset.ready = "yes"))
    .catch((error) => {
      complain(error);
      if (error instanceof NotAnswered || error instanceof Stopped) setTimeout(begin, AGAIN_MS);
    });
}

void answers.restore().then((entries) => {
  trail.push(...entries.filter((entry) => entry.seams));
  begin();
});
