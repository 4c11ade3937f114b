// The last things this door wrote down, each to be taken back; and what two phones did twice.

import { button, h, hour, once, put, t } from "./dom.js";

import { namedAfter } from "./state.js";

const SHOWN = 20;

export function logScreen(app, place) {
  const conflicts = h("div");
  const list = h("ul", { class: "door-list", role: "list" });
  put(place, h("h1", { class: "door-title", tabindex: "-1" }, t("log_title")), conflicts, list);
  app.redraw = draw;
  draw();

  function draw() {
    const { ledger } = app.state;
    put(conflicts, ledger.conflicts().map(({ row, people, admits }) => h("section", { class: "door-warn" },
      h("p", {}, h("strong", {}, t("conflict", { reference: row.reference, people, places: row.people }))),
      h("ol", {}, admits.map((one) => h("li", {}, `${hour(at(one))} · ${doorOf(one)} · ${t("people", { n: one.people })}`))),
      h("p", {}, t("conflict_hint")),
      button(t("same_people"), once("settle", () => settle(row, admits, false))),
      button(t("extra_people"), once("settle", () => settle(row, admits, true))))));
    const events = [...ledger.events.values()].filter((one) => !["undo", "note"].includes(one.kind)).sort((a, b) => at(b) - at(a)).slice(0, SHOWN);
    put(list, events.length ? null : h("li", {}, t("log_nothing")), events.map((one) => h("li", { class: "door-logged" },
      h("span", {}, `${hour(at(one))} · ${doorOf(one)}`),
      h("strong", {}, what(one)),
      one.own && !one.acked ? h("span", { class: "door-hint" }, one.stuck ? t("not_taken") : t("not_sent_yet")) : null,
      one.flags?.length ? h("span", { class: "door-hint" }, one.flags.map((flag) => t(`flag_${flag}`)).join(" ")) : null,
      ledger.isUndone(one) ? h("span", { class: "door-hint" }, t("undone")) : button(t("undo"), async () => { await app.undo(one); draw(); }, "door-button--small"))));
  }

  // Take back what is beyond the places, the last first; extra people are counted as walk-ups.
  async function settle(row, admits, extra) {
    let beyond = admits.reduce((sum, one) => sum + one.people, 0) - row.people;
    for (const one of [...admits].reverse()) {
      if (beyond <= 0) break;
      const taken = Math.min(beyond, one.people);
      await app.undo(one);
      if (one.people > taken) {
        await app.write("admit", {
          id: await namedAfter(one.id, "rest"), ticket: row.number, occurrence: row.run, people: one.people - taken, generation: row.generation, source: "button", verdict: "welcome", follows: one.id });
      }
      if (extra) await app.write("walk_up", { id: await namedAfter(one.id, "extra"), occurrence: row.run, people: taken, source: "button", verdict: "walk_up", follows: one.id });
      beyond -= taken;
    }
    draw();
  }

  function at(one) {
    return one.own ? one.at + app.state.offset : one.at;
  }

  function doorOf(one) {
    return one.own ? t("this_phone") : [one.door, one.phone ? t("phone", { letter: one.phone }) : ""].filter(Boolean).join(", ") || t("another_door");
  }

  function what(one) {
    const row = app.state.ledger.tickets.get(one.ticket);
    if (one.kind === "admit") return `${t("people", { n: one.people })}${row?.reference ? `, ${row.reference}` : ""}`;
    return t(`logged_${one.kind}`, { n: one.people > 0 && one.kind === "heads" ? `+${one.people}` : one.people, label: one.label || "" });
  }
}
