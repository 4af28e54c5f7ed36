// A classic script in the head, so that the page never flashes in the other theme.
(() => {
  const kept = localStorage.getItem("hhreview-theme");
  if (kept === "light" || kept === "dark") document.documentElement.dataset.theme = kept;
})();
