// The scanner: one page, on any phone, with or without a network.

import { Camera } from "./camera.js";
import { showCard } from "./card.js";
import { button, h, hour, icon, put, t, ago, useWords, useZone } from "./dom.js";
import { findScreen } from "./find.js";
import { helpScreen } from "./help.js";
import { judgeRow, judgeTicket, notATicket } from "./judge.js";
import { Link, post } from "./link.js";
import { logScreen } from "./log.js";
import { moreScreen } from "./more.js";
import { pairScreen } from "./pair.js";
import { setQuiet, signal, stayAwake, unlockSound } from "./signals.js";
import { State } from "./state.js";
import { openStore } from "./store.js";
import { readTicket } from "./ticket.js";
import { walkUpScreen } from "./walkups.js";
import { listen } from "./wedge.js";

const SAME = 4000; // the same phone and code within so long is one scan
const OLD = 2 * 60 * 60 * 1000;
const IN_VIEW = 1500; // a code that has not left the picture for so long is no new scan
const SCREENS = { scan: scanScreen, find: findScreen, walkups: walkUpScreen, help: helpScreen, more: moreScreen, log: logScreen, pair: pairScreen };
const TABS = ["scan", "find", "walkups", "help", "more"];

const root = document.getElementById("scanner");
const places = Object.fromEntries(["head", "screen", "tabs", "card", "say"].map((name) => [name, root.querySelector(`[data-place=${name}]`)]));
const addresses = { ...root.dataset };

export const app = {
  addresses,
  places,
  screen: "",
  training: false,
  only: null,
  last: { text: "", at: 0, seen: 0 },
  cardOpen: false,
  // --- what screens and cards ask for
  show,
  refresh,
  write,
  undo,
  judgeText,
  world,
  say: (text) => put(places.say, text),
  current,
};

useWords(JSON.parse(root.dataset.words));
start();

async function start() {
  if (!(await aloneInThisBrowser())) return;
  app.state = new State(await openStore());
  await app.state.load();
  if (app.state.isOver()) await app.state.wipe();
  useZone(app.state.door?.zone);
  app.only = app.state.settings.only || null;
  setQuiet(Boolean(app.state.settings.quiet));
  readNearby(app.state.nearby);
  app.link = new Link({ address: addresses.sync, state: app.state, told, said: refresh });
  const video = h("video", { class: "door-video", playsinline: true, muted: true, "aria-hidden": "true" });
  video.muted = true;
  app.camera = new Camera({ video, worker: addresses.decoder, read: (text) => seen(text, "camera"), failed: cameraFailed });
  listen((text) => seen(text, "wedge"));
  addEventListener("pointerdown", unlockSound, { passive: true });
  keepShell();
  if (navigator.storage?.persist) navigator.storage.persist(); // not awaited: Firefox would ask first
  if (!app.state.token) await pairByCookie();
  show(app.state.token ? "scan" : "pair");
  app.link.start();
  fetchNearby();
  stayAwake();
  setInterval(minute, 20 * 1000);
}

// One tab at a time: two would count a queue twice on the screen, and fight for the camera.
function aloneInThisBrowser() {
  if (!navigator.locks) return true;
  const take = (options) => new Promise((resolve) => {
    navigator.locks
      .request("festival-door", options, (lock) => {
        resolve(Boolean(lock));
        return lock ? new Promise(() => {}) : undefined;
      })
      .catch(() => takenOver());
  });
  return take({ ifAvailable: true }).then((alone) => {
    if (alone) return true;
    put(places.screen, h("h1", { class: "door-title" }, t("two_tabs")), h("p", {}, t("two_tabs_hint")),
      button(t("use_here"), async () => { await take({ steal: true }); location.reload(); }, "door-button--main"));
    return false;
  });
}

function takenOver() {
  app.camera?.stop();
  app.link?.stop();
  put(places.tabs);
  put(places.head);
  put(places.screen, h("h1", { class: "door-title" }, t("taken_over")), button(t("use_here"), () => location.reload(), "door-button--main"));
}

