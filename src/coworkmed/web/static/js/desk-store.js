// What a desk keeps between visits to its page, and without a network: what it was told, and what it saw.
// Scans are added and never changed; which of them the site has is noted beside them.

let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("front-desk", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("told");
      asked.result.createObjectStore("scans", { keyPath: "id" });
      asked.result.createObjectStore("sent");
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

/** Resolves once what `work` asked of a store is on the disk. */
async function within(store, mode, work) {
  const transaction = (await open()).transaction(store, mode, { durability: "strict" });
  const answer = work(transaction.objectStore(store));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(answer?.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

/** What was told last under a name ("briefing", "site", "offset"); undefined where nothing was. */
export const told = (name) => within("told", "readonly", (store) => store.get(name));
export const tell = (name, value) => within("told", "readwrite", (store) => store.put(value, name));

/** Add a scan; one of that id is refused. */
export const add = (scan) => within("scans", "readwrite", (store) => store.add(scan));
export const scans = () => within("scans", "readonly", (store) => store.getAll());

/** Note that the site has these scans. */
export const sent = (ids) => within("sent", "readwrite", (store) => void ids.forEach((id) => store.put(1, id)));

/** Scans the site does not have yet, in the order they were made. */
export async function unsent() {
  const had = new Set(await within("sent", "readonly", (store) => store.getAllKeys()));
  return (await scans()).filter((one) => !had.has(one.id)).sort((one, other) => (one.at < other.at ? -1 : 1));
}

/** Forget scans of long ago that the site has. */
export async function forget(before) {
  const kept = new Set((await unsent()).map((one) => one.id));
  const old = (await scans()).filter((one) => one.at < before && !kept.has(one.id)).map((one) => one.id);
  for (const name of ["scans", "sent"]) await within(name, "readwrite", (store) => void old.forEach((id) => store.delete(id)));
}
