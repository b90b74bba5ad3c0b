/** Where the person was last seen, and which way they walked: set on the map. */
import { arrow, districtMap } from "./map.js";

const L = window.L;
const form = document.getElementById("case-form");
const [lon, lat, direction] = ["lon", "lat", "direction"].map((name) => form.elements[name]);
const hint = document.getElementById("map-hint");
const map = districtMap(document.getElementById("case-map"));
const REACH = 60; // pixels from the pin to the handle of the arrow

let pin;
let pointer;
let handle;

function place(point) {
  lon.value = point.lng.toFixed(6);
  lat.value = point.lat.toFixed(6);
  if (!pin) {
    hint.textContent = hint.dataset.set;
    pointer = L.marker(point, { icon: arrow(0), interactive: false, keyboard: false }).addTo(map);
    pin = L.marker(point, { icon: L.divIcon({ className: "case-pin", iconSize: [20, 20] }), draggable: true }).addTo(map);
    handle = L.marker(point, { icon: L.divIcon({ className: "candidate-mark", iconSize: [22, 22] }), draggable: true, title: hint.dataset.set }).addTo(map);
    pin.on("drag", () => place(pin.getLatLng()));
    handle.on("drag", () => {
      const from = map.latLngToContainerPoint(pin.getLatLng());
      const to = map.latLngToContainerPoint(handle.getLatLng());
      direction.value = Math.round((Math.atan2(to.x - from.x, from.y - to.y) * 180) / Math.PI + 360) % 360;
      turn(false);
    });
    handle.on("dragend", () => turn());
  }
  pin.setLatLng(point);
  turn();
}

/** Draws the direction; the handle waits in the north while none is known. */
function turn(moveHandle = true) {
  if (!pin) return;
  const known = direction.value !== "";
  const angle = (Number(direction.value || 0) * Math.PI) / 180;
  const from = map.latLngToContainerPoint(pin.getLatLng());
  pointer.setLatLng(pin.getLatLng()).setIcon(arrow(direction.value || 0)).setOpacity(known ? 1 : 0.35);
  if (moveHandle) handle.setLatLng(map.containerPointToLatLng([from.x + REACH * Math.sin(angle), from.y - REACH * Math.cos(angle)]));
}

map.on("click", ({ latlng }) => place(latlng));
map.on("zoomend", () => turn());
direction.addEventListener("input", () => turn());
if (lon.value && lat.value) {
  map.setView([lat.value, lon.value], 14);
  place(L.latLng(lat.value, lon.value));
}
