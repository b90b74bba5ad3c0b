/** The planning page: sliders are moved, the server reckons, the map and the ranking answer. */
import { districtMap, token } from "./map.js";
import { csrf, notice } from "./page.js";
import { askPairs } from "./pairs.js";
import { follow } from "./progress.js";
import { bar, colour, drawRamp } from "./ramp.js";

const L = window.L;
const form = document.getElementById("judging");
const ask = document.getElementById("ask");
const shown = document.getElementById("shown");
const ranking = document.getElementById("ranking");
const firmText = document.getElementById("firm");
const map = districtMap(document.getElementById("planning-map"));
const renderer = L.canvas({ padding: 0.2 });
const sliders = [...form.querySelectorAll(".slider")].map((box) => ({ box, key: box.dataset.key, name: box.dataset.name, input: box.querySelector("input"), output: box.querySelector("output"), usual: box.querySelector("input").value }));
const number = ask.elements.number;
const told = document.getElementById("area-told");
let ring;
const UNKNOWN = { fillOpacity: 0, color: token("--edge"), weight: 0.5 }; // until something is known
let polygons = [];
let judged;
let firm;
let asked = 0;
let looked = 0;
let waiting;

drawRamp(document.querySelector(".ramp"));

function weights() {
  const query = new URLSearchParams();
  for (const { key, input } of sliders) if (Number(input.value)) query.set(`w.${key}`, input.value);
  return query;
}

function tell() {
  for (const { input, output } of sliders) output.textContent = input.value;
  document.getElementById("weight-sum").textContent = sliders.reduce((sum, { input }) => sum + Number(input.value), 0);
}

