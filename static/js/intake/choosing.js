/** Chosen or dropped files, with their names, and which of them aren't scans. */

import { _ } from "../i18n.js";

/**
 * @typedef {object} Chosen
 * @property {string} name  relative to what was chosen, with / between folders
 * @property {File} file
 */

/** @typedef {{suffixes: string[], packed: string[], mostBytes: number, mostFiles: number}} Limits */
/** @typedef {{name: string, reason: string}} LeftOut */

const order = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/**
 * @param {FileList | File[]} files
 * @returns {Chosen[]}
 */
export function fromFiles(files) {
  return Array.from(files, (file) => ({ name: file.webkitRelativePath || file.name, file }));
}

/**
 * Return everything that was dropped, including folders. Entries have to be read before the event ends.
 * @param {DataTransfer} data
 * @returns {Promise<Chosen[]>}
 */
export async function fromDrop(data) {
  const entries = Array.from(data.items, (item) => item.webkitGetAsEntry?.() ?? null);
  if (!entries.some((entry) => entry?.isDirectory)) return fromFiles(data.files);
  /** @type {Chosen[]} */
  const files = [];
  for (const entry of entries) if (entry) await walk(entry, "", files);
  return files;
}

/**
 * @param {FileSystemEntry} entry
 * @param {string} above
 * @param {Chosen[]} files
 */
async function walk(entry, above, files) {
  const name = `${above}${entry.name}`;
  if (entry.isFile) {
    const file = await new Promise((done, fail) => /** @type {FileSystemFileEntry} */ (entry).file(done, fail));
    files.push({ name, file });
    return;
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  for (;;) {
    // A reader returns a hundred entries at a time, and none at the end.
    /** @type {FileSystemEntry[]} */
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!some.length) return;
    for (const inner of some) await walk(inner, `${name}/`, files);
  }
}

/**
 * Return the scans in scan order, without the name of their common folder, and the other files. The same files have the
 * same names whether they were chosen one by one or by folder, so that an upload can be resumed either way.
 * @param {Chosen[]} files
 * @param {Limits} limits
 * @returns {{scans: Chosen[], leftOut: LeftOut[]}}
 */
export function sorted(files, limits) {
  const top = files[0]?.name.split("/")[0];
  const inOne = files.length > 0 && files.every(({ name }) => name.includes("/") && name.split("/")[0] === top);
  /** @type {Chosen[]} */
  const scans = [];
  /** @type {LeftOut[]} */
  const leftOut = [];
  for (const { name: whole, file } of files) {
    const name = inOne ? whole.slice(whole.indexOf("/") + 1) : whole;
    const reason = whyNot(name, file, limits);
    if (reason) leftOut.push({ name, reason });
    else scans.push({ name, file });
  }
  scans.sort((a, b) => inScanOrder(a.name.split("/"), b.name.split("/")));
  return { scans, leftOut };
}

/**
 * Compare as the server does: 2 before 10, and files before subfolders.
 * @param {string[]} a
 * @param {string[]} b
 * @returns {number}
 */
function inScanOrder(a, b) {
  for (let depth = 0; ; depth++) {
    const [ends, otherEnds] = [depth === a.length - 1, depth === b.length - 1];
    if (ends !== otherEnds) return ends ? -1 : 1;
    const compared = order.compare(a[depth] ?? "", b[depth] ?? "");
    if (compared || ends) return compared;
  }
}

/**
 * @param {string} name
 * @param {File} file
 * @param {Limits} limits
 * @returns {string} why it is left out, or nothing
 */
function whyNot(name, file, limits) {
  const parts = name.toLowerCase().split("/");
  const last = parts.at(-1) ?? "";
  if (parts.some((part) => part.startsWith(".") || part === "__macosx")) return "hidden";
  // What has no extension may be a scan, too; the server sees that by its content.
  const isScan = !last.includes(".") || limits.suffixes.some((suffix) => last.endsWith(suffix));
  if (!isScan && !limits.packed.some((suffix) => last.endsWith(suffix))) return _("not an image file");
  if (!file.size) return _("empty file; copy it again");
  if (file.size > limits.mostBytes) return _("too large; the limit is %(mostBytes)s", { mostBytes: inBytes(limits.mostBytes) });
  return "";
}

/**
 * Return it as the server's pages do.
 * @param {number} bytes
 * @returns {string} 3.4 MB
 */
export function inBytes(bytes) {
  const units = ["bytes", "KB", "MB", "GB", "TB"];
  let at = 0;
  let value = bytes;
  while (value >= 1024 && at < units.length - 1) {
    value /= 1024;
    at++;
  }
  return `${at ? value.toFixed(1) : value} ${units[at]}`;
}
