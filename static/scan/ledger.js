// Who is in, as far as this phone knows: the list of who is expected, and what every phone wrote
// down. An undo may come before what it undoes; whatever comes twice counts once.

export const LETS_IN = new Set(["admit", "walk_up"]);

export class Ledger {
  constructor() {
    this.parts = new Map(); // "run" or "run.k" -> {version, rows}
    this.tickets = new Map(); // number -> row
    this.sessions = new Map(); // id -> what runs here
    this.events = new Map(); // id -> event
    this.undone = new Set();
    this.admits = new Map(); // ticket -> [events]
    this.byRun = new Map(); // run -> {tickets, walkUps}
  }

  setSessions(list) {
    this.sessions = new Map(list.map((one) => [one.id, one]));
  }

  setParts(parts) {
    this.parts = parts;
    this.tickets = new Map();
    for (const [key, part] of parts) {
      const run = Number.parseInt(key, 10);
      for (const row of part.rows) this.tickets.set(row[0], named(run, row));
    }
  }

  get versions() {
    return Object.fromEntries([...this.parts].map(([key, part]) => [key, part.version]));
  }

  add(event) {
    if (this.events.has(event.id)) return;
    this.events.set(event.id, event);
    if (event.kind === "undo") {
      if (this.undone.has(event.undoes)) return;
      this.undone.add(event.undoes);
      const target = this.events.get(event.undoes);
      if (target) this._count(target, -1);
    } else if (!this.undone.has(event.id)) {
      this._count(event, +1);
    }
    if (event.kind === "admit" && event.ticket) {
      if (!this.admits.has(event.ticket)) this.admits.set(event.ticket, []);
      this.admits.get(event.ticket).push(event);
    }
  }

  _count(event, sign) {
    if (!LETS_IN.has(event.kind) || !event.occurrence) return;
    const counts = this._counts(event.occurrence);
    counts[event.kind === "admit" ? "tickets" : "walkUps"] += sign * event.people;
  }

  _counts(run) {
    if (!this.byRun.has(run)) this.byRun.set(run, { tickets: 0, walkUps: 0 });
    return this.byRun.get(run);
  }

  isUndone(event) {
    return this.undone.has(event.id);
  }

  // How many came in by this ticket, and who let the last of them in.
  admitted(ticket) {
    const counted = (this.admits.get(ticket) || []).filter((one) => !this.isUndone(one));
    const people = counted.reduce((sum, one) => sum + one.people, 0);
    const last = counted.reduce((newest, one) => (!newest || one.at > newest.at ? one : newest), null);
    return { people, last };
  }

  inside(run) {
    const { tickets, walkUps } = this._counts(run);
    return { tickets, walkUps, all: tickets + walkUps };
  }

  // Heads as they were counted: the last full count, and every step after it; null: nobody counted.
  heads(run) {
    let base = null;
    let steps = 0;
    let counted = false;
    const mine = [...this.events.values()].filter(
      (one) => one.occurrence === run && !this.isUndone(one) && ["headcount", "heads"].includes(one.kind),
    );
    for (const one of mine) {
      if (one.kind === "headcount" && (!base || one.at >= base.at)) base = one;
    }
    for (const one of mine) {
      counted = true;
      if (one.kind === "heads" && (!base || one.at > base.at)) steps += one.people;
    }
    return counted ? Math.max(0, (base ? base.people : 0) + steps) : null;
  }

  // Who waits at the door for a place that nobody claims, in their order.
  queue(run) {
    const done = new Set();
    for (const one of this.events.values()) {
      if (one.kind === "walk_up" && one.follows && !this.isUndone(one)) done.add(one.follows);
    }
    return [...this.events.values()]
      .filter((one) => one.kind === "queue" && one.occurrence === run)
      .filter((one) => !this.isUndone(one) && !done.has(one.id))
      .sort((one, other) => one.at - other.at);
  }

  // How many people without a ticket may come in now. Before the start, places that people booked
  // are theirs; from the start on, those that nobody claimed are free.
  free(run, now) {
    const session = this.sessions.get(run);
    if (!session) return Infinity;
    const inside = this.inside(run);
    const awaited = now < session.starts ? Math.max(0, session.expected - inside.tickets) : 0;
    return Math.max(0, Math.min(session.capacity, session.legal) - inside.all - awaited);
  }

  // How many more the room may hold by law, as far as this phone knows.
  roomLeft(run) {
    const session = this.sessions.get(run);
    return session ? Math.max(0, session.legal - this.inside(run).all) : Infinity;
  }

  // More people than a ticket has places: two phones let the same party in.
  conflicts() {
    const found = [];
    for (const [number, admits] of this.admits) {
      const row = this.tickets.get(number);
      const counted = admits.filter((one) => !this.isUndone(one)).sort((a, b) => a.at - b.at);
      const people = counted.reduce((sum, one) => sum + one.people, 0);
      if (row && people > row.people) found.push({ row, people, admits: counted });
    }
    return found;
  }

  // Parties whose name or reference begins so; from two letters on.
  find(typed, limit = 30) {
    const wanted = folded(typed).split(" ").filter(Boolean);
    if (wanted.join("").length < 2) return [];
    const bare = wanted.join("");
    const found = [];
    for (const row of this.tickets.values()) {
      if (!row.stands) continue;
      const words = folded(row.name).split(" ");
      const reference = folded(row.reference).replace(/ /g, "");
      const byName = wanted.every((part) => words.some((word) => word.startsWith(part)));
      if (byName || (bare.length > 2 && reference.includes(bare))) found.push(row);
    }
    return found.sort((a, b) => a.name.localeCompare(b.name)).slice(0, limit);
  }

  // Everybody who has a ticket for this run, by name: the list for a roll call.
  expected(run) {
    return [...this.tickets.values()]
      .filter((row) => row.run === run && row.stands)
      .sort((a, b) => a.name.localeCompare(b.name));
  }
}

function named(run, row) {
  const [number, reference, name, people, generation, stands, told, adults, children, companions] = row;
  return {
    number,
    run,
    reference,
    name,
    people,
    generation,
    stands: stands === 1,
    told: told === 1,
    adults,
    children,
    companions,
  };
}

export function folded(text) {
  return String(text)
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
