/** A file of an inventory: how far reading is, and where its rows lie. */
import { districtMap, token } from "./map.js";
import { follow } from "./progress.js";

const L = window.L;
const reading = document.querySelector("[data-progress]");

async function place(box) {
  const map = districtMap(box.querySelector(".map"));
  const response = await fetch(box.dataset.points, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!response?.ok) return;
  const renderer = L.canvas({ padding: 0.3 });
  const colours = { unchanged: "--idle", changed: "--wait-mark", added: "--sure", refused: "--broken-mark" };
  const every = [];
  for (const [verdict, points] of Object.entries(await response.json())) {
    const colour = token(colours[verdict]);
    for (const [lon, lat] of points) {
      L.circleMarker([lat, lon], { renderer, radius: 3, weight: verdict === "refused" ? 1.5 : 0, color: colour, fillColor: colour, fillOpacity: verdict === "refused" ? 0 : 0.9, interactive: false }).addTo(map);
      every.push([lat, lon]);
    }
  }
  const inside = every.filter(([lat, lon]) => Math.abs(lat - 37.55) < 0.4 && Math.abs(lon - 127) < 0.5); // far ones would shrink the city to a dot
  if (inside.length) {
    box.querySelector(".map").dataset.placed = "rows";
    map.fitBounds(L.latLngBounds(inside), { padding: [12, 12], animate: false });
  }
}

if (reading) follow(reading, ({ status, reading: goesOn }) => status === "waiting" && goesOn);
for (const box of document.querySelectorAll("[data-points]")) place(box);
