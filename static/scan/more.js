// What is needed seldom: is everything ready, practice, another phone, settings, signing out.

import { showCard } from "./card.js";
import { button, h, hour, put, t } from "./dom.js";
import { setQuiet, signal, unlockSound } from "./signals.js";
import { readTicket } from "./ticket.js";

export function moreScreen(app, place) {
  const { state } = app;
  const inside = h("div");
  put(place, h("h1", { class: "door-title", tabindex: "-1" }, t("tab_more")), inside);
  menu();

  function menu() {
    const upTo = app.state.door ? t("shift_until", { hour: hour(app.state.door.until) }) : "";
    put(inside, h("p", { class: "door-hint" }, upTo),
      h("ul", { class: "door-list", role: "list" },
        row(t("log_title"), () => app.show("log")),
        row(t("self_test"), selfTest),
        row(t("training"), training),
        row(t("which_session"), sessions),
        row(t("camera_choice"), cameras),
        row(state.settings.quiet ? t("sound_on") : t("sound_off"), async () => {
          state.settings = { ...state.settings, quiet: !state.settings.quiet };
          setQuiet(state.settings.quiet);
          await state.keep("settings");
          menu();
        }),
        row(t("hand_over"), handOver),
        row(t("sign_out"), signOut)),
      h("p", {}, h("a", { href: app.addresses.plain }, t("plain_page"))));
  }

  function row(text, onclick) {
    return h("li", {}, h("button", { type: "button", class: "door-row", onclick }, h("strong", {}, text)));
  }

  function page(title, ...children) {
    put(inside, button(t("back"), menu, "door-button--small"), h("h2", { class: "door-subtitle", tabindex: "-1" }, title), children);
    inside.querySelector("h2").focus();
  }

  async function selfTest() {
    unlockSound();
    const list = h("ul", { class: "door-list door-tests", role: "list" });
    page(t("self_test"), list, button(t("hear"), () => signal("yes")), button(t("self_test_again"), selfTest));
    const say = (name, good, more = "") => list.append(h("li", { "data-test": name, "data-good": String(good) }, h("strong", {}, good ? "✓ " : "✗ "), t(`test_${name}`), more ? ` ${more}` : ""));
    say("storage", state.store.lasting && state.stored);
    say("shell", Boolean(app.keptShell));
    say("list", Boolean(state.listAt), state.listAt ? hour(state.listAt) : "");
    say("network", Boolean(app.link.online));
    say("clock", Math.abs(state.offset) < 120000, Math.abs(state.offset) < 120000 ? "" : t("clock_off", { minutes: Math.round(Math.abs(state.offset) / 60000) }));
    say("keys", Boolean(state.keys) && readTicket("0".repeat(120), state.keys).kind !== "ticket");
    const on = await app.camera.start(state.settings.camera || null);
    say("camera", Boolean(on));
    await new Promise((done) => setTimeout(done, 1500));
    say("reader", Boolean(app.camera.reader), app.camera.reader || "");
    app.camera.stop();
  }

  // Cards as they will come, with made-up people: nothing is written down.
  function training() {
    app.training = true;
    const session = app.current() || { id: 0, title: t("training_session"), room: t("training_room"), starts: state.now(), ends: state.now() + 3600000, capacity: 20, legal: 25, expected: 12 };
    const base = { number: 0, run: session.id, session, people: 3, admitted: 0, remaining: 3, most: 3, last: null, told: false, generation: 0,
      row: { name: "Sam Sample", reference: "WLF-TRY-234", people: 3, children: 2, adults: 1, companions: 0 } };
    const samples = {
      welcome: { ...base, kind: "welcome", answer: "yes" },
      told: { ...base, kind: "welcome", answer: "yes", told: true },
      already_in: { ...base, kind: "already_in", answer: "look", admitted: 3, remaining: 0, most: 0, last: { own: true, at: Date.now() - 600000 } },
      unlisted: { ...base, kind: "unlisted", answer: "look", row: null },
      other_session: { ...base, kind: "other_session", answer: "look", session: null, elsewhere: [...app.nearby.runs.values()][0] || null, most: 0 },
      cancelled: { ...base, kind: "cancelled", answer: "no", most: 0 },
      not_ours: { kind: "not_ours", answer: "no", people: 0, admitted: 0, remaining: 0, most: 0, what: "wifi" },
      full_by_law: { ...base, kind: "full_by_law", answer: "no", most: 0 },
    };
    page(t("training"), h("p", {}, t("training_hint")),
      h("ul", { class: "door-list", role: "list" }, Object.entries(samples).map(([name, verdict]) => row(t(`sample_${name}`), () => showCard(app, verdict)))),
      button(t("training_end"), () => { app.training = false; app.show("scan"); }, "door-button--main"));
    app.refresh();
  }

  function sessions() {
    const choose = (id) => async () => {
      app.only = id;
      state.settings = { ...state.settings, only: id };
      await state.keep("settings");
      app.show("scan");
    };
    page(t("which_session"), h("p", { class: "door-hint" }, t("which_hint")),
      h("ul", { class: "door-list", role: "list" }, row(t("all_sessions"), choose(null)),
        state.sessions.map((one) => row(`${hour(one.starts)} ${one.title}, ${one.room}${one.cancelled ? ` (${t("is_cancelled")})` : ""}`, choose(one.id)))));
  }

  async function cameras() {
    const all = await app.camera.choices();
    page(t("camera_choice"), all.length ? null : h("p", {}, t("camera_none")),
      h("ul", { class: "door-list", role: "list" }, all.map((one, n) => row(one.label || t("camera_number", { n: n + 1 }), async () => {
        state.settings = { ...state.settings, camera: one.deviceId };
        await state.keep("settings");
        app.show("scan");
      }))));
  }

  // The battery is nearly empty: what was not sent goes to another phone as a file. The same scan
  // sent by both counts once.
  function handOver() {
    const left = [...state.unsent(), ...state.stuck()];
    const input = h("input", { type: "file", id: "door-file", class: "govuk-file-upload", accept: ".json,application/json", onchange: take });
    page(t("hand_over"), h("p", {}, t("hand_over_hint", { n: left.length })),
      left.length ? button(t("hand_over_give"), give, "door-button--main") : null,
      h("p", {}, h("label", { class: "govuk-label", for: "door-file" }, t("hand_over_take")), input));

    async function give() {
      const file = new File([JSON.stringify({ festival_door: 1, events: left })], `door-${state.letter}.json`, { type: "application/json" });
      if (navigator.canShare?.({ files: [file] })) return navigator.share({ files: [file] }).catch(() => {});
      const link = h("a", { href: URL.createObjectURL(file), download: file.name });
      link.click();
    }

    async function take() {
      try {
        const found = JSON.parse(await input.files[0].text());
        if (found.festival_door !== 1 || !Array.isArray(found.events)) throw new Error("another file");
        const n = await state.adopt(found.events);
        app.link.soon();
        app.say(t("hand_over_taken", { n }));
      } catch {
        app.say(t("hand_over_wrong"));
      }
      app.refresh();
    }
  }

  function signOut() {
    const waiting = state.unsent().length;
    page(t("sign_out"), h("p", {}, waiting ? t("sign_out_waiting", { n: waiting }) : t("sign_out_hint")),
      waiting ? button(t("send_now"), async () => { await app.link.now(); signOut(); }, "door-button--main")
        : button(t("sign_out"), async () => {
          await state.wipe();
          await app.link.now();
          state.token = "";
          await state.keep("token");
          app.show("pair");
        }, "door-button--main"));
  }
}
