/** The queue: one doubtful seam at a time; the next three are loaded ahead. */

import { byId, dataFrom, getFragment, getJson, postJson, useIcons } from "./dom.js";
import { showHelp } from "./help.js";
import { Keyboard } from "./keys.js";

/** @typedef {{position: number, identifier: string, group: number, address: string}} Leaf */
/** @typedef {{left: Leaf, right: Leaf, percent: number, joined: boolean, groups: Record<string, number>}} Seam */

const AHEAD = 3;
/** Until this person's own pace is known, ms for one seam. */
const USUAL_MS = 8000;

/** @type {import("./records.js").Config & {queue: string}} */
const config = dataFrom("desk-config");
useIcons(config.urls.icons ?? "");
const said = byId("queue-said", HTMLElement);
/** @type {Seam[]} */
let seams = [];
let total = 0;
let at = 0;
let version = 0;
let shownAt = 0;
let busy = false;
/** @type {number[]} */
const paces = [];

/** @param {string} id @param {string} text */
function write(id, text) {
  byId(id, HTMLElement).textContent = text;
}

async function load() {
  const data = await getJson(config.queue);
  ({ seams, total, version } = data);
  at = 0;
  show();
}

function show() {
  const seam = seams[at];
  for (const id of ["queue-pair", "queue-why", "queue-acts"]) byId(id, HTMLElement).hidden = !seam;
  byId("queue-empty", HTMLElement).hidden = Boolean(seam);
  tellLeft();
  if (!seam) return;
  shownAt = performance.now();
  write("queue-title", `Page ${seam.left.position} and page ${seam.right.position}`);
  for (const [side, leaf] of /** @type {[string, Leaf][]} */ ([["first", seam.left], ["second", seam.right]])) {
    const image = byId(`queue-${side}`, HTMLImageElement);
    image.src = leaf.address;
    image.alt = `Page ${leaf.position}, ${leaf.identifier}`;
    write(`queue-${side}-name`, `${leaf.position} · ${leaf.identifier}`);
  }
  getFragment((config.urls.seam ?? "").replace("/0/", `/${seam.left.position}/`))
    .then((why) => seams[at] === seam && byId("queue-why", HTMLElement).replaceChildren(why))
    .catch(() => write("queue-why", "The evidence could not be loaded."));
  for (const next of seams.slice(at + 1, at + 1 + AHEAD)) {
    for (const leaf of [next.left, next.right]) new Image().src = leaf.address;
  }
}

function tellLeft() {
  const left = Math.max(0, total - at);
  const middle = [...paces].sort((a, b) => a - b)[Math.floor(paces.length / 2)] ?? USUAL_MS;
  const minutes = Math.max(1, Math.round((left * middle) / 60_000));
  const words = `${left} doubtful ${left === 1 ? "seam" : "seams"} left, about ${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
  write("queue-left", left ? words : "Done");
}

/** @param {"same" | "different"} verdict */
async function answer(verdict) {
  const seam = seams[at];
  if (!seam || busy || !config.mayEdit) return;
  busy = true;
  try {
    const { status, data } = await postJson(config.urls.acts ?? "", {
      verb: "answer", act_id: crypto.randomUUID(), since: version, left: seam.left.position, verdict, versions: seam.groups,
    });
    said.textContent = data.message ?? "This was not saved.";
    if (status === 200) {
      paces.push(performance.now() - shownAt);
      at++;
    }
    takeIn(data);
    if (data.reload || (status !== 200 && status !== 422)) await load();
    else if (at >= seams.length && total > at) await load();
    else show();
  } catch (error) {
    said.textContent = "The server cannot be reached, so the answer is not saved. Try again.";
    if (!(error instanceof TypeError)) said.textContent = error instanceof Error ? error.message : String(error);
  } finally {
    busy = false;
  }
}

/** Groups that an answer changed have new versions, and pages may be in other groups. @param {any} data */
function takeIn(data) {
  if (data.version) version = Math.max(version, data.version);
  /** @type {Map<number, [number, number]>} group and version by position */
  const now = new Map();
  for (const row of data.groups ?? []) {
    for (const [low, high] of row[10]) for (let p = low; p <= high; p++) now.set(p, [row[0], row[9]]);
  }
  for (const seam of seams) {
    if (!now.has(seam.left.position) && !now.has(seam.right.position)) continue;
    /** @type {Record<string, number>} */
    const groups = {};
    for (const leaf of [seam.left, seam.right]) {
      const [id, fresh] = now.get(leaf.position) ?? [leaf.group, seam.groups[leaf.group] ?? 0];
      leaf.group = id;
      groups[id] = fresh;
    }
    seam.groups = groups;
  }
}

/** @param {"undo" | "redo"} verb */
async function turn(verb) {
  const { data } = await postJson(config.urls.acts ?? "", { verb, act_id: crypto.randomUUID(), since: version });
  await load();
  said.textContent = data.message ?? "";
}

/** @param {-1 | 1} step */
function go(step) {
  at = Math.min(Math.max(at + step, 0), seams.length);
  show();
}

const keyboard = new Keyboard(config.keys);
keyboard.push("queue", {
  same: () => void answer("same"),
  different: () => void answer("different"),
  skip: () => go(1),
  back: () => go(-1),
  undo: () => void turn("undo"),
  redo: () => void turn("redo"),
  search: () => byId("search", HTMLInputElement).focus(),
  help: () => showHelp(config.keys, config.mayEdit, config.urls.keys ?? ""),
});
document.getElementById("queue-same")?.addEventListener("click", () => void answer("same"));
document.getElementById("queue-different")?.addEventListener("click", () => void answer("different"));
byId("queue-skip", HTMLButtonElement).addEventListener("click", () => go(1));
byId("queue-back", HTMLButtonElement).addEventListener("click", () => go(-1));
load()
  .then(() => (document.body.dataset.ready = "yes"))
  .catch((error) => (said.textContent = error instanceof Error ? error.message : String(error)));
