/** A Leaflet map over the project's own districts; an online tile layer where one is set. */

const L = window.L;
const SEOUL = [[37.42, 126.76], [37.70, 127.19]];

/**
 * @param {HTMLElement} element with the data attributes of templates/_map.html; data-placed: the view was chosen already
 * @returns {import("leaflet").Map}
 */
export function districtMap(element) {
  const map = L.map(element, { zoomControl: false, zoomSnap: 0.25, maxZoom: 19, minZoom: 9, preferCanvas: false });
  L.control.zoom({ position: "topright" }).addTo(map);
  map.attributionControl.setPrefix("");
  map.fitBounds(SEOUL);
  map.createPane("names").style.zIndex = 350;
  map.createPane("field").style.zIndex = 300;
  map.createPane("cameras").style.zIndex = 420;
  if (element.dataset.tiles) {
    element.classList.add("with-tiles");
    L.tileLayer(element.dataset.tiles, { attribution: element.dataset.attribution, maxZoom: 19 }).addTo(map);
  }
  drawDistricts(map, element);
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(element); // the alarm above takes its room, filters wrap
  return map;
}

async function drawDistricts(map, element) {
  const response = await fetch(element.dataset.districts);
  if (!response.ok) return;
  const districts = await response.json();
  L.geoJSON(districts, { interactive: false, pane: "tilePane", className: "district", style: { className: "district" }, attribution: element.dataset.source }).addTo(map);
  const own = districts.features.filter(({ id, properties }) => (properties.code ?? id) === element.dataset.own);
  if (own.length && !element.dataset.placed) map.fitBounds(L.geoJSON(own).getBounds(), { animate: false });
  const names = L.layerGroup().addTo(map);
  const draw = () => drawNames(map, names, districts.features, element.dataset.lang === "ko" ? "name_ko" : "name_en");
  map.on("moveend", draw);
  draw();
}

/** Each name stands in the middle of what is seen of its district, so that no view is without names. */
function drawNames(map, layer, features, property) {
  layer.clearLayers();
  const size = map.getSize();
  const view = L.bounds([20, 20], [size.x - 20, size.y - 20]);
  for (const { properties, geometry } of features) {
    const rings = geometry.coordinates.map(([outer]) => outer.map(([lon, lat]) => map.latLngToContainerPoint([lat, lon])));
    const seen = rings.map((ring) => L.PolyUtil.clipPolygon(ring, view)).filter((ring) => ring.length > 2);
    if (!seen.length) continue;
    const box = seen.map((ring) => L.bounds(ring)).reduce((a, b) => (area(a) > area(b) ? a : b));
    if (box.getSize().x < 60 || box.getSize().y < 24) continue;
    const whole = rings.every((ring) => view.contains(L.bounds(ring)));
    const at = whole ? map.latLngToContainerPoint([properties.label[1], properties.label[0]]) : box.getCenter();
    const text = document.createElement("span");
    text.textContent = properties[property];
    const icon = L.divIcon({ className: "district-name", html: text.outerHTML, iconSize: [0, 0] });
    L.marker(map.containerPointToLatLng(at), { icon, interactive: false, keyboard: false, pane: "names" }).addTo(layer);
  }
}

const area = (box) => box.getSize().x * box.getSize().y;

/** @param {string} name of a custom property @returns {string} */
export function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** An arrow that leaves a point in a direction (degrees from north). @returns {import("leaflet").DivIcon} */
export function arrow(degrees) {
  const html = `<svg viewBox="-50 -50 100 100" width="100" height="100"><g transform="rotate(${Number(degrees)})"><path d="M0-46 9-30H3.5v14h-7v-14H-9z"/></g></svg>`;
  return L.divIcon({ className: "heading-arrow", html, iconSize: [100, 100], iconAnchor: [50, 50] });
}
