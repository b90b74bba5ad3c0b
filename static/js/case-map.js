/** What a case's map shows: cameras by state, candidates, the route. Draws state; knows no server. */
import { arrow, districtMap, token } from "./map.js";

const L = window.L;
const CAMERA = {
  scanned: { fill: "--sure", radius: 4.5 },
  running: { fill: "--wait-mark", radius: 6, ring: "--text" },
  waiting: { fill: "--wait-mark", radius: 4.5 },
  failed: { ring: "--broken-mark", radius: 4.5 },
  faulty: { ring: "--broken-mark", radius: 4.5 },
  broken_file: { ring: "--broken-mark", radius: 4.5 },
};
const IDLE = { fill: "--idle", radius: 3 };
const SURE = 95; // percent
const HOUSE = '<svg viewBox="0 0 22 22" width="22" height="22"><path d="M11 2 1 11h3v9h5v-6h4v6h5v-9h3z" fill="currentColor"/></svg>';

export class CaseMap {
  /** @param {HTMLElement} element @param {(candidate: number) => void} onChoose */
  constructor(element, onChoose) {
    this.map = districtMap(element);
    this.onChoose = onChoose;
    this.canvas = L.canvas({ pane: "cameras" });
    this.cameras = L.layerGroup().addTo(this.map);
    this.watch = L.layerGroup().addTo(this.map);
    this.candidates = L.layerGroup().addTo(this.map);
    this.places = L.layerGroup().addTo(this.map);
    this.route = L.layerGroup().addTo(this.map);
    this.fitted = "";
    this.field = L.layerGroup().addTo(this.map);
    document.addEventListener("themechange", () => this.state && this.show(this.state));
  }

  /** @param {object} state the ``map`` of the state view */
  show(state) {
    this.state = state;
    this.showCameras(state.cameras);
    this.showWatch(state);
    this.showRoute(state);
    this.showCandidates(state.candidates);
    this.showPlaces(state.places);
    this.fit(state);
  }

  /** @param {{watched: [number, number][], alerts: [number, number, number][]}} state cameras that look out; who may be passing now */
  showWatch({ watched = [], alerts = [] }) {
    this.watch.clearLayers();
    for (const [lon, lat] of watched) {
      L.circleMarker([lat, lon], { renderer: this.canvas, pane: "cameras", radius: 9, weight: 2, color: token("--text"), fill: false, interactive: false }).addTo(this.watch);
    }
    for (const [id, lon, lat] of alerts) {
      const icon = L.divIcon({ className: "alert-mark", iconSize: [34, 34] });
      L.marker([lat, lon], { icon, keyboard: false, zIndexOffset: 900 }).on("click", () => this.onChoose(id)).addTo(this.watch);
    }
  }

  /** @param {[number, number, string][]} places where the person may head for */
  showPlaces(places) {
    this.places.clearLayers();
    for (const [lon, lat, name] of places) {
      const icon = L.divIcon({ className: "known-place", html: HOUSE, iconSize: [22, 22] });
      L.marker([lat, lon], { icon, keyboard: false, title: name, alt: name }).addTo(this.places);
    }
  }

  /** @param {{bounds: number[], side: number, share: number[]}|null} field as the server tells it; null: none */
  showField(field) {
    this.field.clearLayers();
    if (!field) return;
    const canvas = Object.assign(document.createElement("canvas"), { width: field.side, height: field.side });
    const context = canvas.getContext("2d");
    context.fillStyle = token("--person");
    field.share.forEach((share, index) => {
      context.globalAlpha = 0.5 * Math.sqrt(share / 100);
      context.fillRect(index % field.side, Math.floor(index / field.side), 1, 1);
    });
    const [west, south, east, north] = field.bounds;
    L.imageOverlay(canvas.toDataURL(), [[south, west], [north, east]], { pane: "field", interactive: false, alt: "" }).addTo(this.field);
  }

  /** Draws the route only as far as it was walked at a moment (seconds since 1970; null: all of it). */
  showMoment(moment) {
    this.moment = moment;
    if (this.state) this.showRoute(this.state);
  }

