// Sharing as the phone does it, and an address copied at a press. Each is bound by a data
// attribute, and hidden where the browser has no such thing; the links beside it do without.

document.querySelectorAll("[data-share]").forEach((button) => {
  const what = {
    title: button.dataset.shareTitle,
    text: button.dataset.shareText,
    url: button.dataset.share,
  };
  if (!navigator.share || navigator.canShare?.(what) === false) return;
  button.hidden = false;
  // Who thinks better of it, and closes what the phone has opened, has done nothing wrong.
  button.addEventListener("click", () => navigator.share(what).catch(() => {}));
});

document.querySelectorAll("[data-copy]").forEach((button) => {
  const field = document.getElementById(button.dataset.copy);
  const said = document.querySelector("[data-copied]");
  if (!field || !navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      if (said) said.textContent = said.dataset.copied;
    } catch {
      // Not allowed: it is selected, so it can be copied by hand.
    }
  });
});
