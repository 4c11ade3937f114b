// People without a ticket, heads, and who waits for a place that nobody claims.

import { rules } from "./card.js";
import { button, h, hour, once, put, t } from "./dom.js";
import { signal } from "./signals.js";

const BANDS = ["0-4", "5-10", "11-15", "16-17", "18+"];
const MARKS = [80, 95, 100];

export function walkUpScreen(app, place) {
  const parts = { counts: h("div", { "aria-live": "polite" }), form: h("div"), queue: h("div"), heads: h("div") };
  let people = 1;
  let session = app.current();
  const choice = chooser();
  put(place, h("h1", { class: "door-title", tabindex: "-1" }, t("tab_walkups")), choice, parts.counts, parts.form, parts.queue, parts.heads);
  drawForm();
  app.redraw = draw;
  draw();

  function chooser() {
    const sessions = app.state.sessions.filter((one) => !one.cancelled);
    if (sessions.length < 2) return null;
    const select = h("select", { class: "govuk-select", id: "door-session", onchange: () => {
      session = app.state.ledger.sessions.get(Number(select.value));
      draw();
      drawForm();
    } }, sessions.map((one) => h("option", { value: one.id, selected: one.id === session?.id }, `${hour(one.starts)} ${one.title}`)));
    return h("p", {}, h("label", { class: "govuk-label", for: "door-session" }, t("which_session")), select);
  }

  function drawForm() {
    if (!session) return put(parts.form, h("p", {}, t("nothing_runs")));
    const shown = h("strong", { class: "door-big", "aria-live": "polite" }, String(people));
    const name = h("input", { class: "govuk-input", id: "walk-name", maxlength: 80, autocomplete: "off" });
    const band = h("select", { class: "govuk-select", id: "walk-band" }, h("option", { value: "" }, t("not_said")), BANDS.map((one) => h("option", { value: one }, one)));
    const step = (by) => { people = Math.max(1, Math.min(99, people + by)); put(shown, String(people)); };
    put(parts.form,
      h("h2", { class: "door-subtitle" }, t("walk_up_title")),
      rules(session).map((line) => h("p", { class: "door-hint" }, line)),
      h("div", { class: "door-stepper" }, h("button", { type: "button", class: "door-step", "aria-label": t("one_fewer"), onclick: () => step(-1) }, "−"), shown, h("button", { type: "button", class: "door-step", "aria-label": t("one_more"), onclick: () => step(+1) }, "+")),
      h("details", { class: "door-more" }, h("summary", {}, t("walk_up_more")), h("p", { class: "door-hint" }, t("walk_up_hint")),
        h("p", {}, h("label", { class: "govuk-label", for: "walk-name" }, t("first_name")), name),
        h("p", {}, h("label", { class: "govuk-label", for: "walk-band" }, t("age_band")), band)),
      button(t("let_in"), once("walk_up", letIn), "door-button--main"), button(t("to_queue"), once("wait", wait)));

    async function letIn() {
      const left = app.state.ledger.roomLeft(session.id);
      if (people > left) {
        signal("no");
        return app.say(t("title_full_by_law", { legal: session.legal }));
      }
      const said = { name: name.value.trim(), age_band: band.value };
      const facts = { occurrence: session.id, people, source: "button", verdict: "walk_up" };
      if (Object.values(said).some(Boolean)) facts.walk_up = said;
      await app.write("walk_up", facts);
      signal("yes");
      app.say(t("walked_in", { n: people }));
      people = 1;
      drawForm();
      draw();
    }

    async function wait() {
      const label = nextNumber();
      await app.write("queue", { occurrence: session.id, people, source: "button", label });
      app.say(t("queued", { label }));
      people = 1;
      drawForm();
      draw();
    }
  }

  // A phone's own letter stands before its numbers, so that two phones never give out the same.
  function nextNumber() {
    const mine = app.state.own().filter((one) => one.kind === "queue" && one.label).map((one) => Number(one.label.replace(/^[A-Z]+/, "")));
    return `${app.state.letter}${Math.max(0, ...mine) + 1}`;
  }

  function draw() {
    if (!session) return;
    session = app.state.ledger.sessions.get(session.id) || session;
    const { ledger } = app.state;
    const now = app.state.now();
    const inside = ledger.inside(session.id);
    const free = ledger.free(session.id, now);
    put(parts.counts,
      h("p", { class: "door-count" }, h("span", {}, session.title), h("strong", {}, t("in_of", { inside: inside.all, expected: session.expected }))),
      h("p", { class: free ? "" : "door-warn" }, free ? t(now >= session.starts ? "free_released" : "free_now", { n: free }) : t(ledger.roomLeft(session.id) ? "full_now" : "full_law_now", { legal: session.legal })),
      h("p", { class: "door-hint" }, t("walk_ups_in", { n: inside.walkUps })));
    drawQueue(ledger, free);
    drawHeads(ledger);
  }

  function drawQueue(ledger, free) {
    const waiting = ledger.queue(session.id);
    let left = free;
    put(parts.queue, waiting.length ? h("h2", { class: "door-subtitle" }, t("queue_title")) : null,
      h("ul", { class: "door-list", role: "list" }, waiting.map((one) => {
        const fits = one.people <= left;
        if (fits) left -= one.people;
        return h("li", { class: "door-waiting" }, h("strong", {}, one.label), h("span", {}, t("people", { n: one.people })),
          button(t("let_in"), once("from_queue", () => fromQueue(one)), fits ? "door-button--main" : ""), button(t("gave_up"), async () => { await app.undo(one); draw(); }));
      })));
  }

  async function fromQueue(one) {
    if (one.people > app.state.ledger.roomLeft(session.id)) {
      signal("no");
      return app.say(t("title_full_by_law", { legal: session.legal }));
    }
    await app.write("walk_up", { occurrence: session.id, people: one.people, source: "button", verdict: "walk_up", follows: one.id });
    signal("yes");
    draw();
  }

  function drawHeads(ledger) {
    const heads = ledger.heads(session.id) || 0;
    const part = session.capacity ? Math.floor((heads * 100) / session.capacity) : 0;
    const mark = MARKS.filter((one) => part >= one).pop();
    put(parts.heads,
      h("h2", { class: "door-subtitle" }, t("heads_title")),
      h("p", { class: "door-hint" }, t("heads_hint")),
      h("div", { class: "door-stepper" }, h("button", { type: "button", class: "door-step door-step--large", "aria-label": t("one_fewer"), onclick: () => count(-1) }, "−"),
        h("strong", { class: "door-big", "data-heads": heads, "aria-live": "polite" }, String(heads)),
        h("button", { type: "button", class: "door-step door-step--large", "aria-label": t("one_more"), onclick: () => count(+1) }, "+")),
      mark ? h("p", { class: "door-warn", role: "status" }, mark === 100 ? t("heads_full", { capacity: session.capacity }) : t("heads_mark", { part: mark, capacity: session.capacity })) : null,
      lastStep() ? button(t("undo"), undoStep) : null);
  }

  function lastStep() {
    return app.state.own().filter((one) => one.kind === "heads" && one.occurrence === session.id && !app.state.ledger.isUndone(one)).pop();
  }

  async function count(by) {
    const heads = app.state.ledger.heads(session.id) || 0;
    if (heads + by < 0) return;
    if (heads + by > session.legal) {
      signal("no");
      return app.say(t("title_full_by_law", { legal: session.legal }));
    }
    navigator.vibrate?.(20);
    await app.write("heads", { occurrence: session.id, people: by, source: "button" });
    draw();
  }

  async function undoStep() {
    const step = lastStep();
    if (step) await app.undo(step);
    draw();
  }
}
