/** What is left to look at, in one sentence that the stream and the queue share. */

import { _, _n } from "../i18n.js";

/**
 * @param {number} seams  worth a look, those to check among them
 * @param {number} doubtful  to check
 * @param {number} seconds  one takes this person
 * @returns {string}
 */
export function remaining(seams, doubtful, seconds) {
  if (!seams) return _("Nothing left to check");
  const minutes = Math.max(1, Math.round((seams * seconds) / 60));
  const time = minutes < 90 ? _n("about %(count)s minute", "about %(count)s minutes", minutes) : _n("about %(count)s hour", "about %(count)s hours", Math.round(minutes / 60));
  const more = seams - doubtful;
  const check = _n("%(count)s place to check", "%(count)s places to check", doubtful);
  const worth = doubtful
    ? _n("%(count)s more worth a look", "%(count)s more worth a look", more)
    : _n("%(count)s place worth a look", "%(count)s places worth a look", more);
  return [doubtful ? check : "", more ? worth : "", time].filter(Boolean).join(", ");
}
