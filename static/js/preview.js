// The card beside the form shows what is typed, while it is typed.

document.querySelectorAll("[data-preview-of]").forEach((place) => {
  const field = document.getElementById(place.dataset.previewOf);
  const empty = place.textContent;
  field?.addEventListener("input", () => (place.textContent = field.value.trim() || empty));
});
