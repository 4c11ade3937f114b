// Something is wrong: one screen that needs no network. What to do stands in words; who helps can be
// called with one tap. Nothing that is done here is stored.

import { button, h, hour, put, t } from "./dom.js";

const MATTERS = ["fire", "first_aid", "lost_child", "safeguarding", "cancel", "access", "complaint"];

export function helpScreen(app, place) {
  const inside = h("div");
  put(place, h("h1", { class: "door-title", tabindex: "-1" }, t("tab_help")), inside);
  menu();

  function menu() {
    put(inside,
      h("p", {}, h("a", { class: "door-button door-button--danger", href: "tel:999" }, t("call_999"))),
      h("ul", { class: "door-list", role: "list" }, MATTERS.map((name) => h("li", {}, h("button", { type: "button", class: "door-row", onclick: () => open(name) }, h("strong", {}, t(`help_${name}`)))))),
      h("h2", { class: "door-subtitle" }, t("phones_title")), phones());
  }

  function open(name) {
    put(inside, button(t("back"), menu, "door-button--small"),
      h("h2", { class: "door-subtitle", tabindex: "-1" }, t(`help_${name}`)),
      h("ol", { class: "door-steps" }, t(`steps_${name}`).split("\n").map((line) => h("li", {}, line))),
      name === "fire" ? rollCall() : null,
      name === "fire" || name === "first_aid" || name === "lost_child" ? h("p", {}, h("a", { class: "door-button door-button--danger", href: "tel:999" }, t("call_999"))) : null,
      phones(name === "safeguarding" ? "safeguarding" : ""));
    inside.querySelector("h2").focus();
  }

  function phones(only = "") {
    const lines = app.state.call.filter((one) => !only || one.who === only || one.who === "office");
    if (!lines.length) return h("p", { class: "door-hint" }, t("no_phones"));
    return h("ul", { class: "door-list", role: "list" }, lines.map((one) => h("li", {}, h("a", { class: "door-row", href: `tel:${one.phone.replace(/[^+\d]/g, "")}` },
      h("strong", {}, t(`who_${one.who}`)), h("span", {}, one.name), h("span", { dir: "ltr" }, one.phone)))));
  }

  // Who came in, by session: to be called out at the meeting point. The ticks stay on the screen only.
  function rollCall() {
    const now = app.state.now();
    const { ledger } = app.state;
    const running = app.state.sessions.filter((one) => !one.cancelled && one.starts - 2 * 3600000 <= now && one.ends + 1800000 >= now);
    return h("div", {}, running.map((session) => {
      const counts = ledger.inside(session.id);
      const parties = ledger.expected(session.id).map((row) => ({ row, people: ledger.admitted(row.number).people })).filter((one) => one.people);
      return h("section", {}, h("h3", { class: "door-subtitle" }, `${hour(session.starts)} ${session.title}, ${session.room}`),
        h("p", {}, t("roll_count", { all: counts.all, walkUps: counts.walkUps })),
        h("ul", { class: "door-list", role: "list" }, parties.map(({ row, people }) => h("li", { class: "door-roll" },
          h("label", {}, h("input", { type: "checkbox" }), h("strong", {}, row.name || row.reference), " ", t("people", { n: people }))))));
    }));
  }
}
