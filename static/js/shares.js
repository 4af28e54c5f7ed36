/** Bars that htmx swaps in get their width, which the content policy does not let a style attribute say. */

document.addEventListener("htmx:afterSwap", () => {
  for (const bar of document.querySelectorAll("[data-share]")) {
    if (bar instanceof HTMLElement) bar.style.setProperty("--share", `${bar.dataset.share ?? 0}%`);
  }
});
