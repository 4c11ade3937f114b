// What a ticket is worth at this door, told at once from what the phone knows. The first thing that
// is wrong is said, in the order that helps most. Nothing here knows the page.

const EARLY = 2 * 60 * 60 * 1000; // a session lets people in so long before it starts

const ANSWERS = {
  welcome: "yes",
  unlisted: "look",
  already_in: "look",
  other_session: "look",
  other_room: "look",
  later: "look",
  older: "look",
  full: "look",
};

// `facts` are what a genuine code says; `world` is { ledger, nearby, now, only }: `only` is the one
// session this door is for, where it was chosen.
export function judgeTicket(facts, world) {
  const { ledger } = world;
  const row = ledger.tickets.get(facts.number) || null;
  const verdict = about(facts.number, row ? row.people : facts.people, row, world);
  const run = row ? row.run : facts.occurrence;
  const session = ledger.sessions.get(run) || null;
  Object.assign(verdict, { run, session, generation: facts.generation });
  if (!session) {
    verdict.elsewhere = world.nearby.runs.get(run) || null;
    return told(verdict, "other_session");
  }
  if (row && !row.stands) return told(verdict, "given_back");
  if (session.cancelled) return told(verdict, "cancelled");
  if (row && facts.generation < row.generation) return told(verdict, "older");
  return here(verdict, world, row ? "welcome" : "unlisted");
}

// The same for a party that was found by its name or reference.
export function judgeRow(row, world) {
  const session = world.ledger.sessions.get(row.run) || null;
  const verdict = about(row.number, row.people, row, world);
  Object.assign(verdict, { run: row.run, session, generation: row.generation });
  if (!row.stands) return told(verdict, "given_back");
  if (!session || session.cancelled) return told(verdict, "cancelled");
  return here(verdict, world, "welcome");
}

export function notATicket(kind, text) {
  return { kind, answer: "no", people: 0, admitted: 0, remaining: 0, most: 0, what: looksLike(text) };
}

// What it may be instead, so that the card can say so. Nothing is ever opened.
function looksLike(text) {
  if (/^\s*https?:/i.test(text)) return "address";
  if (/^\s*wifi:/i.test(text)) return "wifi";
  return "";
}

function about(number, people, row, { ledger }) {
  const { people: admitted, last } = ledger.admitted(number);
  return {
    number,
    row,
    people,
    admitted,
    last,
    remaining: Math.max(0, people - admitted),
    most: 0,
    told: Boolean(row && row.told),
  };
}

function here(verdict, world, kind) {
  const { ledger, now, only } = world;
  const { session } = verdict;
  if (verdict.remaining === 0) return told(verdict, "already_in");
  if (now >= session.ends) return told(verdict, "over");
  const left = ledger.roomLeft(session.id);
  verdict.most = Math.min(verdict.remaining, left);
  if (left === 0) return told(verdict, "full_by_law");
  if (only && only !== session.id) return told(verdict, "other_room");
  if (now < session.starts - EARLY) return told(verdict, "later");
  const inside = ledger.inside(session.id).all;
  const late = now >= session.starts && inside + verdict.remaining > session.capacity;
  return told(verdict, late ? "full" : kind);
}

function told(verdict, kind) {
  return Object.assign(verdict, { kind, answer: ANSWERS[kind] || "no" });
}
