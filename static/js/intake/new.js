/** The form for a new collection: a short name from the title, the scans, and starting without a reload. */

import { byId, csrfToken, dataFrom } from "../desk/dom.js";
import { signIn } from "../desk/signing_in.js";
import { beginTransfer } from "./begin.js";
import { Zone } from "./zone.js";
import { forgetDraft } from "../typed_forms.js";
import { _ } from "../i18n.js";

/** @type {import("./begin.js").Config} */
const config = dataFrom("intake-config");
const form = byId("intake", HTMLFormElement);
const start = byId("intake-start", HTMLButtonElement);
const zone = new Zone(config);

const TYPING_MS = 300;
const SIGNED_OUT = _("You’re signed out. Sign in from another tab, then try again. Everything you typed is still here.");

/**
 * @param {string} name
 * @returns {HTMLInputElement | null}
 */
const field = (name) => form.querySelector(`#id_${name}`);

/**
 * @param {string} name
 * @param {string} words
 */
function complain(name, words) {
  const element = document.getElementById(`error-${name}`);
  if (element) element.textContent = words;
  field(name)?.setAttribute("aria-invalid", words ? "true" : "false");
}

/** The short name follows the title until a person enters one. */
function suggestShortName() {
  const title = field("title");
  const slug = field("slug");
  if (!title || !slug) return;
  let isOwn = slug.value !== "";
  let timer = 0;
  /** @param {string} question @param {(answer: any) => void} then */
  const ask = (question, then) => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const answer = await fetch(`${config.shortName}?${question}`, { headers: { Accept: "application/json" } });
      if (answer.ok && !answer.redirected) then(await answer.json());
      else void answer.body?.cancel();
    }, TYPING_MS);
  };
  title.addEventListener("input", () => {
    complain("title", "");
    if (!isOwn) {
      ask(`title=${encodeURIComponent(title.value)}`, (answer) => {
        if (!isOwn) slug.value = title.value ? answer.slug : "";
        complain("slug", "");
      });
    }
  });
  slug.addEventListener("input", () => {
    isOwn = slug.value !== "";
    if (isOwn) ask(`slug=${encodeURIComponent(slug.value)}`, (answer) => complain("slug", answer.problem));
    else complain("slug", "");
  });
}

/** Without an entered title, use the name of the folder or archive. */
function suggestTitle() {
  const title = field("title");
  const first = zone.chosen[0];
  if (!title || title.value || !first) return;
  const folder = first.file.webkitRelativePath.split("/")[0] ?? "";
  const packed = zone.chosen.length === 1 ? first.name.replace(/\.(zip|pdf|tar(\.\w+)?|tgz)$/i, "") : "";
  const words = (folder || packed).replaceAll(/_+/g, " ").trim();
  if (!words || /^(scans|images|pages|img|jpe?g|tiff?)$/i.test(words)) return;
  title.value = words.charAt(0).toUpperCase() + words.slice(1);
  title.dispatchEvent(new Event("input"));
}

/** @param {Record<string, string[]>} errors */
function show(errors) {
  const general = byId("form-errors", HTMLElement);
  general.replaceChildren(
    ...(errors.__all__ ?? []).map((words) => {
      const line = document.createElement("p");
      line.className = "message is-error";
      line.textContent = words;
      return line;
    }),
  );
  for (const place of form.querySelectorAll(".field-error")) place.textContent = "";
  for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
  for (const [name, sentences] of Object.entries(errors)) complain(name, sentences.join(" "));
  const first = Object.keys(errors)[0] ?? "";
  const wrong = field(first);
  if (wrong) wrong.focus();
  else document.getElementById(first === "__all__" ? "form-errors" : `error-${first}`)?.scrollIntoView({ block: "center" });
}

/** @param {FormData} body */
async function post(body) {
  const answer = await fetch(location.href, {
    method: "POST",
    body,
    headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
  });
  if (isOutIn(answer)) void answer.body?.cancel(); // or the request stays open
  return answer;
}

/** @param {Response} answer @returns {boolean} whether the session had ended */
function isOutIn(answer) {
  return answer.redirected || answer.status === 401;
}

/** @param {SubmitEvent} event */
async function send(event) {
  if (event.submitter !== start) return; // this opens a folder
  event.preventDefault();
  const data = new FormData(form);
  data.delete("files");
  data.delete("csrfmiddlewaretoken"); // the header has the current one
  const isHere = data.get("where") === "computer";
  if (isHere && !zone.chosen.length) {
    zone.complain(_("Choose scans first: drag them here, or use one of the buttons."));
    byId("choose-files", HTMLInputElement).focus();
    return;
  }
  wait(isHere ? "" : _("Checking the source…"));
  try {
    let answer = await post(data);
    if (isOutIn(answer) && (await signIn("signed-out"))) answer = await post(data);
    const isOut = isOutIn(answer);
    if (!isOut && answer.status !== 422 && !answer.ok) throw new Error(_("The server answered %(status)s.", { status: answer.status }));
    const reply = isOut ? { errors: { __all__: [SIGNED_OUT] } } : await answer.json();
    if (!reply.errors) forgetDraft(form);
    if (reply.errors) show(reply.errors);
    else if (reply.address) return location.assign(reply.address);
    else return beginTransfer(reply.upload, zone.chosen, String(data.get("title") || document.title.split(" · ")[1]));
  } catch {
    show({ __all__: [_("Can’t reach the server, or it sent an unexpected response. Nothing was started. Try again.")] });
  }
  wait(null);
}

/** @param {string | null} words null: no more */
function wait(words) {
  start.disabled = words !== null;
  byId("intake-wait", HTMLElement).textContent = words ?? "";
}

suggestShortName();
zone.addEventListener("chosen", suggestTitle);
form.addEventListener("submit", (event) => void send(event));
document.body.dataset.ready = "";
