/** Buttons that copy what is shown only once. Where the browser doesn't allow it, the text is selected instead. */

import { _ } from "./i18n.js";

for (const button of document.querySelectorAll("button[data-copy]")) {
  const field = document.getElementById(button.getAttribute("data-copy") ?? "");
  const state = button.parentElement?.querySelector("[role=status]");
  if (!(button instanceof HTMLButtonElement) || !(field instanceof HTMLInputElement) || !state) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.focus();
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      state.textContent = _("Copied.");
    } catch {
      state.textContent = _("Your browser doesn’t allow copying from here. The text is selected and can be copied.");
    }
  });
}
