// What this phone is and knows: its key, its list, what it wrote down and what others wrote.

import { Ledger } from "./ledger.js";

const HOUR = 60 * 60 * 1000;
const KEPT_AFTER = 12 * HOUR; // after the shift every list goes
const KEPT = ["token", "letter", "door", "cursor", "offset", "keys", "call", "sessions", "listAt", "listVersion", "nearby", "settings", "wiped"];

export class State {
  constructor(store) {
    this.store = store;
    this.ledger = new Ledger();
    this.stored = true; // whether the last thing was written where it lasts
    this.forget();
    this.settings = {};
  }

  forget() {
    Object.assign(this, { token: "", letter: "", door: null, cursor: 0, offset: 0, keys: null });
    Object.assign(this, { call: [], sessions: [], listAt: 0, listVersion: "", wiped: false });
    this.nearby = this.nearby || { runs: [], venues: {} };
  }

  async load() {
    const { meta, parts, events } = await this.store.load();
    for (const key of KEPT) if (meta.has(key)) this[key] = meta.get(key);
    this.ledger.setSessions(this.sessions);
    this.ledger.setParts(parts);
    for (const event of events.sort((a, b) => a.at - b.at)) this.ledger.add(event);
  }

  async keep(...keys) {
    await this._write(() => this.store.setMany(keys.map((key) => [key, this[key]])));
  }

  // A phone whose memory is full goes on, and says so.
  async _write(work) {
    try {
      await work();
      this.stored = this.store.lasting;
    } catch {
      this.stored = false;
    }
  }

  // The time by the festival's clock, however this phone's is set.
  now() {
    return Date.now() + this.offset;
  }

  async paired({ token, letter, door }) {
    const others = [...this.ledger.events.values()].filter((one) => !one.own);
    Object.assign(this, { token, letter, door, cursor: 0, wiped: false });
    await this._write(() => this.store.dropEvents(others.map((one) => one.id)));
    await this.keep("token", "letter", "door", "cursor", "wiped");
  }

  // --- what this phone writes down

  async write(kind, facts) {
    const made = {
      id: newId(),
      kind,
      at: Date.now(),
      people: 0,
      source: "button",
      list_version: this.listVersion,
      own: true,
      acked: false,
      ...facts,
    };
    let event = { ...made, seq: Date.now() % 2 ** 31 };
    await this._write(async () => (event = await this.store.addOwn(made)));
    this.ledger.add(event);
    return event;
  }

  own() {
    return [...this.ledger.events.values()].filter((one) => one.own);
  }

  unsent() {
    return this.own().filter((one) => !one.acked && !one.stuck).sort((a, b) => a.seq - b.seq);
  }

  // What the site could not read: kept, and shown, and never sent again by itself.
  stuck() {
    return this.own().filter((one) => one.stuck);
  }

  // From another phone, whose battery is nearly empty.
  async adopt(events) {
    const fresh = events.filter((one) => !this.ledger.events.has(one.id));
    for (const one of fresh) {
      const { acked: _acked, stuck: _stuck, flags: _flags, seq: _seq, ...facts } = one;
      await this.write(one.kind, facts);
    }
    return fresh.length;
  }

  // --- what an answer brings

  async take(answer) {
    const changed = this._acknowledge(answer.results || {}, answer.refused || {});
    for (const event of answer.events || []) {
      if (!this.ledger.events.has(event.id)) {
        this.ledger.add(event);
        changed.push(event);
      }
    }
    if (changed.length) await this._write(() => this.store.putEvents(changed));
    if (answer.pass !== "open") return this._closed(answer);
    this.cursor = answer.cursor;
    const keys = ["cursor", "offset"];
    if (answer.list) {
      await this._takeList(answer.list);
      this.sessions = answer.sessions;
      this.ledger.setSessions(answer.sessions);
      Object.assign(this, { call: answer.call, door: answer.door, keys: answer.keys });
      Object.assign(this, { listAt: this.now(), listVersion: answer.list.version, wiped: false });
      keys.push("call", "door", "keys", "sessions", "listAt", "listVersion", "wiped");
    }
    return this.keep(...keys);
  }

  _acknowledge(results, refused) {
    const changed = [];
    for (const [id, flags] of Object.entries(results)) {
      const event = this.ledger.events.get(id);
      if (!event || !event.own) continue;
      Object.assign(event, { acked: true, flags });
      if (flags.includes("repeat")) this._countNothing(event);
      delete event.walk_up; // what somebody said of themselves is not kept on a phone
      changed.push(event);
    }
    for (const [id, why] of Object.entries(refused)) {
      const event = this.ledger.events.get(id);
      if (!event || !event.own) continue;
      event.stuck = why;
      changed.push(event);
    }
    return changed;
  }

  // The site took it for the same scan: it counts nobody here either.
  _countNothing(event) {
    if (!this.ledger.isUndone(event)) {
      const counts = this.ledger.byRun.get(event.occurrence);
      if (counts) counts.tickets -= event.people;
    }
    event.people = 0;
  }

  async _takeList({ parts, gone }) {
    const all = new Map(this.ledger.parts);
    for (const key of gone) all.delete(key);
    for (const [key, part] of Object.entries(parts)) all.set(key, part);
    this.ledger.setParts(all);
    await this._write(() => this.store.changeParts(parts, gone));
  }

  async _closed({ pass, wipe }) {
    this.pass = pass;
    if (wipe || pass === "unknown") await this.wipe();
  }

  // Names go at once; what was not sent yet stays until it is.
  async wipe() {
    const gone = [...this.ledger.events.values()].filter((one) => !one.own || one.acked);
    const left = this.own().filter((one) => !one.acked);
    const ledger = new Ledger();
    for (const event of left) ledger.add(event);
    this.ledger = ledger;
    Object.assign(this, { sessions: [], call: [], listAt: 0, listVersion: "", cursor: 0, wiped: true });
    await this._write(async () => {
      await this.store.clearParts();
      await this.store.dropEvents(gone.map((one) => one.id));
    });
    await this.keep("sessions", "call", "listAt", "listVersion", "cursor", "wiped");
  }

  isOver() {
    return Boolean(this.door) && this.now() > this.door.until + KEPT_AFTER && !this.wiped;
  }
}

// What settling writes is named after the scan that it is about, the same here as on the server: when
// both settle it, it counts once.
const SETTLED = [0x6a, 0x1f, 0x6f, 0x0e, 0x6f, 0x0b, 0x4a, 0x52, 0x9f, 0x0a, 0x0c, 0x1d, 0x5b, 0x7e, 0x2c, 0x11];

export async function namedAfter(id, name) {
  if (!crypto.subtle) return newId();
  const said = new TextEncoder().encode(`${id}/${name}`);
  const digest = await crypto.subtle.digest("SHA-1", new Uint8Array([...SETTLED, ...said]));
  const bytes = new Uint8Array(digest).slice(0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x50;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return written(bytes);
}

export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return written(bytes);
}

function written(bytes) {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
