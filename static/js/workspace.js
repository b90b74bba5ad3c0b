/** The workspace: the feed says that something happened, the state view says how things stand. */
import { CaseMap } from "./case-map.js";
import { CaseFeed } from "./feed.js";
import { mergeInPlace } from "./merge.js";
import { post, RETRY_MS } from "./page.js";
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
let retry = 0;
let again = false;
let running = false;
let own = false; // something was done here that the last state asked for may not know
let held = null; // the list as it will be once nobody points at it
let repeats = 0; // 1: with candidates of passages already confirmed
let most = 0; // candidates in the list; 0: the usual number

const candidates = document.getElementById("candidates-panel");
candidates?.addEventListener("mouseleave", () => {
  if (held === null) return;
  replace(candidates, held);
  triage?.renew();
});

/** After something done on this page: the list may move. What was held back is older. */
function act() {
  own = true;
  holdBack(null);
  refresh();
}

/**
 * Asks for the state; while one answer is awaited, at most one further question waits. An answer that was asked for before
 * something was done here is passed over: it may not know of it.
 */
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
    if (!response.ok) throw new Error(response.statusText);
    const state = await response.json();
    if (own || state.event < shown) own ||= mine;
    else show(state, mine);
  } catch {
    own ||= mine; // where the line is down, the feed shows it
    clearTimeout(retry);
    if (own) retry = setTimeout(refresh, RETRY_MS); // somebody waits; else with the next event or in a while
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
  if (panel === candidates && !mine && panel.querySelector("[data-candidate]:hover")) return holdBack(html);
  if (panel === candidates) holdBack(null);
  const open = [...panel.querySelectorAll(".next")].map((list) => list.open);
  panel.dataset.html = html;
  panel.innerHTML = html;
  panel.querySelectorAll(".next").forEach((list, index) => (list.open = open[index]));
}

/** Somebody points at the candidates: they change where they are, new ones wait. @param {string|null} html null: nothing waits any more */
function holdBack(html) {
  held = html;
  const chip = document.getElementById("held-back");
  if (!chip) return;
  const waiting = html === null ? 0 : mergeInPlace(candidates, html);
  if (html !== null) delete candidates.dataset.html; // it is no longer what was put there
  chip.hidden = !waiting;
  chip.textContent = `${chip.dataset.label} ${waiting}`;
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
