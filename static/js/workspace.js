/** The workspace: the feed says that something happened, the state view says how things stand. */
import { CaseMap } from "./case-map.js";
import { CaseFeed } from "./feed.js";
import { mergeInPlace } from "./merge.js";
import { post } from "./page.js";
import { ToldForm } from "./told-form.js";
import { TimeBar } from "./time-bar.js";
import { Triage } from "./triage.js";

const page = document.getElementById("case").dataset;
const live = document.getElementById("live");
const triage = page.work ? new Triage(page.api, (id) => map.choose(id), act) : null;
const map = new CaseMap(document.getElementById("case-map"), (id) => triage?.choose(id));
const bar = new TimeBar(document.getElementById("time-bar"), map);
for (const box of document.querySelectorAll(".told")) new ToldForm(box, map.map, refresh);

let shown = -1;
let asking = false;
let again = false;
let running = false;
let own = false; // the next state that is asked for follows from what was done here
let held = null; // the list as it will be once nobody points at it
let repeats = 0; // 1: with candidates of passages already confirmed
let most = 0; // candidates in the list; 0: the usual number

const candidates = document.getElementById("candidates-panel");
candidates?.addEventListener("mouseleave", () => {
  if (held === null) return;
  const html = held;
  held = null;
  document.getElementById("held-back").hidden = true;
  replace(candidates, html);
  triage?.renew();
});

/** After something done on this page: the list may move. */
function act() {
  own = true;
  refresh();
}

/** Asks for the state; while one answer is awaited, at most one further question waits. */
async function refresh() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  const mine = own;
  own = false;
  try {
    const response = await fetch(`${page.state}?most=${most}&repeats=${repeats}${triage ? `&looking=${triage.id ?? 0}` : ""}${document.hidden ? "" : "&seen=1"}`, { headers: { Accept: "application/json" } });
    if (response.ok) show(await response.json(), mine);
    else own ||= mine;
  } catch {
    own ||= mine; // the feed shows that the line is down, and asks again when it is back
  } finally {
    asking = false;
    if (again) {
      again = false;
      refresh();
    }
  }
}

/** @param {boolean} mine it follows from what was done on this page: the list may move */
function show(state, mine) {
  if (state.event < shown) {
    own ||= mine;
    return;
  }
  const first = shown < 0;
  const before = new Set([...document.querySelectorAll("[data-stop]")].map((stop) => stop.dataset.stop));
  shown = state.event;
  running = state.running;
  for (const [id, html] of Object.entries(state.panels)) replace(document.getElementById(id), html, mine);
  map.show(state.map);
  bar.renew(state.map);
  triage?.renew();
  const stops = [...document.querySelectorAll("[data-stop]")];
  const added = stops.filter((stop) => !before.has(stop.dataset.stop));
  if (!first) added.forEach((stop) => stop.classList.add("new"));
  const list = document.querySelector(".stops");
  if (list && (first || added.length)) list.scrollLeft = list.scrollWidth;
}

/** Leaves a panel alone whose content did not change, or in which somebody types. */
function replace(panel, html, mine = true) {
  if (!panel || panel.dataset.html === html || panel.querySelector("input:focus, details[open]:not(.next)")) return;
  if (panel === candidates && !mine && panel.querySelector("[data-candidate]:hover")) {
    held = html;
    const waiting = mergeInPlace(panel, html);
    const chip = document.getElementById("held-back");
    chip.hidden = !waiting;
    chip.textContent = `${chip.dataset.label} ${waiting}`;
    return;
  }
  const open = [...panel.querySelectorAll(".next")].map((list) => list.open);
  panel.dataset.html = html;
  panel.innerHTML = html;
  panel.querySelectorAll(".next").forEach((list, index) => (list.open = open[index]));
}

new CaseFeed(page.socket, Number(page.event), refresh, (state) => {
  live.className = `live ${state === "on" ? "on" : "off"}`;
  live.lastElementChild.textContent = live.dataset[state];
  if (state === "on") refresh();
});

setInterval(() => running && refresh(), 2000);
setInterval(() => !running && refresh(), 15000);

document.addEventListener("click", async (event) => {
  const more = event.target.closest("[data-more]");
  if (more) {
    most = Number(more.dataset.more);
    more.disabled = true;
    return act();
  }
  const again = event.target.closest("[data-repeats]");
  if (again) {
    repeats = Number(again.dataset.repeats);
    return act();
  }
  const button = event.target.closest("[data-post]");
  if (!button) return;
  button.disabled = true;
  await post(button.dataset.post);
  button.disabled = false;
  refresh();
});

refresh();
