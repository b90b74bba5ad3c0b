/** A camera on the map: dragged to where it stands, turned to where it looks; the form beside it says the same. */
import { districtMap, token } from "./map.js";

const L = window.L;
const form = document.getElementById("camera-form");
const place = document.querySelector(".camera-place");
const told = document.getElementById("coverage-told");
const editable = "editable" in place.dataset;
const map = districtMap(document.getElementById("camera-place"));
const covered = L.layerGroup().addTo(map);
const TURNING_PX = 70; // from the camera to the arrow by which it is turned
const M_PER_DEGREE = 111320;
let camera;
let handle;
let asked = 0;
let waiting;

const field = (name) => form.elements[name];
const number = (name) => (field(name).value === "" ? null : Number(field(name).value));

function at() {
  const [lat, lon] = [number("latitude"), number("longitude")];
  return lat === null || lon === null || !(Math.abs(lat) <= 85 && Math.abs(lon) <= 180) ? null : L.latLng(lat, lon);
}

/** Where the arrow stands for a heading. */
function turned(degrees) {
  const turn = (degrees * Math.PI) / 180;
  const from = map.latLngToContainerPoint(at());
  return map.containerPointToLatLng(from.add([TURNING_PX * Math.sin(turn), -TURNING_PX * Math.cos(turn)]));
}

function show() {
  const where = at();
  if (!where) return;
  if (!camera) {
    camera = L.marker(where, { draggable: editable, icon: L.divIcon({ className: "placed-camera", iconSize: [18, 18] }), title: form.dataset.name ?? "" }).addTo(map);
    camera.on("drag", () => put(camera.getLatLng()));
    document.getElementById("camera-place").dataset.placed = "camera";
    map.setView(where, Math.max(map.getZoom(), 18), { animate: false });
  }
  camera.setLatLng(where);
  const heading = number("heading");
  if (editable) {
    handle ??= L.marker(where, { draggable: true, icon: L.divIcon({ className: "turning-handle", html: "<span>▲</span>", iconSize: [26, 26] }) }).on("drag", turn).addTo(map);
    handle.setLatLng(turned(heading ?? 0));
    handle.getElement()?.classList.toggle("unknown", heading === null);
    handle.getElement()?.firstElementChild.style.setProperty("transform", `rotate(${heading ?? 0}deg)`);
  }
  clearTimeout(waiting);
  waiting = setTimeout(cover, 40);
}

function put({ lat, lng }) {
  field("latitude").value = lat.toFixed(7);
  field("longitude").value = lng.toFixed(7);
  show();
}

function turn() {
  const [from, to] = [map.latLngToContainerPoint(at()), map.latLngToContainerPoint(handle.getLatLng())];
  const degrees = (Math.atan2(to.x - from.x, from.y - to.y) * 180) / Math.PI;
  field("heading").value = Math.round((degrees + 360) % 360) % 360;
  show();
}

/** What the server says that such a camera covers. */
async function cover() {
  const where = at();
  const query = new URLSearchParams({ lon: where.lng, lat: where.lat });
  for (const name of ["heading", "more_headings", "field_of_view", "range_m", "mounting_height", "tilt"]) if (field(name).value) query.set(name, field(name).value);
  const mine = ++asked;
  const response = await fetch(`${place.dataset.coverage}?${query}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (mine !== asked || !response?.ok) return; // the form says what is wrong when it is saved
  const { rings, near, far, assumed } = await response.json();
  covered.clearLayers();
  const colour = token(field("kind").value === "intelligent" ? "--sure" : "--wait-mark");
  for (const ring of rings) L.polygon(ring.map(([lon, lat]) => [lat, lon]), { weight: 1.5, color: colour, fillOpacity: 0.18, dashArray: assumed ? "5 5" : null, interactive: false }).addTo(covered);
  const area = rings.reduce((sum, ring) => sum + squareMetres(ring), 0);
  told.textContent = told.dataset.text.replace("#", Math.round(area).toLocaleString()).replace("~", near.toFixed(0)).replace("^", far.toFixed(0)) + (assumed ? ` (${told.dataset.assumed})` : "");
}

function squareMetres(ring) {
  const east = M_PER_DEGREE * Math.cos((ring[0][1] * Math.PI) / 180);
  let sum = 0;
  for (let n = 1; n < ring.length; n++) sum += (ring[n - 1][0] - ring[0][0]) * (ring[n][1] - ring[0][1]) - (ring[n][0] - ring[0][0]) * (ring[n - 1][1] - ring[0][1]);
  return (Math.abs(sum) / 2) * east * M_PER_DEGREE;
}

form.addEventListener("input", show);
map.on("zoomend", show);
if (editable && !at()) map.on("click", ({ latlng }) => put(latlng));
show();
