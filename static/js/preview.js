// The card beside the form shows what is typed, while it is typed. What was typed before this
// script came, or is brought back by the browser, counts as well.

document.querySelectorAll("[data-preview-of]").forEach((place) => {
  const field = document.getElementById(place.dataset.previewOf);
  if (!field) return;
  const show = () => (place.textContent = field.value.trim() || place.dataset.previewEmpty);
  field.addEventListener("input", show);
  window.addEventListener("pageshow", show);
  show();
});
