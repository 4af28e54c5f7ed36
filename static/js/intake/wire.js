/** What goes between the browser and the server while files come in: announcing, chunks, how far, finishing. */

import { csrfToken } from "../desk/dom.js";
import { signIn } from "../desk/signing_in.js";
import { _ } from "../i18n.js";

/** @typedef {import("./choosing.js").Chosen} Chosen */
/** @typedef {{page: string, files: string, file: string, finish: string, abandon: string}} Addresses */
/** @typedef {{name: string, id?: number, received?: number, refused?: string}} Expected */

const END_BYTES = 65536;

/** The server could not be reached, or something else answered in its place. */
export class Unreachable extends Error {
  /** @param {"offline" | "signed-out" | "busy"} kind */
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

/** The server said no, with a sentence; `received` is how far the file is, where it told. */
export class Refused extends Error {
  /**
   * @param {string} message
   * @param {number} status
   * @param {number | null} received
   */
  constructor(message, status, received) {
    super(message);
    this.status = status;
    this.received = received;
  }
}

/**
 * @param {string} address
 * @param {RequestInit} init
 * @returns {Promise<any>} the JSON of an answer that is well
 */
async function ask(address, init) {
  let response;
  try {
    response = await fetch(address, {
      credentials: "same-origin",
      ...init,
      headers: { Accept: "application/json", "X-CSRFToken": csrfToken(), ...init.headers },
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Unreachable("offline");
  }
  if (response.status === 204) return null;
  const isJson = (response.headers.get("Content-Type") ?? "").startsWith("application/json");
  if (!isJson) void response.body?.cancel(); // or the request stays open
  if (response.redirected || response.status === 401) {
    void signIn("signed-out", false); // the upload says so, too, and resumes by itself
    throw new Unreachable("signed-out");
  }
  if (!isJson && response.status === 403) throw new Refused(_("You no longer have permission to do this. Ask staff."), 403, null);
  if (!isJson && response.status === 404) throw new Refused(_("This upload no longer exists. Start a new one."), 410, null);
  if (!isJson) throw new Unreachable("busy");
  const data = await response.json();
  if (!response.ok) throw new Refused(data.message ?? _("The server refused it."), response.status, data.received ?? null);
  return data;
}

/**
 * @param {Addresses} urls
 * @param {Chosen[]} chosen
 * @returns {Promise<Expected[]>}
 */
export async function announce(urls, chosen) {
  const files = [];
  for (const { name, file } of chosen) {
    files.push({ name, size: file.size, modified: file.lastModified, fingerprint: await fingerprint(file) });
  }
  const body = JSON.stringify({ files });
  const data = await ask(urls.files, { method: "POST", body, headers: { "Content-Type": "application/json" } });
  return data.files;
}

/**
 * @param {string} address of the file
 * @param {ArrayBuffer} chunk
 * @param {number} offset
 * @param {AbortSignal} signal
 * @returns {Promise<number>} how far the file is now
 */
export async function sendChunk(address, chunk, offset, signal) {
  /** @type {Record<string, string>} */
  const headers = { "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" };
  const digest = await sha256(chunk);
  if (digest) headers["Content-Digest"] = `sha-256=:${btoa(String.fromCharCode(...new Uint8Array(digest)))}:`;
  const data = await ask(address, { method: "PUT", body: chunk, headers, signal });
  return data.received;
}

/**
 * @param {string} address
 * @returns {Promise<number>} how far the file is
 */
export async function howFar(address) {
  return (await ask(address, {})).received;
}

/** @param {string} address */
export async function leaveOut(address) {
  await ask(address, { method: "DELETE" });
}

/**
 * @param {Addresses} urls
 * @returns {Promise<string>} the address of the job
 */
export async function finish(urls) {
  return (await ask(urls.finish, { method: "POST" })).address;
}

/**
 * Tells two files of one name, size and time apart by their ends. Nothing where the browser has no digests, as it has
 * none on pages without HTTPS.
 * @param {File} file
 * @returns {Promise<string>}
 */
async function fingerprint(file) {
  try {
    const ends = new Blob([file.slice(0, END_BYTES), file.slice(Math.max(0, file.size - END_BYTES))]);
    const digest = await sha256(await ends.arrayBuffer());
    return digest ? Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("") : "";
  } catch {
    return ""; // it cannot be read: sending it will say so
  }
}

/**
 * @param {ArrayBuffer} bytes
 * @returns {Promise<ArrayBuffer | null>}
 */
async function sha256(bytes) {
  return crypto.subtle ? crypto.subtle.digest("SHA-256", bytes) : null;
}
