/** The board: cases on the map; the list renews itself. */
import { districtMap } from "./map.js";
import { renew } from "./renew.js";

const L = window.L;
const list = document.getElementById("board-list");
const map = districtMap(document.getElementById("board-map"));
const pins = L.layerGroup().addTo(map);
let known = "";

function draw() {
  const rows = [...list.querySelectorAll("[data-case]")];
  pins.clearLayers();
  for (const { dataset, href } of rows) {
    const icon = L.divIcon({ className: "case-pin", iconSize: [20, 20] });
    L.marker([dataset.lat, dataset.lon], { icon, title: dataset.number })
      .bindTooltip(dataset.number, { permanent: rows.length < 12, direction: "right", offset: [12, 0] })
      .on("click", () => location.assign(href))
      .addTo(pins);
  }
  const key = rows.map((row) => row.dataset.number).join();
  if (key && key !== known) map.fitBounds(rows.map((row) => [row.dataset.lat, row.dataset.lon]), { padding: [120, 120], maxZoom: 12.5, animate: false });
  known = key;
}

renew(list, draw);
draw();
