/** What is left to check, in a sentence that the stream and the queue share. */

import { _, _n, number } from "../i18n.js";

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

/** What the queue says where it has nothing to show. @param {number} waiting  answers on their way @param {number} skipped */
export function finished(waiting, skipped) {
  if (waiting) return _("Everything is answered. Saving the last answers…");
  return skipped ? _("You have seen everything to check") : _("Nothing left to check");
}

/** @param {number} count  of documents that are not confirmed @param {number} sure  of them, at 99% or higher */
export function unconfirmed(count, sure) {
  if (!count) return _("Every document is confirmed.");
  const documents = _n("1 document is not confirmed yet", "%(count)s documents are not confirmed yet", count);
  return `${documents}${sure ? _("; %(sure)s of them at 99% confidence or higher", { sure: number(sure) }) : ""}.`;
}
