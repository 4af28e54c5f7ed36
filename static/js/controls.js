/** Values of form controls as text that can be stored and restored. */

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Control */

export const TICKED = new Set(["checkbox", "radio"]);

/** @param {Control} control @returns {boolean} whether letters are typed into it */
export function isText(control) {
  return !(control instanceof HTMLSelectElement || TICKED.has(control.type));
}

/** @param {Control} control @param {boolean} [atFirst]  as the page came @returns {string} */
export function valueOf(control, atFirst = false) {
  if (control instanceof HTMLSelectElement) {
    const options = [...control.options].filter((option) => (atFirst ? option.defaultSelected : option.selected));
    const chosen = options.length || control.multiple ? options : [...control.options].slice(0, 1);
    return JSON.stringify(chosen.map((option) => option.value));
  }
  if (control instanceof HTMLInputElement && TICKED.has(control.type)) return String(atFirst ? control.defaultChecked : control.checked);
  return atFirst ? control.defaultValue : control.value;
}

/** @param {Control} control @param {string} value */
export function put(control, value) {
  if (control instanceof HTMLSelectElement) {
    const chosen = new Set(JSON.parse(value));
    for (const option of control.options) option.selected = chosen.has(option.value);
  } else if (control instanceof HTMLInputElement && TICKED.has(control.type)) control.checked = value === "true";
  else control.value = value;
}
