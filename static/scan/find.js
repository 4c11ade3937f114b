// Find a party by its name or reference, from two letters on, without a network.

import { showCard } from "./card.js";
import { h, put, t } from "./dom.js";
import { judgeRow } from "./judge.js";

export function findScreen(app, place) {
  const field = h("input", { class: "govuk-input", id: "door-find", autocomplete: "off", spellcheck: "false", type: "search", value: findScreen.text || "" });
  findScreen.text = "";
  const found = h("ul", { class: "door-list", role: "list" });
  const said = h("p", { class: "door-hint", "aria-live": "polite" });
  put(place, h("h1", { class: "door-title", tabindex: "-1" }, t("tab_find")), h("label", { class: "govuk-label", for: "door-find" }, t("find_label")), field, said, found);
  field.addEventListener("input", draw);
  app.redraw = draw;
  draw();

  function draw() {
    const { ledger } = app.state;
    const rows = ledger.find(field.value);
    const typed = field.value.trim().length > 1;
    put(said, typed && !rows.length ? t("find_nothing") : typed ? t("find_found", { n: rows.length }) : t("find_hint"));
    put(found, rows.map((row) => {
      const session = ledger.sessions.get(row.run);
      const { people } = ledger.admitted(row.number);
      return h("li", {}, h("button", { type: "button", class: "door-row", onclick: () => open(row) },
        h("strong", {}, row.name || t("no_name")), h("span", {}, row.reference),
        h("span", {}, t("in_of", { inside: people, expected: row.people })), h("span", { class: "door-row__more" }, session ? session.title : "")));
    }));
  }

  function open(row) {
    showCard(app, judgeRow(row, app.world()), { source: "search" });
  }
}
