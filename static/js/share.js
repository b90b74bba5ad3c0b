/** A shared case on a phone. The token leaves the address as soon as the page is there, and is sent once. */
import { CaseMap } from "./case-map.js";
import { csrf } from "./page.js";

const [door, shared, sheet, live, ends, tell] = ["door", "shared", "sheet", "live", "ends", "tell"].map((id) => document.getElementById(id));
const token = location.hash.slice(1);
history.replaceState(null, "", location.pathname);

const told = new Set(); // alerts that the phone has shaken for
let map;
let read; // when the state was read last
let expires;
let wait = 500;
let over = false;

door.addEventListener("submit", async (event) => {
  event.preventDefault();
  const problem = door.querySelector("[role=alert]");
  const body = JSON.stringify({ token, passcode: door.querySelector("input:not([type=hidden])").value.trim() });
  const response = await fetch(door.dataset.address, { method: "POST", body, headers: { "X-CSRFToken": csrf(), "Content-Type": "application/json" } }).catch(() => null);
  if (response?.ok) return begin();
  problem.textContent = (await response?.json().catch(() => null))?.problem ?? document.getElementById("notices").dataset.failed;
  problem.hidden = false;
});

async function begin() {
  door.hidden = true;
  shared.hidden = false;
  map ??= new CaseMap(document.getElementById("case-map"), () => {});
  map.map.on("click", ({ latlng }) => tell.dataset.waiting && place(latlng.lng, latlng.lat));
  await refresh();
  listen();
}

async function refresh() {
  const response = await fetch(shared.dataset.state, { headers: { Accept: "application/json" } }).catch(() => null);
  if (response?.status === 403) return close();
  if (!response?.ok) return say(false);
  const state = await response.json();
  read = new Date();
  expires = new Date(state.expires);
  document.getElementById("number").textContent = state.number;
  sheet.innerHTML = state.sheet;
  const fresh = (state.map.alerts ?? []).map(([id]) => id).filter((id) => !told.has(id));
  for (const id of fresh) told.add(id);
  if (fresh.length) navigator.vibrate?.([200, 100, 200]); // a phone in a pocket
  map.show(state.map);
  shared.dataset.frozenNow = state.live ? "" : "1";
  say(true);
}

/** Says whether what is shown is what is known. */
function say(on) {
  live.className = `live ${on ? "on" : "off"}`;
  const clock = read?.toLocaleTimeString("en-GB", { timeZone: "Asia/Seoul", hour: "2-digit", minute: "2-digit" }) ?? "";
  live.lastElementChild.textContent = on ? (shared.dataset.frozenNow ? shared.dataset.frozen : shared.dataset.live) : `${shared.dataset.off} ${clock}`;
}

function close() {
  over = true;
  sheet.replaceChildren(Object.assign(document.createElement("p"), { className: "problem", textContent: shared.dataset.over }));
  document.getElementById("case-map").hidden = true;
  live.className = "live off";
  live.lastElementChild.textContent = shared.dataset.over;
  ends.textContent = "";
}

function listen() {
  if (over) return;
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/share/`);
  socket.addEventListener("message", ({ data }) => {
    wait = 500;
    if (JSON.parse(data).kind === "changed" || !live.classList.contains("on")) refresh();
  });
  socket.addEventListener("close", ({ code }) => {
    if (code === 4403 || code === 4401) return close();
    say(false);
    setTimeout(listen, wait);
    wait = Math.min(wait * 2, 10000);
  });
}

setInterval(() => {
  if (over || !expires) return;
  const left = Math.max(0, Math.floor((expires - Date.now()) / 1000));
  const two = (n) => String(n).padStart(2, "0");
  ends.textContent = `${shared.dataset.expires} ${Math.floor(left / 3600)}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
  if (!left) refresh();
}, 1000);
setInterval(() => !over && expires && refresh(), 30000);

/* Reporting */
const form = document.getElementById("tell-form");

function place(lon, lat) {
  form.elements.lon.value = lon.toFixed(6);
  form.elements.lat.value = lat.toFixed(6);
  delete tell.dataset.waiting;
  if (!tell.open) tell.showModal();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) tell.close();
  if (!event.target.closest("[data-tell]")) return;
  tell.dataset.waiting = "1"; // a touch on the map sets the place
  navigator.geolocation?.getCurrentPosition(({ coords }) => tell.dataset.waiting && place(coords.longitude, coords.latitude), () => {}, { enableHighAccuracy: true, timeout: 8000 });
  document.getElementById("case-map").scrollIntoView({ behavior: "smooth" });
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const problem = form.querySelector("[role=alert]");
  const response = await fetch(form.dataset.address, { method: "POST", body: new FormData(form), headers: { "X-CSRFToken": csrf() } }).catch(() => null);
  if (response?.ok) {
    tell.close();
    return refresh();
  }
  problem.textContent = (await response?.json().catch(() => null))?.problem ?? document.getElementById("notices").dataset.failed;
  problem.hidden = false;
});

if (!token) fetch(shared.dataset.state).then((response) => response.ok && begin()); // opened before in this browser
