/**
 * Unsent changes in the browser's own database, where they survive a reload and closing the browser. Each
 * belongs to one person and one collection, and is sent only as that person.
 */

/**
 * @typedef {object} Change
 * @property {string} actId  by which the server knows it again: sent twice, it is done once
 * @property {string} verb
 * @property {"acts" | "answer"} door  where it is sent
 * @property {Record<string, any>} body  what the server needs beside act_id, since and versions
 * @property {Record<number, number>} [versions]  of the groups it is based on; acts on no groups have none
 * @property {Record<number, string>} [seen]  what pages these groups had on the screen, of acts on whole groups
 * @property {number} [newId]  the temporary id of the group it makes
 * @property {number[]} [shown]  groups it is about, where `body` names a filter
 * @property {import("./queue.js").Seam[]} [seams]  as the queue shows them
 * @property {Record<number, number>} [places]  of answers: the group of each page
 */

/** @typedef {Change & {owner: string, at: number, title: string, address: string}} Record_ */

const STORE = "changes";

/** @returns {Promise<IDBDatabase>} */
function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("hhreview", 1);
    asked.addEventListener("upgradeneeded", () => asked.result.createObjectStore(STORE, { keyPath: "actId" }));
    asked.addEventListener("success", () => resolve(asked.result));
    asked.addEventListener("error", () => reject(asked.error));
    asked.addEventListener("blocked", () => reject(new Error("blocked")));
  });
}

/** @type {Promise<IDBDatabase> | null} */
let database = null;

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T> | null} work
 * @returns {Promise<T | undefined>} once it is on the disk
 */
async function within(mode, work) {
  database ??= opened();
  const transaction = (await database).transaction(STORE, mode);
  const asked = work(transaction.objectStore(STORE));
  transaction.commit?.();
  return new Promise((resolve, reject) => {
    transaction.addEventListener("complete", () => resolve(asked?.result));
    transaction.addEventListener("abort", () => reject(transaction.error));
  });
}

/**
 * @param {string} person
 * @returns {Promise<Record_[]>} all that this person did and the server does not have, oldest first
 */
export async function keptOf(person) {
  const all = /** @type {Record_[]} */ ((await within("readonly", (store) => store.getAll())) ?? []);
  return all.filter(({ owner }) => owner.startsWith(`${person}/`)).sort((a, b) => a.at - b.at);
}

export class Kept {
  /** @param {{person: string, collection: string, title: string, address: string}} whose */
  constructor({ person, collection, title, address }) {
    this.person = person;
    this.owner = `${person}/${collection}`;
    this.about = { title, address };
    /** Whether the browser stores them; if not, they are lost when the page is left. */
    this.works = true;
    this.last = 0;
  }

  /** @returns {Promise<Record_[]>} oldest first */
  async all() {
    try {
      return (await keptOf(this.person)).filter(({ owner }) => owner === this.owner);
    } catch {
      this.works = false; // the page asks before it is left
      return [];
    }
  }

  /** @param {Change & {at?: number}} change */
  put(change) {
    change.at ??= this.last = Math.max(Date.now(), this.last + 1);
    const { actId, verb, door, body, versions, seen, newId, shown, seams, at } = change;
    const record = { actId, verb, door, body, versions, seen, newId, shown, seams, at, owner: this.owner, ...this.about };
    void this.write((store) => store.put(record));
  }

  /** @param {Change} change */
  drop(change) {
    void this.write((store) => store.delete(change.actId));
  }

  /** @param {(store: IDBObjectStore) => IDBRequest<any>} work */
  async write(work) {
    try {
      await within("readwrite", work);
    } catch {
      this.works = false;
    }
  }
}
