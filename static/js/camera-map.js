/** All cameras: clusters from the server while there are many, then one by one with what each sees. */
import { districtMap, token } from "./map.js";
import { notice } from "./page.js";

const L = window.L;
const form = document.getElementById("camera-filters");
const total = document.getElementById("camera-total");
const map = districtMap(document.getElementById("camera-map"));
const renderer = L.canvas({ pane: "cameras", padding: 0.3 });
const drawn = L.layerGroup().addTo(map);
const USUAL_RANGE_M = 30; // where the inventory says nothing
let asked = 0;
let waiting;

const at = location.hash.match(/^#(-?[\d.]+)\/(-?[\d.]+)\/([\d.]+)$/);
if (at) map.setView([Number(at[1]), Number(at[2])], Number(at[3]), { animate: false });

async function refresh() {
  const bounds = map.getBounds().pad(0.1);
  const number = ++asked;
  const query = new URLSearchParams({ bbox: [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((v) => v.toFixed(5)).join(), zoom: map.getZoom() });
  for (const select of form.querySelectorAll("select")) if (select.value) query.set(select.name, select.value);
  const response = await fetch(`${form.dataset.address}?${query}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (number !== asked) return; // the map has moved on
  if (!response?.ok) return notice(form.dataset.failed);
  draw(await response.json());
  const { lat, lng } = map.getCenter();
  history.replaceState(null, "", `#${lat.toFixed(4)}/${lng.toFixed(4)}/${map.getZoom()}`);
}

function draw({ total: count, clusters = [], cameras = [] }) {
  drawn.clearLayers();
  total.textContent = total.dataset.text.replace("#", count.toLocaleString());
  for (const cluster of clusters) drawCluster(...cluster);
  for (const camera of cameras) drawCamera(camera);
}

function drawCluster(lon, lat, count, intelligent, faulty) {
  if (count === 1) return drawCamera({ lon, lat, kind: intelligent ? "intelligent" : "regular", status: faulty ? "faulty" : "working", asset_number: "" });
  const radius = 9 + 4.2 * Math.log10(count);
  const share = Math.round((100 * intelligent) / count);
  L.circleMarker([lat, lon], { renderer, radius, weight: 1.5, color: token("--wait-mark"), fillColor: share >= 50 ? token("--sure") : token("--idle"), fillOpacity: 0.55 })
    .on("click", () => map.setView([lat, lon], Math.min(map.getZoom() + 2, 19)))
    .addTo(drawn);
  const text = count < 1000 ? String(count) : `${(count / 1000).toFixed(count < 10000 ? 1 : 0)}k`;
  L.marker([lat, lon], { icon: L.divIcon({ className: "cluster-count", html: text, iconSize: [40, 16] }), interactive: false, keyboard: false }).addTo(drawn);
}

function drawCamera(camera) {
  const colour = camera.status === "faulty" ? token("--broken-mark") : camera.kind === "intelligent" ? token("--sure") : token("--idle");
  if (map.getZoom() >= 17 && camera.field_of_view) sector(camera, colour);
  const hollow = camera.status === "faulty";
  const dot = L.circleMarker([camera.lat, camera.lon], { renderer, radius: 6, weight: 2, color: hollow ? colour : token("--halo"), fillColor: colour, fillOpacity: hollow ? 0.1 : 1 }).addTo(drawn);
  if (camera.asset_number) dot.bindPopup(() => about(camera));
  else dot.on("click", () => map.setView(dot.getLatLng(), 17)); // told from near
}

/** What the camera covers on the ground. */
function sector({ lat, lon, heading, field_of_view: angle, range_m: range }, colour) {
  const reach = range ?? USUAL_RANGE_M;
  const point = (degrees) => {
    const turn = (degrees * Math.PI) / 180;
    return [lat + (reach * Math.cos(turn)) / 111320, lon + (reach * Math.sin(turn)) / (111320 * Math.cos((lat * Math.PI) / 180))];
  };
  if (angle >= 360) return L.circle([lat, lon], { renderer, radius: reach, weight: 1, color: colour, fillOpacity: 0.12 }).addTo(drawn);
  if (heading === null) return;
  const steps = Array.from({ length: 13 }, (_, n) => point(heading - angle / 2 + (angle * n) / 12));
  L.polygon([[lat, lon], ...steps], { renderer, weight: 1, color: colour, fillOpacity: 0.15 }).addTo(drawn);
}

function about(camera) {
  const box = document.createElement("div");
  for (const [name, text] of [["b", camera.asset_number], ["div", camera.address], ["div", `${camera.purpose_name} · ${camera.kind_name} · ${camera.status_name}${camera.count > 1 ? ` · ×${camera.count}` : ""}`]]) {
    if (text) box.append(Object.assign(document.createElement(name), { textContent: text }));
  }
  return box;
}

map.on("moveend", () => {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, 80);
});
form.addEventListener("change", refresh);
form.addEventListener("submit", (event) => event.preventDefault());
refresh();