async function keepShell() {
  if (!navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register(addresses.worker, { scope: addresses.scope });
    await navigator.serviceWorker.ready;
    app.keptShell = true;
  } catch {
    app.keptShell = false; // private browsing: it works while there is a network
  }
  refresh();
}

async function pairByCookie() {
  try {
    const answer = await post(addresses.pair, {});
    if (answer.ok) await app.state.paired(answer.body);
  } catch {
    // no network: the code can be typed later
  }
}

function readNearby({ runs, venues }) {
  app.nearby = { runs: new Map(runs.map((one) => [one.id, one])), venues };
}

async function fetchNearby() {
  try {
    const response = await fetch(addresses.nearby);
    if (!response.ok) return;
    app.state.nearby = await response.json();
    readNearby(app.state.nearby);
    await app.state.keep("nearby");
  } catch {
    // what is kept from before does
  }
}

async function minute() {
  if (app.state.isOver()) {
    await app.state.wipe();
    show("pair");
  }
  refresh();
}

// --- what comes from the site

async function told(answer) {
  const before = app.state.pass;
  await app.state.take(answer);
  useZone(app.state.door?.zone);
  app.state.pass = answer.pass;
  if (app.card?.event && answer.results?.[app.card.event.id]?.length) app.card.flagged(answer.results[app.card.event.id]);
  if (answer.pass !== "open" && before !== answer.pass) show("pair");
  if (answer.pass === "open" && app.screen === "pair") show("scan");
  refresh();
}

// --- what comes from the camera, a scanner, or a finger

async function seen(text, source) {
  const { last } = app;
  const now = Date.now();
  const same = text.trim() === last.text;
  const inView = same && now - last.seen < IN_VIEW;
  if (same) last.seen = now;
  if (app.screen === "pair") return pairScreen.scanned?.(text);
  if (source === "camera" && (app.cardOpen || inView)) return;
  if (same && now - last.at < SAME && app.lastVerdict) return showCard(app, app.lastVerdict, { again: true });
  Object.assign(last, { text: text.trim(), at: now, seen: now });
  await judgeText(text, source);
}

async function judgeText(text, source) {
  const read = app.state.keys ? readTicket(text, app.state.keys) : { kind: "not_ours" };
  const verdict = read.kind === "ticket" ? judgeTicket(read, world()) : notATicket(read.kind, text);
  app.lastVerdict = verdict;
  await showCard(app, verdict, { source });
}

function world() {
  return { ledger: app.state.ledger, nearby: app.nearby, now: app.state.now(), only: app.only };
}

async function write(kind, facts) {
  if (app.training) return { id: "training", kind, ...facts };
  const event = await app.state.write(kind, facts);
  app.link.soon();
  refresh();
  return event;
}

async function undo(event) {
  app.last.text = ""; // the same ticket may be let in again at once
  if (app.training) return;
  await write("undo", { undoes: event.id, ticket: event.ticket || null, occurrence: event.occurrence || null });
}

// The session that this door is for now: the chosen one, else what runs or comes next.
function current() {
  const now = app.state.now();
  const running = app.state.sessions.filter((one) => !one.cancelled && one.ends > now);
  return running.find((one) => one.id === app.only) || running[0] || app.state.sessions[0] || null;
}

// --- the page

function show(name) {
  if (app.screen === "scan" && name !== "scan") app.camera.stop();
  app.screen = name;
  app.redraw = null;
  put(places.say);
  put(places.screen);
  SCREENS[name](app, places.screen);
  refresh();
  places.screen.querySelector("h1")?.focus();
}

function refresh() {
  if (!app.state) return;
  drawHead();
  drawTabs();
  app.redraw?.();
}

