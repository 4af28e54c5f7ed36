// @ts-check
/**
 * Keeps a job's page up to date: asks for the changing part while the job is active, slower while the tab is hidden.
 *
 *   <div id="job" data-status-url="…"><div class="job-status" data-active="yes">…</div></div>
 */

const SECOND = 1000;
const LONGEST_PAUSE = 30 * SECOND;

/** @param {HTMLElement} place */
function watch(place) {
  const url = place.dataset.statusUrl ?? "";
  let pause = SECOND;

  const isActive = () => place.querySelector(".job-status")?.getAttribute("data-active") === "yes";

  const look = async () => {
    try {
      const answer = await fetch(url, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" });
      if (answer.redirected || [401, 403, 404].includes(answer.status)) {
        location.reload(); // signed out, or the job is gone: the page itself says so
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      // A button that has the focus must not vanish under the finger.
      if (!place.querySelector("button:focus")) place.innerHTML = await answer.text();
      pause = document.hidden ? 10 * SECOND : SECOND;
    } catch {
      pause = Math.min(pause * 2, LONGEST_PAUSE); // the server restarts: ask again, less and less often
    }
    if (isActive()) setTimeout(look, pause);
  };

  if (isActive()) setTimeout(look, pause);
}

const place = document.getElementById("job");
if (place) watch(place);
