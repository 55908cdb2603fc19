const database_name = "mainstay-app";
const store_name = "kept";

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(database_name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(store_name);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the browser's database did not open"));
  });
}

let opened: Promise<IDBDatabase> | undefined;

async function run<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  opened ??= open();
  const database = await opened;
  return new Promise((resolve, reject) => {
    const request = ask(database.transaction(store_name, mode).objectStore(store_name));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the browser's database did not answer"));
  });
}

/** What this browser keeps in its database: the device key, what home last showed, a shell's session. */
export type StoredName = "device-key" | "last-home" | "session-token";

/** Reads what is stored under a name; undefined when there is nothing. */
export function readStored(name: StoredName): Promise<unknown> {
  return run<unknown>("readonly", (store) => store.get(name) as IDBRequest<unknown>);
}

/** Stores a value that can be cloned (keys that can't be exported included). */
export async function store(name: StoredName, value: unknown): Promise<void> {
  await run("readwrite", (kept) => kept.put(value, name));
}

/** Deletes what is stored under a name. */
export async function deleteStored(name: StoredName): Promise<void> {
  await run("readwrite", (kept) => kept.delete(name));
}
