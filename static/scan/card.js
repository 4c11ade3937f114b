// The answer, over the whole screen: a colour, a sign, a word, a number, a tone. Green closes by
// itself; the others need a tap.

import { button, day, h, hour, icon, once, put, sameDay, t } from "./dom.js";
import { signal } from "./signals.js";

const CLOSES = 2600;

export async function showCard(app, verdict, { source = "camera", again = false } = {}) {
  app.closeCard?.(false);
  const card = { event: null, flagged };
  app.card = card;
  app.cardOpen = true;
  let timer = 0;
  let count = verdict.most || verdict.remaining;
  let answer = verdict.answer;
  let extra = [];

  if (again) verdict = { ...verdict, admitted: verdict.admitted + (app.lastCount || 0) };
  else if (answer === "yes") await admit(count);
  else await note();
  signal(answer);
  draw();

  async function admit(people) {
    count = people;
    app.lastCount = people;
    card.event = await app.write("admit", {
      ticket: verdict.number,
      occurrence: verdict.run,
      people,
      generation: verdict.generation ?? null,
      source,
      verdict: verdict.kind,
    });
  }

  function note() {
    return app.write("note", {
      ticket: verdict.number || null,
      occurrence: verdict.session ? verdict.run : null,
      source,
      verdict: verdict.kind,
    });
  }

  // One after another: two quick taps must not both take back the same admission.
  let line = Promise.resolve();

  function inTurn(work) {
    line = line.then(work);
    return line;
  }

  async function change(step) {
    const next = Math.max(1, Math.min(verdict.most, count + step));
    if (next === count) return;
    stay();
    const before = card.event;
    count = next;
    if (before) {
      await app.undo(before);
      await admit(next);
    }
    draw();
  }

  // What others knew and this phone did not: the site has just said so.
  function flagged(flags) {
    const bad = flags.filter((flag) => flag !== "late_upload" && flag !== "clock_jump");
    if (!bad.length || !app.cardOpen) return;
    answer = "look";
    extra = bad.map((flag) => t(`flag_${flag}`));
    stay();
    signal("look");
    draw();
  }

  function stay() {
    clearTimeout(timer);
    app.places.card.querySelector(".door-card__bar")?.remove();
  }

  function close(refocus = true) {
    clearTimeout(timer);
    removeEventListener("keydown", keys, true);
    put(app.places.card);
    app.places.card.hidden = true;
    app.cardOpen = false;
    app.closeCard = null;
    app.refresh();
    if (refocus) app.places.screen.querySelector("h1")?.focus();
  }

  function keys(event) {
    if (event.key === "Escape") close();
    if (event.key === "Tab") keepInside(event);
  }

  function keepInside(event) {
    const inside = [...app.places.card.querySelectorAll("button, a")];
    const first = inside[0];
    const last = inside[inside.length - 1];
    if (event.shiftKey && document.activeElement === first) {
      event.preventDefault();
      last.focus();
    } else if (!event.shiftKey && document.activeElement === last) {
      event.preventDefault();
      first.focus();
    }
  }

  async function takeBack() {
    stay();
    if (card.event) await app.undo(card.event);
    card.event = null;
    close();
  }

  async function letIn() {
    await admit(count);
    close();
  }

  async function asWalkUp() {
    const session = app.current();
    if (!session) return;
    const people = Math.min(verdict.remaining || verdict.people || 1, app.state.ledger.roomLeft(session.id));
    if (people > 0) await app.write("walk_up", { occurrence: session.id, people, source: "button", verdict: verdict.kind });
    close();
  }

  function draw() {
    const closesItself = answer === "yes" && !verdict.told && !extra.length;
    const place = put(app.places.card,
      h("div", { class: `door-card door-card--${answer}`, role: "alertdialog", "aria-modal": "true", "aria-labelledby": "door-card-title", "aria-describedby": "door-card-lines", "data-kind": verdict.kind, "data-answer": answer },
        closesItself ? h("div", { class: "door-card__bar" }) : null,
        h("div", { class: "door-card__sign" }, icon(answer), h("span", { class: "door-card__word" }, t(`word_${answer}`))),
        number(),
        h("h2", { class: "door-card__title", id: "door-card-title" }, title(app, verdict)),
        h("div", { id: "door-card-lines", class: "door-card__lines" },
          extra.map((line) => h("p", { class: "door-card__strong" }, line)),
          verdict.told ? h("p", { class: "door-card__strong" }, t("told")) : null,
          lines(app, verdict).map((line) => h("p", {}, line))),
        h("div", { class: "door-card__buttons" }, buttons())));
    app.places.card.hidden = false;
    place.querySelector(".door-card__buttons button")?.focus();
    clearTimeout(timer);
    if (closesItself) timer = setTimeout(close, CLOSES);
  }

  function number() {
    const shown = answer === "yes" || mayLetIn() ? count : null;
    if (shown === null) return null;
    const several = verdict.most > 1;
    return h("div", { class: "door-card__number" },
      several ? h("button", { type: "button", class: "door-step", "aria-label": t("one_fewer"), onclick: () => inTurn(() => change(-1)) }, "−") : null,
      h("strong", { "data-people": shown, "aria-live": "polite" }, String(shown)),
      several ? h("button", { type: "button", class: "door-step", "aria-label": t("one_more"), onclick: () => inTurn(() => change(+1)) }, "+") : null);
  }

  function mayLetIn() {
    return answer === "look" && !card.event && verdict.most > 0;
  }

  function buttons() {
    const made = [];
    if (answer === "yes" || card.event) {
      made.push(button(verdict.told ? t("told_done") : t("next"), () => close(), "door-button--main"));
      if (card.event) made.push(button(t("undo"), () => inTurn(takeBack)));
      return made;
    }
    if (mayLetIn()) made.push(button(t("let_in"), once("let_in", letIn), "door-button--main"));
    if (verdict.kind === "already_in") made.push(button(t("coming_back"), () => close(), "door-button--main"));
    if (["already_in", "other_session", "given_back", "over"].includes(verdict.kind) && app.current() && !app.current().cancelled) {
      const left = app.state.ledger.roomLeft(app.current().id);
      if (left > 0) made.push(button(t("as_walk_up", { title: app.current().title }), once("as_walk_up", asWalkUp)));
    }
    if (answer !== "yes") made.push(button(t("ask_help"), () => { close(); app.show("help"); }));
    made.push(button(t("close"), () => close()));
    return made;
  }

  app.closeCard = close;
  addEventListener("keydown", keys, true);
  return card;
}

