/** Whether everything is saved, in words, in the bar of the stream and at the head of the queue. */

import { byId, make } from "./dom.js";

/** @typedef {import("./courier.js").State} State */

/** @type {Record<State, string>} */
const WORDS = {
  saved: "All saved",
  saving: "Saving…",
  offline: "Reconnecting. Your changes are kept.",
  "signed-out": "You’re signed out. Your changes are kept.",
  "somebody-else": "Someone else is signed in. Your changes are kept for you.",
  "no-access": "You no longer have access to this collection. Your changes are kept.",
};

/**
 * @param {import("./courier.js").Courier<any>} courier
 * @param {import("./records.js").Config} config
 */
export function tellSaving(courier, config) {
  const place = byId("save-state", HTMLElement);
  const tell = () => {
    const { state } = courier;
    place.dataset.state = state;
    place.textContent = WORDS[state];
    if (state !== "signed-out" && state !== "somebody-else") return;
    const address = `${config.urls.signIn}?next=${encodeURIComponent(location.pathname + location.search + location.hash)}`;
    place.append(" ", make("a", { href: address, text: state === "signed-out" ? "Sign in" : `Sign in as ${config.me}` }));
  };
  courier.addEventListener("state", tell);
  tell();
}
