/** What is left to look at, in one sentence that the stream and the queue share. */

import { _, _n, number } from "../i18n.js";

/**
 * @param {number} seams  worth a look
 * @param {number} doubtful
 * @param {number} seconds  one takes this person
 * @returns {string}
 */
export function remaining(seams, doubtful, seconds) {
  if (!seams) return _("Nothing left to check");
  const minutes = Math.max(1, Math.round((seams * seconds) / 60));
  const time = minutes < 90 ? _n("%(count)s minute", "%(count)s minutes", minutes) : _n("%(count)s hour", "%(count)s hours", Math.round(minutes / 60));
  return _n("%(count)s place to check, %(doubtful)s with low confidence, about %(time)s", "%(count)s places to check, %(doubtful)s with low confidence, about %(time)s", seams, { doubtful: number(doubtful), time });
}
