/** What is left to look at, in one sentence that the stream and the queue share. */

/**
 * @param {number} seams  worth a look
 * @param {number} doubtful
 * @param {number} seconds  one takes this person
 * @returns {string}
 */
export function remaining(seams, doubtful, seconds) {
  if (!seams) return "Nothing left to check";
  const minutes = Math.max(1, Math.round((seams * seconds) / 60));
  const number = (/** @type {number} */ n) => n.toLocaleString("en-US");
  const time = minutes < 90 ? `${minutes} ${minutes === 1 ? "minute" : "minutes"}` : `${Math.round(minutes / 60)} hours`;
  return `${number(seams)} ${seams === 1 ? "place" : "places"} to check, ${number(doubtful)} with low confidence, about ${time}`;
}