function title(app, verdict) {
  if (verdict.kind === "welcome" && verdict.admitted) return t("title_welcome_more", verdict);
  if (verdict.kind === "already_in") return t("title_already_in", verdict);
  if (verdict.kind === "other_session" && verdict.elsewhere) return t("title_other", { title: verdict.elsewhere.title });
  if (verdict.kind === "full_by_law" && verdict.session) return t("title_full_by_law", { legal: verdict.session.legal });
  return t(`title_${verdict.kind}`);
}

function lines(app, verdict) {
  const { row, session, elsewhere } = verdict;
  const found = [];
  if (row && row.name && verdict.answer !== "no") found.push(row.name, row.reference);
  if (verdict.admitted && verdict.kind !== "already_in") found.push(t("some_in", verdict));
  if (verdict.last && verdict.admitted) found.push(lastIn(app, verdict.last));
  if (verdict.kind === "other_session") found.push(...whereElse(app, elsewhere));
  if (session) found.push(`${session.title}, ${session.room}`, when(app, session));
  if (verdict.kind === "other_room" && session) found.push(t("send_to_room", { room: session.room }));
  if (row && row.children + row.companions > 0) found.push(t("party", row));
  if (session && verdict.answer !== "no") found.push(...rules(session));
  const hint = HINTS[verdict.kind];
  if (hint) found.push(t(hint, { hour: app.state.listAt ? hour(app.state.listAt) : "" }));
  if (verdict.what) found.push(t(`what_${verdict.what}`));
  return found.filter(Boolean);
}

const HINTS = {
  not_ours: "hint_not_ours",
  not_genuine: "hint_not_genuine",
  already_in: "hint_already_in",
  unlisted: "hint_unlisted",
  older: "hint_older",
  cancelled: "hint_cancelled",
  given_back: "hint_given_back",
  full: "hint_full",
  full_by_law: "hint_full_by_law",
  over: "hint_over",
  later: "hint_later",
};

function lastIn(app, last) {
  const where = [last.own ? t("this_phone") : last.door || t("another_door"), last.phone && !last.own ? t("phone", { letter: last.phone }) : ""].filter(Boolean).join(", ");
  return t("last_in", { where, hour: hour(last.own ? last.at + app.state.offset : last.at) });
}

function whereElse(app, run) {
  if (!run) return [t("elsewhere_unknown")];
  const venue = app.nearby.venues[run.venue];
  const here = app.state.door && run.venue === app.state.door.venue_id;
  const found = [when(app, run), `${run.room}, ${venue?.name || ""}`];
  if (here) return found;
  if (venue?.address) found.push(venue.address);
  if (venue?.transport && venue.transport !== "not known") found.push(venue.transport);
  const walk = walking(app, venue);
  if (walk !== null) found.push(t(reaches(app, run, walk) ? "walk_in_time" : "walk_too_late", { minutes: walk }));
  return found;
}

// Minutes on foot, roughly: streets are a third longer than the line, at 4.5 km an hour.
function walking(app, venue) {
  const from = app.nearby.venues[app.state.door?.venue_id]?.place;
  const to = venue?.place;
  if (!from || !to || from.includes(null) || to.includes(null)) return null;
  const [north, east] = [(to[0] - from[0]) * 111.2, (to[1] - from[1]) * 111.2 * Math.cos((to[0] * Math.PI) / 180)];
  const minutes = Math.ceil((Math.hypot(north, east) * 1.33 * 60) / 4.5);
  return minutes <= 90 ? Math.max(1, minutes) : null;
}

function reaches(app, run, minutes) {
  return app.state.now() + minutes * 60000 <= run.starts;
}

function when(app, run) {
  const hours = t("hours", { starts: hour(run.starts), ends: hour(run.ends) });
  return sameDay(run.starts, app.state.now()) ? hours : `${day(run.starts)}, ${hours}`;
}

// Ages and adults, in words: what the host must see to.
export function rules(session) {
  const found = [];
  if (session.age_min) found.push(t("age_from", { age: session.age_min }));
  if (session.age_max) found.push(t("age_to", { age: session.age_max }));
  if (session.accompaniment && session.accompaniment !== "none") found.push(t(`adults_${session.accompaniment}`));
  return found;
}
