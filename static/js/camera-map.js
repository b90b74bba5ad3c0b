/** All cameras: clusters from the server while there are many, then one by one with what each sees. */
import { districtMap, token } from "./map.js";
import { notice } from "./page.js";

const L = window.L;
const form = document.getElementById("camera-filters");
const total = document.getElementById("camera-total");
const map = districtMap(document.getElementById("camera-map"));
const renderer = L.canvas({ pane: "cameras", padding: 0.3 });
const drawn = L.layerGroup().addTo(map);
const blind = document.getElementById("blind");
const table = document.getElementById("as-table");
const STREAM = { connected: "--sure", connecting: "--wait-mark", late: "--wait-mark", down: "--broken-mark", refused: "--broken-mark" };
let overlay;
let asked = 0;
let waiting;

const at = location.hash.match(/^#(-?[\d.]+)\/(-?[\d.]+)\/([\d.]+)$/);
if (at) document.getElementById("camera-map").dataset.placed = "address";
if (at) map.setView([Number(at[1]), Number(at[2])], Number(at[3]), { animate: false });

/** What the filters ask for, in the table's words. */
function wanted() {
  const query = new URLSearchParams();
  for (const control of form.elements) if (control.name && control.value) query.set(control.name, control.value);
  return query;
}

async function refresh() {
  const bounds = map.getBounds().pad(0.1);
  const number = ++asked;
  const filters = wanted();
  const query = new URLSearchParams(filters);
  query.set("bbox", [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((v) => v.toFixed(5)).join());
  query.set("zoom", map.getZoom());
  drawBlind(query, bounds);
  const response = await fetch(`${form.dataset.address}?${query}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (number !== asked) return; // the map has moved on
  if (!response?.ok) return notice(form.dataset.failed);
  draw(await response.json());
  const { lat, lng } = map.getCenter();
  const search = filters.size ? `?${filters}` : location.pathname;
  history.replaceState(null, "", `${search}#${lat.toFixed(4)}/${lng.toFixed(4)}/${map.getZoom()}`);
  table.href = `${form.dataset.table}?${filters}`;
}

/** A picture of where nothing is covered, made for this view. */
function drawBlind(query, bounds) {
  const old = overlay;
  document.getElementById("blind-legend").hidden = !blind.value;
  overlay = blind.value ? L.imageOverlay(`${form.dataset.blind}?${query}&far=${blind.value}`, bounds, { pane: "field" }).addTo(map) : undefined;
  if (!old) return;
  if (overlay) overlay.once("load error", () => old.remove());
  else old.remove();
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
  if (camera.covers) sectors(camera, colour);
  const hollow = camera.status === "faulty";
  const dot = L.circleMarker([camera.lat, camera.lon], { renderer, radius: 6, weight: 2, color: hollow ? colour : token("--halo"), fillColor: colour, fillOpacity: hollow ? 0.1 : 1 }).addTo(drawn);
  if (STREAM[camera.stream]) L.circleMarker([camera.lat, camera.lon], { renderer, radius: 10, weight: 2, color: token(STREAM[camera.stream]), dashArray: camera.stream === "down" || camera.stream === "refused" ? "3 3" : null, fill: false, interactive: false }).addTo(drawn);
  if (camera.asset_number) dot.on("click", () => map.openPopup(about(camera), dot.getLatLng(), { offset: [0, -4] })); // the map's own: it outlives the redrawing that its panning asks for
  else dot.on("click", () => map.setView(dot.getLatLng(), 17)); // told from near
}

/** What the camera covers on the ground, as the server told it: dashed where usual values stand for what is not known. */
function sectors({ covers, assumed }, colour) {
  for (const ring of covers) L.polygon(ring.map(([lon, lat]) => [lat, lon]), { renderer, weight: 1, color: colour, fillOpacity: assumed ? 0.08 : 0.16, dashArray: assumed ? "4 4" : null, interactive: false }).addTo(drawn);
}

function about(camera) {
  const box = document.createElement("div");
  const link = Object.assign(document.createElement("a"), { href: form.dataset.camera.replace("/0/", `/${camera.id}/`), textContent: camera.asset_number });
  box.append(link);
  for (const text of [camera.address, `${camera.purpose_name} · ${camera.kind_name} · ${camera.status_name}${camera.count > 1 ? ` · ×${camera.count}` : ""}`, camera.stream_name && `${form.dataset.stream} ${camera.stream_name}`, camera.finding_names.join(", ")]) {
    if (text) box.append(Object.assign(document.createElement("div"), { textContent: text }));
  }
  return box;
}

map.on("moveend", () => {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, 80);
});
form.addEventListener("change", () => {
  map.closePopup(); // of a camera that may not be meant any longer
  refresh();
});
let typing;
form.elements.q.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(refresh, 350);
});
form.addEventListener("submit", (event) => event.preventDefault());
refresh();
