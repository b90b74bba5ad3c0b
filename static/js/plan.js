/** One plan: while it is made how far it is, then its areas and cameras on the map. */
import { districtMap, token } from "./map.js";
import { follow } from "./progress.js";
import { colour } from "./ramp.js";

const L = window.L;
const making = document.querySelector("[data-progress]");
const box = document.querySelector(".plan-map");
const NEAR = 12.5; // zoom from which conversions are shown

if (making) follow(making, ({ status, working }) => status === "making" && working);
if (box) draw();

async function draw() {
  const map = districtMap(document.getElementById("plan-map"));
  const renderer = L.canvas({ padding: 0.3 });
  const response = await fetch(box.dataset.points).catch(() => null);
  if (!response?.ok) return;
  const { areas, items } = await response.json();
  const values = areas.map(({ value }) => value).sort((a, b) => a - b);
  const [low, high] = [values[0], values.at(-1)];
  const of = new Map();
  for (const area of areas) {
    const share = 0.35 + 0.64 * ((area.value - low) / (high - low || 1));
    of.set(area.rank, L.polygon(area.rings.map((ring) => ring.map(([lon, lat]) => [lat, lon])), { renderer, color: "#ffffff", weight: 1, opacity: 0.8, fillColor: colour(share), fillOpacity: 0.7 }).bindPopup(() => about(area)).addTo(map));
  }
  const conversions = L.layerGroup();
  const news = L.layerGroup().addTo(map);
  for (const [number, kind, state, lon, lat, heading, phase, stands] of items) item({ number, kind, state, lat, lon, heading, phase, stands });
  map.on("zoomend", near);
  if (areas.length) map.fitBounds(L.featureGroup([...of.values()]).getBounds(), { animate: false, padding: [12, 12] });
  near();
  box.dataset.drawn = items.length;
  for (const entry of document.querySelectorAll("[data-rank]")) {
    const go = () => {
      const polygon = of.get(Number(entry.dataset.rank));
      map.fitBounds(polygon.getBounds(), { maxZoom: 16 });
      polygon.openPopup();
    };
    entry.addEventListener("click", go);
    entry.addEventListener("keydown", (event) => event.key === "Enter" && go());
  }

  /** Ten thousand conversions would hide the rest: they are shown from near. */
  function near() {
    if (map.getZoom() >= NEAR) conversions.addTo(map);
    else conversions.remove();
  }

  function item({ number, kind, state, lat, lon, heading, phase, stands }) {
    const done = ["installed", "tested", "in_service"].includes(state);
    if (kind === "convert") {
      L.circleMarker([lat, lon], { renderer, radius: done ? 3.4 : 2.6, stroke: false, fillColor: token(done ? "--sure" : "--wait-mark"), fillOpacity: done ? 0.9 : 0.55, interactive: false }).addTo(conversions);
      return;
    }
    const dot = L.circleMarker([lat, lon], { renderer, radius: 2.8, weight: 1, color: "#0c1016", fillColor: state === "dropped" ? token("--broken-mark") : "#ffffff", fillOpacity: done ? 0.4 : 1 }).addTo(news);
    dot.bindTooltip(`${number} · ${phase}${heading === null ? "" : ` · ${Math.round(heading)}°`}`);
    if (!stands) return;
    L.circleMarker([stands[1], stands[0]], { renderer, radius: 3.6, weight: 1, color: "#0c1016", fillColor: token("--sure"), fillOpacity: 1, interactive: false }).addTo(map);
    L.polyline([[lat, lon], [stands[1], stands[0]]], { renderer, weight: 1, color: token("--sure"), interactive: false }).addTo(map);
  }
}

function about({ rank, name, value, stability, covered, then }) {
  const told = document.createElement("div");
  told.append(Object.assign(document.createElement("b"), { textContent: `${rank}. ${name}` }));
  for (const text of [value.toFixed(2), `${Math.round(100 * covered)} → ${Math.round(100 * then)} %`, `± ${Math.round(100 * stability)} %`]) told.append(Object.assign(document.createElement("div"), { textContent: text }));
  return told;
}