function drawHead() {
  const { state } = app;
  if (!state.token) return put(places.head);
  const waiting = state.unsent().length;
  const online = app.link.online;
  const age = state.listAt ? state.now() - state.listAt : null;
  const session = current();
  const inside = session ? state.ledger.inside(session.id) : null;
  const old = age !== null && age > OLD;
  put(
    places.head,
    h("p", { class: "door-where" }, h("strong", {}, state.door?.venue || ""), state.door?.label ? ` · ${state.door.label}` : "", " ", h("span", { class: "door-letter" }, t("phone", { letter: state.letter }))),
    h("ul", { class: "door-status", role: "list" },
      h("li", { class: online ? "is-good" : "is-away", "data-online": String(online) }, online ? t("online") : online === null ? t("connecting") : t("offline")),
      h("li", { class: old ? "is-old" : "" }, age === null ? t("no_list") : old ? t("list_old", { ago: ago(age) }) : t("list_age", { hour: hour(state.listAt) })),
      h("li", { class: waiting ? "is-waiting" : "", "data-unsent": waiting }, waiting ? t("to_send", { n: waiting }) : t("all_sent"),
        waiting ? button(t("send_now"), () => app.link.now(), "door-button--small") : null)),
    !state.stored ? h("p", { class: "door-warn", role: "status" }, state.store.lasting ? t("storage_full") : t("no_storage")) : null,
    state.stuck().length ? h("p", { class: "door-warn" }, t("stuck", { n: state.stuck().length })) : null,
    app.training ? h("p", { class: "door-warn" }, t("training_on"), " ", button(t("training_end"), () => { app.training = false; show("scan"); }, "door-button--small")) : null,
    state.ledger.conflicts().length ? h("p", { class: "door-warn" }, t("conflicts", { n: state.ledger.conflicts().length }), " ", button(t("look"), () => show("log"), "door-button--small")) : null,
    session ? h("p", { class: "door-count" }, h("span", {}, session.title), h("strong", { "data-inside": inside.all }, t("in_of", { inside: inside.all, expected: session.expected }))) : null,
  );
}

function drawTabs() {
  const hidden = !app.state.token || app.screen === "pair";
  places.tabs.hidden = hidden;
  if (hidden) return put(places.tabs);
  put(places.tabs, h("ul", { class: "door-tabs__list", role: "list" }, TABS.map((name) => h("li", {},
    h("button", { type: "button", class: "door-tab", "aria-current": app.screen === name ? "page" : null, onclick: () => show(name) }, icon(name), h("span", {}, t(`tab_${name}`)))))));
}

function cameraFailed(why) {
  app.cameraProblem = why;
  app.redraw?.();
}

function scanScreen(_app, place) {
  const status = h("div", { class: "door-camera__status", "aria-live": "polite" });
  const tools = h("div", { class: "door-camera__tools" });
  const field = h("input", { class: "govuk-input", id: "door-typed", autocomplete: "off", autocapitalize: "characters", spellcheck: "false" });
  put(place,
    h("h1", { class: "govuk-visually-hidden", tabindex: "-1" }, t("tab_scan")),
    h("div", { class: "door-camera" }, app.camera.video, h("div", { class: "door-camera__frame" }), status),
    tools,
    h("form", { class: "door-typed", onsubmit: typed }, h("label", { class: "govuk-label", for: "door-typed" }, t("type_reference")), h("div", { class: "door-typed__row" }, field, h("button", { class: "door-button", type: "submit" }, t("check")))),
  );
  let light = false;

  async function typed(event) {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) return;
    field.value = "";
    const found = text.length < 40 ? app.state.ledger.find(text) : [];
    if (found.length === 1) {
      return showCard(app, judgeRow(found[0], world()), { source: "typed" });
    }
    if (found.length > 1) return show("find", findScreen.text = text);
    await seen(text, "typed");
  }

  app.redraw = () => {
    const on = app.camera.isOn;
    put(status, on ? null : h("p", {}, app.cameraProblem ? t(`camera_${app.cameraProblem}`) : t("camera_off")));
    put(tools,
      on ? null : button(t("camera_start"), begin, "door-button--main"),
      on && app.camera.canLight ? button(light ? t("light_off") : t("light_on"), async () => { light = !light; await app.camera.light(light); app.redraw(); }) : null);
  };

  async function begin() {
    app.cameraProblem = "";
    await app.camera.start(app.state.settings.camera || null);
    app.redraw?.();
  }

  begin();
}

export { signal };
