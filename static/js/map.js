// Lays a map that can be moved and made larger over the drawing that the page came with. What cannot
// be had, a script or its look, is done without: the drawing stays, and the list says the same.

const APART = 38; // points between the middles of two pins
const PUSHES = 60; // how often pins that are closer are pushed, at most
const FEW = 60; // of so many
const RINGS = 3; // where a pin may go instead, each half of that further out
const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const NIGHT = matchMedia("(prefers-color-scheme: dark)");
const TOUCHED = matchMedia("(pointer: coarse)");

start(document);
// What htmx has put in later is a map too.
document.addEventListener("htmx:load", (event) => start(event.detail.elt));

function start(scope) {
  if (scope.matches?.("[data-map]")) open(scope);
  scope.querySelectorAll("[data-map]").forEach(open);
}

async function open(place) {
  if (place.dataset.opened || !place.querySelector(".map__drawing")) return;
  place.dataset.opened = "yes";
  try {
    const [leaflet] = await Promise.all([import(place.dataset.leaflet), look(place)]);
    if (place.isConnected) lay(leaflet, place);
  } catch {
    // As said above.
  }
}

function look(place) {
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.onload = resolve;
    link.onerror = reject;
    link.href = place.dataset.leafletStyle;
    document.head.append(link);
  });
}

function lay(leaflet, place) {
  const live = place.querySelector(".map__live");
  const [south, west, north, east] = place.dataset.bounds.split(",").map(Number);
  const bounds = [[south, west], [north, east]];
  live.hidden = false;
  const map = new leaflet.Map(live, options(place));
  stayStill(leaflet, map);
  ground(leaflet, map, place, bounds);
  buttons(leaflet, map, place);
  map.fitBounds(bounds, { animate: false });
  map.setMinZoom(map.getZoom());
  const layers = [];
  const putPins = () => pins(leaflet, map, place, layers);
  map.on("zoomend resize", putPins);
  putPins();
  popups(map, place);
  place.querySelector(".map__drawing").classList.add("is-covered");
}

// With one finger the page is moved, with two the map. There is no wheel: it would stop the page.
function options(place) {
  const moves = !STILL.matches;
  return {
    zoomControl: false,
    attributionControl: false,
    scrollWheelZoom: false,
    dragging: !TOUCHED.matches,
    zoomSnap: place.dataset.tiles ? 1 : 0,
    zoomAnimation: moves,
    fadeAnimation: moves,
    markerZoomAnimation: moves,
    inertia: moves,
  };
}

// Leaflet asks for no leave to glide when keys are pressed or a popup wants room.
function stayStill(leaflet, map) {
  map.panBy = function panBy(offset, how) {
    const wanted = STILL.matches ? { ...how, animate: false } : how;
    return leaflet.Map.prototype.panBy.call(this, offset, wanted);
  };
}

function ground(leaflet, map, place, bounds) {
  const { tiles, credit, drawing, drawingDark } = place.dataset;
  if (tiles) {
    // Such servers want to know which site asks; they are told no more than that.
    new leaflet.TileLayer(tiles, { maxZoom: 19, referrerPolicy: "strict-origin" }).addTo(map);
    const words = document.createElement("span");
    words.textContent = credit; // Leaflet takes it for HTML
    new leaflet.Control.Attribution({ prefix: false }).addAttribution(words.innerHTML).addTo(map);
    place.querySelector("[data-map-note]").hidden = true;
    return;
  }
  const now = () => (NIGHT.matches ? drawingDark : drawing);
  const sheet = new leaflet.ImageOverlay(now(), bounds).addTo(map);
  NIGHT.addEventListener?.("change", () => sheet.setUrl(now()));
  map.setMaxZoom(map.getBoundsZoom(bounds) + 3);
}

function buttons(leaflet, map, place) {
  new leaflet.Control.Zoom({
    position: getComputedStyle(place).direction === "rtl" ? "topright" : "topleft",
    zoomInTitle: place.dataset.closer,
    zoomOutTitle: place.dataset.further,
  }).addTo(map);
}

// --- pins: each where its place is, or beside it where another is already

