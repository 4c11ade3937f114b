// What the phone keeps: in IndexedDB, so that no scan is lost when the browser or the phone stops.
// Where there is none (private browsing), in memory: the page says so.

const NAME = "festival-door";
const VERSION = 1;
const STORES = { meta: null, parts: null, events: { keyPath: "id" } };

export async function openStore() {
  try {
    const database = await opened();
    const store = new Kept(database);
    await store.set("opened", Date.now()); // some browsers open it and refuse to write
    return store;
  } catch {
    return new Remembered();
  }
}

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      for (const [name, options] of Object.entries(STORES)) {
        request.result.createObjectStore(name, options || undefined);
      }
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

class Kept {
  constructor(database) {
    this.lasting = true;
    this.database = database;
  }

  // { meta: Map, parts: Map, events: [] }
  async load() {
    const meta = new Map();
    const parts = new Map();
    let events = [];
    await this._in(Object.keys(STORES), "readonly", (stores) => {
      collect(stores.meta, meta);
      collect(stores.parts, parts);
      stores.events.getAll().onsuccess = (event) => (events = event.target.result);
    });
    return { meta, parts, events };
  }

  set(key, value) {
    return this._in(["meta"], "readwrite", ({ meta }) => meta.put(value, key));
  }

  setMany(entries) {
    return this._in(["meta"], "readwrite", ({ meta }) => {
      for (const [key, value] of entries) meta.put(value, key);
    });
  }

  // One that this phone made: it gets the next number of this phone, in the same write.
  async addOwn(event) {
    let made = event;
    await this._in(["meta", "events"], "readwrite", ({ meta, events }) => {
      meta.get("seq").onsuccess = ({ target }) => {
        made = { ...event, seq: (target.result || 0) + 1 };
        meta.put(made.seq, "seq");
        events.put(made);
      };
    });
    return made;
  }

  putEvents(list) {
    return this._in(["events"], "readwrite", ({ events }) => {
      for (const event of list) events.put(event);
    });
  }

  dropEvents(ids) {
    return this._in(["events"], "readwrite", ({ events }) => {
      for (const id of ids) events.delete(id);
    });
  }

  changeParts(fresh, gone) {
    return this._in(["parts"], "readwrite", ({ parts }) => {
      for (const key of gone) parts.delete(key);
      for (const [key, part] of Object.entries(fresh)) parts.put(part, key);
    });
  }

  clearParts() {
    return this._in(["parts"], "readwrite", ({ parts }) => parts.clear());
  }

  _in(names, mode, work) {
    return new Promise((resolve, reject) => {
      // On the disk when it is done: what was shown as in must outlive an empty battery.
      const transaction = this.database.transaction(names, mode, { durability: "strict" });
      transaction.oncomplete = () => resolve();
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
      work(Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)])));
    });
  }
}

function collect(store, map) {
  store.openCursor().onsuccess = ({ target }) => {
    if (!target.result) return;
    map.set(target.result.key, target.result.value);
    target.result.continue();
  };
}

class Remembered {
  constructor() {
    this.lasting = false;
    this.meta = new Map();
    this.seq = 0;
  }

  async load() {
    return { meta: this.meta, parts: new Map(), events: [] };
  }

  async addOwn(event) {
    this.seq += 1;
    return { ...event, seq: this.seq };
  }

  async set() {}
  async setMany() {}
  async putEvents() {}
  async dropEvents() {}
  async changeParts() {}
  async clearParts() {}
}
