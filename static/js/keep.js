// "Put on my list" without leaving the list of sessions: sends the form of the page that the link
// leads to. Whatever does not go well is left to that page.

// One after another: the list stands in a cookie, and of two answers at once one would be lost.
let before = Promise.resolve();

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-keep]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (link.dataset.sent) return;
  link.dataset.sent = "yes";
  before = before.then(() => keep(link)).catch(() => location.assign(link.href));
});

async function keep(link) {
  const form = (await pageOf(await fetch(link.href))).querySelector("form[data-keeps]");
  if (!form) throw new Error("It is there already.");
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.action, { method: "POST", body });
  const list = await pageOf(answer);
  if (!list.querySelector(`[name=codes][value="${link.dataset.keep}"]`)) {
    throw new Error("The list is full.");
  }
  const same = document.querySelectorAll(`a[data-keep="${link.dataset.keep}"]`); // on other days
  same.forEach((one) => showKept(one, answer.url));
  say(link);
  showCount(list.querySelector(".top__link[aria-current]"));
}

async function pageOf(answer) {
  if (!answer.ok) throw new Error(answer.statusText);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function showKept(link, list) {
  link.querySelector("[data-keep-words]").textContent = link.dataset.kept;
  link.classList.add("keep__link--on");
  link.href = list;
  delete link.dataset.keep;
}

function say(link) {
  const said = document.getElementById("said");
  if (said) said.textContent = link.textContent.replace(/\s+/g, " ").trim();
}

// "My list (2)" among the main links, as that page has it.
function showCount(there) {
  if (!there) return;
  const here = document.querySelector(`.top__link[href="${there.getAttribute("href")}"]`);
  there.removeAttribute("aria-current");
  if (here) here.textContent = there.textContent;
  else document.querySelector(".top__links")?.append(there.closest("li"));
}
