// The one conversation with the site: what this phone wrote down goes up, what others wrote comes
// down. Safe to repeat: every event has its own id, and leaves the queue only when the answer
// names it.

const SOON = 150; // after a scan: a double tap goes along
const EVERY = 8 * 1000;
const AGAIN = 5 * 1000; // after it failed, then twice as long each time, up to SLOWEST
const SLOWEST = 30 * 1000;
const PATIENCE = 15 * 1000;
const LIST_EVERY = 20 * 1000;
const SCHEMA = 1;

export class Link {
  // `told` is called with what an answer changed; `said` when the connection or the queue changes.
  constructor({ address, state, told, said }) {
    Object.assign(this, { address, state, told, said });
    this.failures = 0;
    this.most = 200;
    this.online = null; // not known yet
    this.listAt = 0;
    this.sending = null;
    this.timer = 0;
  }

  start() {
    addEventListener("online", () => this.soon());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.soon();
    });
    this.soon();
  }

  stop() {
    clearTimeout(this.timer);
    this.stopped = true;
  }

  soon() {
    this._in(SOON);
  }

  now() {
    this.listAt = 0;
    return this._run();
  }

  _in(wait) {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => this._run(), wait);
  }

  async _run() {
    if (this.sending) {
      this.again = true;
      return this.sending;
    }
    this.sending = this._contact();
    try {
      await this.sending;
    } finally {
      this.sending = null;
    }
    const more = this.again || (this.online && (this.more || this.state.unsent().length > 0));
    this.again = false;
    const later = this.failures ? Math.min(SLOWEST, AGAIN * 2 ** (this.failures - 1)) : EVERY;
    this._in(more ? SOON : later);
  }

  async _contact() {
    const { state } = this;
    if (!state.token) return;
    const events = state.unsent().slice(0, this.most);
    const wants = Date.now() - this.listAt > LIST_EVERY;
    const body = {
      schema: SCHEMA,
      sent_at: Date.now(),
      cursor: state.cursor,
      unsent: state.unsent().length - events.length,
      wants,
      wiped: state.wiped,
      has: wants ? state.ledger.versions : {},
      events: events.map(plain),
    };
    let answer;
    try {
      answer = await post(this.address, body, state.token);
    } catch {
      this.failures += 1;
      this._is(false);
      return;
    }
    this.failures = answer.ok ? 0 : this.failures + 1;
    this._is(answer.ok || answer.status < 500);
    if (!answer.ok) return this._refused(answer, events);
    if (wants) this.listAt = Date.now();
    this.more = Boolean(answer.body.more);
    state.offset = answer.body.server_now - Date.now();
    await this.told(answer.body);
  }

  async _refused(answer, events) {
    if (answer.status === 401) return this.told({ pass: "unknown", results: {} });
    if (answer.status !== 400 && answer.status !== 413) return;
    // One of them cannot be read as a whole: find it, so that it keeps no other back.
    if (events.length > 1) this.most = Math.max(1, Math.floor(events.length / 2));
    else if (events.length === 1) {
      this.most = 200;
      await this.told({ results: {}, refused: { [events[0].id]: answer.body.what || "unread" } });
    }
  }

  _is(online) {
    const changed = this.online !== online;
    this.online = online;
    if (changed) this.said();
  }
}

// What is sent of an event: not what the phone notes about it.
function plain({ id, seq, kind, at, ticket, occurrence, people, generation, undoes, follows, label, source, verdict, list_version, walk_up }) {
  return { id, seq, kind, at, ticket, occurrence, people, generation, undoes, follows, label, source, verdict, list_version, walk_up };
}

export async function post(address, body, token) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  try {
    const response = await fetch(address, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
      signal: stop.signal,
      cache: "no-store",
      redirect: "error",
    });
    const told = await response.json();
    return { ok: response.ok, status: response.status, body: told };
  } finally {
    clearTimeout(timer);
  }
}
