// Small behaviours, each bound by a data attribute. Every page works without them.

const SOON = 3 * 60 * 1000; // when to say that the held places will soon be free again
const AGAIN = 10 * 1000; // when a sent form may be sent again: the answer may have got lost
const OLD = 30; // seconds without news after which what is on the screen is called old
const LONGEST_WAIT = 2 ** 31 - 1; // what setTimeout can count

const components = import(document.getElementById("components-script").href);

start(document);
loadHtmx();
// What htmx has put in later needs the same care.
document.addEventListener("htmx:load", (event) => start(event.detail.elt));

async function start(scope) {
  each(scope, "[data-hold-until]", watchHold);
  each(scope, "[data-age]", watchAge);
  each(scope, "[data-says]", watchNews);
  await startComponents(scope);
}

function each(scope, selector, behaviour) {
  if (scope.matches?.(selector)) behaviour(scope);
  scope.querySelectorAll(selector).forEach(behaviour);
}

async function startComponents(scope) {
  const { createAll, isSupported, ...parts } = await components;
  if (!("noModule" in HTMLScriptElement.prototype)) return;
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
  if (!isSupported()) return;
  const words = JSON.parse(document.body.dataset.words || "{}");
  for (const Part of Object.values(parts)) {
    // A part that stands in the page already refuses to start twice; that is no fault.
    createAll(Part, words[Part.moduleName], { scope, onError() {} });
  }
}

// Pages with htmx attributes load it; the others save the download. It begins at once only where
// the page is complete: where it comes a moment before, it waits for an event that has been.
function loadHtmx() {
  if (!document.querySelector("[hx-get], [hx-post], [hx-boost]")) return;
  if (document.readyState !== "complete") {
    addEventListener("load", loadHtmx, { once: true });
    return;
  }
  const script = document.createElement("script");
  script.src = document.querySelector("meta[name=htmx-script]").content;
  document.head.append(script);
}

// A second press sends nothing. The button is not disabled: its name and value must go along.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-submit-once]") || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-disabled", "true");
  setTimeout(() => allowAgain(form), AGAIN);
});

// Coming back with the browser's back button shows the page as it was left.
window.addEventListener("pageshow", () => each(document, "[data-sent]", allowAgain));

function allowAgain(form) {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-disabled=true]").forEach((button) => button.removeAttribute("aria-disabled"));
}

// Speaks twice at most: when three minutes are left and when the time is up.
function watchHold(notice) {
  const place = notice.querySelector("[aria-live]");
  const until = Date.parse(notice.dataset.holdUntil);
  if (!place || Number.isNaN(until)) return;
  const sayAt = (moment, text) => {
    const wait = moment - Date.now();
    if (text && wait < LONGEST_WAIT) setTimeout(() => (place.textContent = text), Math.max(wait, 0));
  };
  if (Date.now() < until) sayAt(until - SOON, notice.dataset.holdSoon);
  sayAt(until, notice.dataset.holdOver);
}

// What is fetched again and again says how old it is, and warns when no more comes.
function watchAge(place) {
  const came = performance.now();
  const warning = document.querySelector("[data-age-old]");
  const timer = setInterval(() => {
    if (!place.isConnected) return clearInterval(timer);
    const seconds = Math.round((performance.now() - came) / 1000);
    place.textContent = place.dataset.ageWords.replace("{n}", seconds);
    if (warning) warning.hidden = seconds < OLD;
  }, 1000);
}

// Of what is fetched again and again, a screen reader hears the news, and only where it is news.
function watchNews(place) {
  let said = newsOf(place);
  document.addEventListener("htmx:afterSettle", () => {
    const news = newsOf(place);
    if (news !== said) place.textContent = said = news;
  });
}

function newsOf(place) {
  return document.getElementById(place.dataset.says)?.textContent.trim();
}

// Who has been signed out is led to the sign-in page by all of the page, not by a part of it.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, pathInfo } = event.detail;
  const asked = new URL(pathInfo.requestPath, location.href).pathname;
  if (!xhr.responseURL || new URL(xhr.responseURL).pathname === asked) return;
  event.detail.shouldSwap = false;
  location.reload();
});