/** Asks the server; an answer that a later one has overtaken is passed over. */
async function judge() {
  tell();
  const mine = ++asked;
  const query = weights();
  query.set("method", form.elements.method.value);
  const response = await fetch(`${form.dataset.values}&${query}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (mine !== asked) return;
  if (!response?.ok) return notice((await response?.json().catch(() => null))?.detail ?? form.dataset.failed);
  judged = await response.json();
  firm = undefined;
  paint();
  list();
  history.replaceState(null, "", `?${new URLSearchParams({ areas: form.elements.areas.value })}&${weights()}`);
  form.dataset.drawn = mine; // for whoever measures
  clearTimeout(waiting);
  waiting = setTimeout(shake, 500, query, mine);
}

/** How firm the choice is: slower, so only when the sliders rest. */
async function shake(query, mine) {
  query.set("chosen", chosen());
  if (ask.elements.shake?.value) query.set("shake", ask.elements.shake.value);
  const response = await fetch(`${form.dataset.values}&${query}`).catch(() => null);
  if (mine !== asked || !response?.ok) return;
  firm = await response.json();
  firmText.textContent = firmText.dataset.text.replace("#", Math.min(chosen(), judged.values.length).toLocaleString()).replace("^", firm.stay.toLocaleString()).replace("~", firm.shakes.toLocaleString());
  if (shown.value === "firm") paint();
  list();
}

const chosen = () => Math.max(0, Number(number.value) || 0);

function paint() {
  if (!judged || !polygons.length) return;
  const shares = level();
  const edge = chosen();
  polygons.forEach((polygon, area) => {
    const among = judged.ranks[area] <= edge && judged.values[area] !== null;
    polygon.setStyle({ fillColor: colour(shares[area]), fillOpacity: 0.82, color: among ? "#ffffff" : "#0c1016", weight: among ? 1.4 : 0.4, opacity: among ? 0.9 : 0.5 });
  });
}

/** What is shown of each area, 0 to 1. */
function level() {
  if (shown.value === "firm") return firm ? firm.firm : judged.values.map(() => null);
  if (shown.value === "known") return judged.known;
  const known = judged.values.filter((value) => value !== null).sort((a, b) => a - b);
  const [low, high] = [known[Math.floor(known.length * 0.02)], known[Math.floor(known.length * 0.98)]];
  return judged.values.map((value) => (value === null ? null : Math.max(0, Math.min(0.999, (value - low) / (high - low || 1)))));
}

function list() {
  document.getElementById("ranked").textContent = Math.min(chosen(), judged.values.length).toLocaleString();
  ranking.replaceChildren(...judged.top.map((area, at) => {
    const item = document.createElement("li");
    item.tabIndex = 0;
    item.append(
      Object.assign(document.createElement("span"), { className: "rank number", textContent: at + 1 }),
      Object.assign(document.createElement("b"), { textContent: area.name }),
      Object.assign(document.createElement("span"), { className: "index number", textContent: area.value.toFixed(2) }),
      Object.assign(document.createElement("small"), { textContent: area.drivers.map(([name, adds]) => `${name} +${adds.toFixed(2)}`).join(" · ") }),
    );
    if (firm) {
      const percent = Math.round(100 * firm.firm[area.area]);
      const line = Object.assign(document.createElement("span"), { className: "firm-bar" });
      line.append(bar(percent, "wait", `${shown.options[1].text} ${percent} %`), Object.assign(document.createElement("span"), { className: "number", textContent: `${percent} %` }));
      item.append(line);
    }
    const go = () => show(area.area, true);
    item.addEventListener("click", go);
    item.addEventListener("keydown", (event) => event.key === "Enter" && go());
    return item;
  }));
}

/** One area in full, at its place. */
async function show(area, move = false) {
  const polygon = polygons[area];
  if (!polygon) return;
  const mine = ++looked;
  if (move) map.fitBounds(polygon.getBounds(), { maxZoom: 13, padding: [80, 80] });
  const query = weights();
  query.set("method", form.elements.method.value);
  query.set("area", area);
  const response = await fetch(`${form.dataset.values}&${query}`).catch(() => null);
  if (mine !== looked) return;
  if (!response?.ok) return notice(form.dataset.failed);
  const { name, rank, of, value, rows } = await response.json();
  ring?.remove();
  ring = L.polygon(polygon.getLatLngs(), { fill: false, color: "#ffffff", weight: 3, interactive: false }).addTo(map);
  told.querySelector("h2").replaceChildren(name, " ", Object.assign(document.createElement("span"), { className: "count", textContent: `${rank.toLocaleString()} / ${of.toLocaleString()} · ${value?.toFixed(2) ?? "–"}` }));
  const most = Math.max(...rows.map(({ adds }) => Math.abs(adds ?? 0)), 1e-6);
  told.querySelector("tbody").replaceChildren(...rows.map(({ name: what, unit, value: found, adds }) => {
    const line = document.createElement("tr");
    line.insertCell().textContent = what;
    line.insertCell().textContent = found === null ? "–" : `${found.toLocaleString(undefined, { maximumFractionDigits: 1 })} ${unit}`;
    const cell = line.insertCell();
    if (adds !== null) cell.append(bar((100 * Math.abs(adds)) / most, adds >= 0 ? "against" : "sure", adds.toFixed(2)));
    line.insertCell().textContent = adds === null ? "" : `${adds > 0 ? "+" : ""}${adds.toFixed(2)}`;
    return line;
  }));
  told.hidden = false;
  told.scrollIntoView({ block: "nearest" });
}

async function draw() {
  const response = await fetch(form.dataset.shapes).catch(() => null);
  if (!response?.ok) return notice(form.dataset.failed);
  const { shapes } = await response.json();
  polygons = shapes.map((parts, area) => L.polygon(parts.map((ring) => ring.map(([lon, lat]) => [lat, lon])), { renderer, smoothFactor: 0.5, ...UNKNOWN }).on("click", () => show(area)).addTo(map));
  if (polygons.length) map.fitBounds(L.featureGroup(polygons).getBounds(), { animate: false, padding: [16, 16] });
  paint();
}

/** @param {Object<string, number>} told by key; others weigh nothing. Only how weights compare counts: they are made to fit. */
function take(told) {
  const fit = Math.min(1, 50 / Math.max(...Object.values(told)));
  for (const { key, input } of sliders) input.value = told[key] ? Math.max(0.5, told[key] * fit) : 0;
  judge();
}

const used = () => sliders.filter(({ input }) => Number(input.value));

for (const { input } of sliders) input.addEventListener("input", judge);
form.elements.method.addEventListener("change", judge);
form.elements.areas.addEventListener("change", () => location.assign(`?${new URLSearchParams({ areas: form.elements.areas.value })}&${weights()}`));
form.addEventListener("submit", (event) => event.preventDefault());
shown.addEventListener("change", paint);
number.addEventListener("input", () => {
  if (!judged) return;
  paint();
  list();
  clearTimeout(waiting);
  waiting = setTimeout(() => shake(weights(), asked), 500);
});
told.querySelector("button").addEventListener("click", () => {
  told.hidden = true;
  ring?.remove();
});
document.getElementById("reset").addEventListener("click", () => location.assign(`?${new URLSearchParams({ areas: form.elements.areas.value })}`));
document.getElementById("compare").addEventListener("click", () => askPairs(used(), form.dataset.weigh, take));
document.getElementById("entropy").addEventListener("click", async () => {
  const body = new URLSearchParams({ how: "entropy" });
  for (const { key } of used()) body.append("key", key);
  const response = await fetch(form.dataset.weigh, { method: "POST", body, headers: { "X-CSRFToken": csrf(), Accept: "application/json" } }).catch(() => null);
  const answer = await response?.json().catch(() => null);
  if (response?.ok) take(answer.weights);
  else notice(answer?.detail ?? form.dataset.failed);
});
ask.addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of weights()) formData.append(name, value);
  formData.append("method", form.elements.method.value);
});
const measuring = form.querySelector("[data-progress]");
if (measuring) follow(measuring, ({ working }) => working);
tell();
if (sliders.length) judge();
draw();
