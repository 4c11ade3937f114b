// Small helpers for making parts of the page. Text is always set as text.

let words = {};
let zone = "Europe/London";
let language = "en-GB";

export function useWords(all) {
  words = all;
  language = document.documentElement.lang || "en-GB";
}

export function useZone(name) {
  if (name) zone = name;
}

// The sentence of this name, with its places filled in.
export function t(name, values = {}) {
  const text = words[name] || name;
  return text.replace(/%\((\w+)\)s/g, (_all, key) => (key in values ? String(values[key]) : "")).replace(/%%/g, "%");
}

export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const DOUBLE = 700; // milliseconds: a second tap in this time is the same one
const tapped = new Map(); // by name: buttons are drawn anew under a finger

// For what must not happen twice when somebody taps twice.
export function once(name, work) {
  return (event) => {
    const now = Date.now();
    if (now - (tapped.get(name) || 0) < DOUBLE) return undefined;
    tapped.set(name, now);
    return work(event);
  };
}

export function button(text, onclick, kind = "") {
  return h("button", { type: "button", class: `door-button ${kind}`, onclick }, text);
}

// What is drawn anew keeps the focus where it was: somebody may use the keyboard.
export function put(place, ...children) {
  const at = focusable(place).indexOf(document.activeElement);
  place.replaceChildren(...children.flat(3).filter(Boolean));
  if (at >= 0) {
    const now = focusable(place);
    now[Math.min(at, now.length - 1)]?.focus();
  }
  return place;
}

function focusable(place) {
  return [...place.querySelectorAll("button, a[href], input, select, summary")];
}

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.setAttribute("class", "door-icon");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  svg.append(use);
  return svg;
}

export function hour(ms) {
  return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", timeZone: zone }).format(ms);
}

export function day(ms) {
  return new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", timeZone: zone }).format(ms);
}

export function sameDay(one, other) {
  return day(one) === day(other);
}

export function ago(ms) {
  const minutes = Math.round(ms / 60000);
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  return minutes < 60 ? format.format(-minutes, "minute") : format.format(-Math.round(minutes / 60), "hour");
}
