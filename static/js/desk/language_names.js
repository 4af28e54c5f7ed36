/** Names of languages in the language of the interface. */

import { language } from "../i18n.js";

/** Tags of BCP 47, as the server stores languages; anything else is shown as it is. */
const TAG = /^[a-z]{2,3}(-[a-z0-9]+)*$/i;

/** @param {string} tag @returns {string} */
export function languageName(tag) {
  return TAG.test(tag) ? (new Intl.DisplayNames([language()], { type: "language" }).of(tag) ?? tag) : tag;
}
