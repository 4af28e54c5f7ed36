/** Requests of an upload: sending files by tus, leaving one out, finishing. */

import { csrfToken } from "../desk/dom.js";
import { signIn } from "../desk/signing_in.js";
import { _ } from "../i18n.js";
import { crc32Of } from "./checksum.js";

/** @typedef {import("./choosing.js").Chosen} Chosen */
/** @typedef {{page: string, files: string, tus: string, finish: string, abandon: string}} Addresses */

const END_BYTES = 65536;
const UNREADABLE = _("This file can’t be read anymore. It was moved or changed. Choose it again.");

/** The server couldn't be reached, or something else responded in its place. */
export class Unreachable extends Error {
  /** @param {"offline" | "signed-out" | "busy"} kind */
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

/** The server refused, with a sentence; `received` is the file's offset, if it sent one. */
export class Refused extends Error {
  /**
   * @param {string} message
   * @param {number} status
   * @param {number | null} received
   * @param {string | null} [address] of an unfinished file on the server, empty if there is none; null if it doesn't say
   */
  constructor(message, status, received, address = null) {
    super(message);
    this.status = status;
    this.received = received;
    this.address = address;
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
 * Send one file by tus. If it is started again, it gets the offset and sends the rest.
 * @param {Addresses & {firstChunk: number}} urls
 * @param {Chosen} chosen
 * @param {() => {count: number, bytes: number}} later what follows and has not begun, so that what cannot fit is refused at once
 * @param {(took: number, bytes: number) => void} onChunk
 * @returns {Promise<any>} the library's Upload
 */
export async function uploadOf(urls, { name, file }, later, onChunk) {
  const tus = await library(urls.tus);
  let began = 0;
  const upload = new tus.Upload(file, {
    endpoint: urls.files,
    chunkSize: urls.firstChunk,
    retryDelays: null, // the transfer decides when to retry
    storeFingerprintForResuming: false, // the server knows its files by name
    httpStack: new Checking(new tus.DefaultHttpStack({})),
    metadata: { filename: name, modified: String(file.lastModified), fingerprint: await fingerprint(file) },
    /** @param {any} request */
    onBeforeRequest: (request) => {
      began = performance.now();
      request.setHeader("Accept", "application/json");
      request.setHeader("X-CSRFToken", csrfToken());
    },
    /** @param {number} bytes */
    onChunkComplete: (bytes) => onChunk(performance.now() - began, bytes),
  });
  const { count, bytes } = later();
  Object.assign(upload.options.metadata, { files: String(count), bytes: String(bytes) });
  return upload;
}

/**
 * @param {any} upload
 * @param {AbortSignal} signal
 * @param {(received: number) => void} onProgress
 * @returns {Promise<void>} when all of it is there
 */
export function send(upload, signal, onProgress) {
  return new Promise((done, fail) => {
    const stop = () => {
      void upload.abort();
      fail(new DOMException("", "AbortError"));
    };
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    const leave = () => signal.removeEventListener("abort", stop);
    let received = 0, checksum = "";
    Object.assign(upload.options, {
      /** @param {any} request @param {any} response */
      onAfterResponse: (request, response) => {
        received = request.getMethod() === "POST" ? Number(response.getHeader("Upload-Offset")) : 0;
        checksum = response.getHeader("Upload-Received-Checksum") ?? "";
      },
      // The library would send a partial file from its start, and be refused.
      onUploadUrlAvailable: () => {
        if (!received) return;
        void upload.abort();
        setTimeout(async () => {
          const problem = await isAnother(upload.file, received, checksum);
          if (signal.aborted) return;
          if (!problem) return upload.start();
          leave();
          fail(new Refused(problem, 422, null, received < upload.file.size ? upload.url : ""));
        });
      },
      onProgress,
      onSuccess: () => {
        leave();
        done();
      },
      /** @param {any} error */
      onError: (error) => {
        leave();
        fail(meaning(error));
      },
    });
    upload.start();
  });
}

/**
 * @param {File} file
 * @param {number} received bytes on the server
 * @param {string} checksum of them; empty where there is nothing to compare
 * @returns {Promise<string>} a sentence where the file isn't the one that they are of
 */
async function isAnother(file, received, checksum) {
  if (!checksum) return "";
  try {
    if (`crc32 ${await crc32Of(file.slice(0, received))}` === checksum) return "";
  } catch {
    return UNREADABLE;
  }
  return _("This is not the file that was being uploaded under this name. What is on the server is kept. Choose that file again, or import the others and add this one afterward.");
}

/**
 * @param {any} error of the library
 * @returns {Error} what it means for the upload
 */
function meaning(error) {
  if (error.causingError instanceof Unreadable) return new Refused(error.causingError.message, 422, null);
  const response = error.originalResponse;
  if (!response) return new Unreachable("offline");
  const status = response.getStatus();
  if (status === 401) {
    void signIn("signed-out", false); // the upload says so, too, and resumes by itself
    return new Unreachable("signed-out");
  }
  const isJson = /^application\/(problem\+)?json/.test(response.getHeader("Content-Type") ?? "");
  if (!isJson && status === 403) return new Refused(_("You no longer have permission to do this. Ask staff."), 403, null);
  if (status === 404) return new Refused(_("This upload no longer exists. Start a new one."), 410, null);
  if (!isJson) return new Unreachable("busy");
  const offset = response.getHeader("Upload-Offset");
  return new Refused(sentenceIn(response.getBody()), status, offset ? Number(offset) : null, response.getHeader("Location") ?? null);
}

/** @param {string} body @returns {string} */
function sentenceIn(body) {
  const { message, detail } = JSON.parse(body || "{}");
  return message ?? detail ?? _("The server refused it.");
}

/** A file that existed when it was chosen. */
class Unreadable extends Error {}

/** The library's requests, with a checksum of the body if the browser has digests. */
class Checking {
  /** @param {any} inner */
  constructor(inner) {
    this.inner = inner;
  }

  getName() {
    return "Checking";
  }

  /**
   * @param {string} method
   * @param {string} url
   */
  createRequest(method, url) {
    const request = this.inner.createRequest(method, url);
    const send = request.send.bind(request);
    /** @param {Blob | null} body */
    request.send = async (body = null) => {
      if (!body) return send(body);
      let bytes;
      try {
        bytes = await body.arrayBuffer();
      } catch {
        throw new Unreadable(UNREADABLE);
      }
      const digest = await sha256(bytes);
      if (digest) request.setHeader("Upload-Checksum", `sha256 ${btoa(String.fromCharCode(...new Uint8Array(digest)))}`);
      return send(bytes);
    };
    return request;
  }
}

/** @type {Promise<any> | null} */
let loading = null;

/**
 * @param {string} address
 * @returns {Promise<any>} tus-js-client
 */
function library(address) {
  loading ??= new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", () => done(/** @type {any} */ (window).tus));
    script.addEventListener("error", () => {
      loading = null;
      fail(new Unreachable("offline"));
    });
    document.head.append(script);
  });
  return loading;
}

/** @param {string} address */
export async function leaveOut(address) {
  await ask(address, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0" } });
}

/**
 * @param {Addresses} urls
 * @returns {Promise<string>} the address of the job
 */
export async function finish(urls) {
  return (await ask(urls.finish, { method: "POST" })).address;
}

/**
 * Return a fingerprint of a file's ends, to tell files of the same name and size apart: a CRC-32 if the browser has no
 * digests, as on pages without HTTPS.
 * @param {File} file
 * @returns {Promise<string>}
 */
async function fingerprint(file) {
  try {
    const ends = new Blob([file.slice(0, END_BYTES), file.slice(Math.max(0, file.size - END_BYTES))]);
    const digest = await sha256(await ends.arrayBuffer());
    return digest ? Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("") : await crc32Of(ends);
  } catch {
    return ""; // it can't be read, which sending it will report
  }
}

/**
 * @param {ArrayBuffer} bytes
 * @returns {Promise<ArrayBuffer | null>}
 */
async function sha256(bytes) {
  return crypto.subtle ? crypto.subtle.digest("SHA-256", bytes) : null;
}
