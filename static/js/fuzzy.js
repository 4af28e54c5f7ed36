/** How well typed text fits a name. Pure. */

/** @param {string} text @returns {string} without marks above letters and in small letters */
function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/**
 * @param {string} word
 * @param {string} text
 * @returns {number} 0: does not fit
 */
function scoreOf(word, text) {
  const at = text.indexOf(word);
  if (at === 0) return 100;
  if (at > 0 && new RegExp(`[^\\p{L}\\p{N}]${word.replace(/[^\p{L}\p{N}]/gu, "\\$&")}`, "u").test(text)) return 80;
  if (at > 0) return 40;
  let from = 0;
  let gaps = 0;
  for (const letter of word) {
    const index = text.indexOf(letter, from);
    if (index < 0) return 0;
    gaps += index - from;
    from = index + letter.length;
  }
  return word.length > 1 ? Math.max(1, 20 - gaps) : 0;
}

/**
 * @param {string} query  each of its words must fit: a beginning best, letters in order least
 * @param {string} text
 * @returns {number | null} higher is better; null: does not fit
 */
export function score(query, text) {
  const name = plain(text);
  let sum = 0;
  for (const word of plain(query).split(/\s+/).filter(Boolean)) {
    const match = scoreOf(word, name);
    if (!match) return null;
    sum += match;
  }
  return sum - name.length / 1000; // prefer the shorter of two names that fit equally well
}

/**
 * @template {{label: string, always?: boolean}} T
 * @param {string} query
 * @param {T[]} entries
 * @returns {T[]} those that fit, the best first; those that are always meant last
 */
export function fitting(query, entries) {
  if (!query.trim()) return entries;
  /** @type {{entry: T, rank: number}[]} */
  const ranked = [];
  for (const entry of entries) {
    const rank = entry.always ? -Infinity : score(query, entry.label);
    if (rank !== null) ranked.push({ entry, rank });
  }
  return ranked.sort((a, b) => (a.rank === b.rank ? 0 : b.rank - a.rank)).map(({ entry }) => entry);
}
