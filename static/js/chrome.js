/** What every page has: the switch between light and dark, and menus that close. */

const root = document.documentElement;

/** @returns {"light" | "dark"} */
function themeNow() {
  const own = root.dataset.theme;
  if (own === "light" || own === "dark") return own;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

for (const button of document.querySelectorAll("[data-theme-switch]")) {
  button.addEventListener("click", () => {
    const next = themeNow() === "dark" ? "light" : "dark";
    root.dataset.theme = next;
    localStorage.setItem("hhreview-theme", next);
  });
}

document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details[data-menu][open]")) {
    if (event.target instanceof Node && !open.contains(event.target)) open.removeAttribute("open");
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details[data-menu][open]")) {
    open.removeAttribute("open");
    open.querySelector("summary")?.focus();
  }
});

// In a narrow bar the view one is in may lie beyond the edge.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// Widths that only data knows: set by CSSOM, because the content policy forbids style attributes.
for (const bar of document.querySelectorAll("[data-share]")) {
  if (bar instanceof HTMLElement) bar.style.setProperty("--share", `${bar.dataset.share ?? 0}%`);
}
