// "Near me": asks the browser where it is, and searches there. To about a kilometre, no closer, and
// nothing of it is kept here.

const OPTIONS = { enableHighAccuracy: false, timeout: 10_000, maximumAge: 5 * 60_000 };
const CLOSE = 2; // digits after the point
const WORDS = { 1: "refused", 2: "unavailable", 3: "late" }; // by the code of what went wrong

start(document);
// What htmx has put in later can be pressed too.
document.addEventListener("htmx:load", (event) => start(event.detail.elt));

// What the field says is a place's name, as soon as the answer knows it.
document.addEventListener("htmx:afterSettle", () => {
  document.querySelectorAll("[data-place-of]").forEach((point) => {
    const field = document.getElementById(point.dataset.placeOf);
    if (point.value && field?.value === point.value) field.value = point.dataset.placeName;
  });
});

function start(scope) {
  if (!navigator.geolocation || !window.isSecureContext) return;
  scope.querySelectorAll("[data-nearby][hidden]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => ask(button));
  });
}

function ask(button) {
  if (button.getAttribute("aria-disabled")) return;
  button.setAttribute("aria-disabled", "true");
  say(button, button.dataset.asking);
  const done = (words) => {
    button.removeAttribute("aria-disabled");
    say(button, words);
  };
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      done("");
      search(button, [coords.latitude, coords.longitude].map((one) => one.toFixed(CLOSE)).join(","));
    },
    ({ code }) => done(button.dataset[WORDS[code]] || button.dataset.unavailable),
    OPTIONS,
  );
}

function search(button, place) {
  const field = document.querySelector(button.dataset.nearby);
  field.value = place;
  if (field.form.requestSubmit) field.form.requestSubmit();
  else field.form.submit();
}

function say(button, words) {
  document.querySelector(button.dataset.nearbySays).textContent = words;
}