  showCameras(cameras) {
    this.cameras.clearLayers();
    for (const [id, lon, lat, state, name] of cameras) {
      const look = CAMERA[state] ?? IDLE;
      L.circleMarker([lat, lon], {
        renderer: this.canvas, pane: "cameras", radius: look.radius, weight: look.ring ? 2 : 0, color: look.ring && token(look.ring),
        fill: Boolean(look.fill), fillOpacity: 1, fillColor: look.fill && token(look.fill),
      }).bindTooltip(name, { direction: "top" }).on("click", (event) => this.tell(id, event)).addTo(this.cameras);
    }
  }

  /** What the search has to say of a camera, in a bubble; while a place is being set, a click is one on the map. */
  async tell(id, event) {
    if (document.querySelector(".told[open] [name=lon]")) return;
    L.DomEvent.stopPropagation(event);
    const turn = (this.asked = (this.asked ?? 0) + 1);
    const response = await fetch(`${location.pathname}cameras/${Number(id)}/`).catch(() => null);
    if (response?.ok && turn === this.asked) L.popup({ className: "about-camera", maxWidth: 320 }).setLatLng(event.latlng).setContent(await response.text()).openOn(this.map);
  }

  showCandidates(candidates) {
    this.candidates.clearLayers();
    for (const { id, lon, lat } of candidates) {
      const size = id === this.chosen ? 26 : 18;
      const icon = L.divIcon({ className: `candidate-mark${id === this.chosen ? " chosen" : ""}`, iconSize: [size, size] });
      L.marker([lat, lon], { icon, keyboard: false }).on("click", () => this.onChoose(id)).addTo(this.candidates);
    }
  }

  showRoute({ route: whole, doubted, other, last_seen: [lon, lat], direction }) {
    this.route.clearLayers();
    const route = this.moment == null ? whole : whole.filter((stop) => stop.at <= this.moment);
    const points = [[lat, lon], ...route.map((stop) => [stop.lat, stop.lon])];
    if (other.length) L.polyline(other.map(([x, y]) => [y, x]), { className: "route-line doubtful", interactive: false }).addTo(this.route);
    for (const stop of doubted) this.mark(stop, "?", "perhaps");
    L.polyline(points, { className: "route-halo", interactive: false }).addTo(this.route);
    route.forEach((stop, index) => {
      const className = `route-line ${stop.percent < SURE ? "perhaps" : ""}`;
      L.polyline(points.slice(index, index + 2), { className, interactive: false }).addTo(this.route);
    });
    L.marker([lat, lon], { icon: L.divIcon({ className: "last-seen", iconSize: [20, 20] }), keyboard: false }).addTo(this.route);
    const latest = route.at(-1);
    const heading = latest ? latest.heading : direction;
    if (heading !== null) L.marker(points.at(-1), { icon: arrow(heading), interactive: false, keyboard: false }).addTo(this.route);
    for (const stop of route) {
      this.mark(stop, Number(stop.number), `${stop === latest ? "latest" : ""} ${stop.percent < SURE ? "perhaps" : ""}`);
    }
  }

  /** @param {{id: number, lon: number, lat: number, title: string, percent: number}} stop */
  mark(stop, text, kind) {
    const html = `<span data-sighting="${Number(stop.id)}">${text}</span>`;
    const icon = L.divIcon({ className: `route-stop ${kind}`, html, iconSize: [26, 26] });
    const title = stop.percent < SURE ? `${stop.title} · ${stop.percent} %` : stop.title;
    L.marker([stop.lat, stop.lon], { icon, zIndexOffset: 1000, keyboard: false, title }).addTo(this.route);
  }

  /** Moves the view only when the route or the search grew out of it, never while the user looks around. */
  fit({ route, doubted, last_seen: [lon, lat], cameras, alerts = [] }) {
    const searched = cameras.filter(([, , , state]) => state in CAMERA).map(([, x, y]) => [y, x]);
    const points = [[lat, lon], ...[...route, ...doubted].map((stop) => [stop.lat, stop.lon]), ...alerts.map(([, x, y]) => [y, x]), ...searched];
    const bounds = L.latLngBounds(points);
    const key = bounds.toBBoxString();
    if (key === this.fitted) return;
    this.fitted = key;
    this.map.fitBounds(bounds, { padding: [70, 70], maxZoom: 16, animate: false });
  }

  choose(id) {
    this.chosen = id;
    if (this.state) this.showCandidates(this.state.candidates);
  }
}