function pins(leaflet, map, place, layers) {
  for (const layer of layers.splice(0)) layer.remove();
  const put = (layer) => layers.push(layer.addTo(map));
  for (const pin of spread(map, place)) {
    const spot = map.layerPointToLatLng(pin.spot);
    if (pin.spot !== pin.at) {
      const line = [map.layerPointToLatLng(pin.at), spot];
      put(new leaflet.Polyline(line, { className: "map__stem", interactive: false }));
    }
    put(marker(leaflet, place, spot, pin.items));
  }
}

function spread(map, place) {
  const found = [];
  const wanted = [...place.querySelectorAll("[data-latitude]")].map((item) => {
    const at = map.latLngToLayerPoint([item.dataset.latitude, item.dataset.longitude]);
    return { at, spot: at, items: [item] };
  });
  const pushes = wanted.length <= FEW ? PUSHES : 0; // many have no room to give way
  for (let times = 0; times < pushes && push(wanted); times += 1);
  for (const pin of wanted) {
    const isFree = (spot) => found.every((other) => other.spot.distanceTo(spot) >= APART);
    const spot = around(pin.spot).find(isFree);
    if (spot) found.push({ ...pin, spot });
    else nearest(found, pin.at).items.push(...pin.items);
  }
  return found;
}

// Moves each two that are too close away from one another; whether there were any. A bit more than
// is needed, for else it would take for ever.
function push(wanted) {
  let some = false;
  wanted.forEach((one, number) => {
    wanted.slice(0, number).forEach((other, before) => {
      const far = one.spot.distanceTo(other.spot);
      if (far >= APART) return;
      some = true;
      const way = one.spot.subtract(other.spot);
      // Two at the same point go apart in a direction that is another for each two.
      const angle = far > 0 ? Math.atan2(way.y, way.x) : 2.4 * number + before;
      const step = (APART * 1.04 - far) / 2;
      const by = [step * Math.cos(angle), step * Math.sin(angle)];
      one.spot = one.spot.add(by);
      other.spot = other.spot.subtract(by);
    });
  });
  return some;
}

function around(at) {
  const spots = [at];
  for (let ring = 1; ring <= RINGS; ring += 1) {
    for (let number = 0; number < 8 * ring; number += 1) {
      const angle = (2 * Math.PI * number) / (8 * ring);
      const far = (APART / 2) * ring;
      spots.push(at.add([far * Math.cos(angle), far * Math.sin(angle)]));
    }
  }
  return spots;
}

function nearest(found, at) {
  return found.reduce((best, one) => (one.spot.distanceTo(at) < best.spot.distanceTo(at) ? one : best));
}

function marker(leaflet, place, spot, items) {
  const pin = place.querySelector("[data-map-pin]").content.firstElementChild.cloneNode();
  pin.textContent = items[0].dataset.number + (items.length > 1 ? "+" : "");
  const icon = new leaflet.DivIcon({ className: "", html: pin, iconSize: [32, 32], popupAnchor: [0, -14] });
  const made = new leaflet.Marker(spot, { icon, riseOnHover: true });
  made.bindPopup(() => said(place, items), { maxWidth: 240, minWidth: 140 });
  made.on("add", () => {
    const element = made.getElement();
    element.setAttribute("aria-label", items.map((item) => item.dataset.name).join("; "));
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      made.openPopup();
    });
  });
  return made;
}

// --- what a pressed pin says

function said(place, items) {
  const words = document.createElement("div");
  for (const item of items) {
    const link = item.querySelector("a");
    const one = place.querySelector("[data-map-place]").content.firstElementChild.cloneNode(true);
    one.querySelector("strong").textContent = link.textContent;
    one.querySelector("span").textContent = item.querySelector(".map__count").textContent;
    one.querySelector("a").href = link.href;
    words.append(one);
  }
  return words;
}

// The keyboard goes into what has opened, and back to the pin when it is closed.
function popups(map, place) {
  map.on("popupopen", ({ popup }) => {
    const close = popup.getElement().querySelector(".leaflet-popup-close-button");
    close?.setAttribute("aria-label", place.dataset.close);
    popup.getElement().querySelector("a[href]:not([role])")?.focus({ preventScroll: true });
  });
  map.on("popupclose", ({ popup }) => {
    const inside = popup.getElement()?.contains(document.activeElement);
    if (inside) popup._source?.getElement()?.focus({ preventScroll: true });
  });
  map.getContainer().addEventListener("keydown", (event) => {
    if (event.key === "Escape") map.closePopup();
  });
}
