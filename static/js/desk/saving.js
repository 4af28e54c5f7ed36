/** Show in words whether everything is saved, in the bar of the stream and at the head of the queue. */

import { byId, make } from "./dom.js";
import { signIn } from "./signing_in.js";
import { _ } from "../i18n.js";

/** @typedef {import("./courier.js").State} State */

/** @type {Record<State, string>} */
const WORDS = {
  saved: _("All saved"),
  saving: _("Saving…"),
  offline: _("Reconnecting. Your changes are kept."),
  "signed-out": _("You’re signed out. Your changes are kept."),
  "somebody-else": _("Someone else is signed in. Your changes are kept for you."),
  "no-access": _("This collection is gone, or you no longer have access to it. Your changes are kept."),
};

/**
 * @param {import("./courier.js").Courier<any>} courier
 * @param {import("./records.js").Config} config
 */
export function tellSaving(courier, config) {
  const element = byId("save-state", HTMLElement);
  const tell = () => {
    const { state } = courier;
    element.dataset.state = state;
    element.textContent = WORDS[state];
    if (state !== "signed-out" && state !== "somebody-else") return;
    const address = `${config.urls.signIn}?next=${encodeURIComponent(location.pathname + location.search + location.hash)}`;
    const link = make("a", { href: address, text: state === "signed-out" ? _("Sign in") : _("Sign in as %(me)s", { me: config.me }) });
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // another tab or window
      event.preventDefault();
      void signIn(state);
    });
    element.append(" ", link);
  };
  courier.addEventListener("state", tell);
  tell();
}
