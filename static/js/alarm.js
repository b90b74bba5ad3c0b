/** The alarm on every page: who may be walking past a live camera now, until somebody takes it. */
import { notice, post } from "./page.js";

const strip = document.getElementById("alarms");
const words = strip.dataset;
const RING_EVERY_MS = 4000;
const SOUND = "alarm-sound"; // of the browser's memory: "off" where somebody does not want it
const title = document.title;

let alerts = [];
let silenced = new Set(); // on this page
let known = null; // ids that rang already; null: before the first message
let wait = 250;
let sound; // of the browser, from the first touch on: before that it may not make any
let releaseSound = null; // of the lock: one page of several rings
let asked = false; // for the lock

function connect() {
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/alarms/`);
  socket.addEventListener("message", ({ data }) => {
    wait = 250;
    show(JSON.parse(data).alerts);
  });
  socket.addEventListener("close", ({ code }) => {
    if ([4401, 4403].includes(code)) return;
    setTimeout(connect, wait);
    wait = Math.min(wait * 2, 8000);
  });
}

function show(next) {
  const fresh = next.filter(({ id }) => !known?.has(id));
  alerts = next;
  known = new Set(next.map(({ id }) => id));
  silenced = new Set([...silenced].filter((id) => known.has(id)));
  strip.replaceChildren(...alerts.map(row));
  strip.hidden = !alerts.length;
  for (const alert of fresh) tell(alert);
  ring();
}

/** @returns {HTMLElement} one alert: picture, where and when, what to do */
function row(alert) {
  const line = document.createElement("div");
  line.className = `alarm${alert.passed_on ? " passed-on" : ""}`;
  line.dataset.alert = alert.id;
  line.setAttribute("role", "alert");
  const picture = Object.assign(document.createElement("img"), { src: alert.picture, alt: "", width: 36, height: 52 });
  const text = document.createElement("p");
  const head = Object.assign(document.createElement("b"), { textContent: words.head });
  const where = Object.assign(document.createElement("span"), { textContent: `${alert.camera} · ${alert.district}` });
  const when = Object.assign(document.createElement("span"), { className: "second number" });
  when.textContent = `${clock(alert.at)} · ${alert.score.toFixed(2)} · ${alert.case}`;
  text.append(head, where, when);
  if (alert.passed_on) text.append(Object.assign(document.createElement("span"), { className: "problem", textContent: words.passedOn }));
  const take = Object.assign(document.createElement("button"), { className: "button primary", type: "button", textContent: words.take });
  take.addEventListener("click", () => answer(alert, take));
  const quiet = Object.assign(document.createElement("button"), { className: "button", type: "button", textContent: words.silence });
  quiet.hidden = silenced.has(alert.id);
  quiet.addEventListener("click", () => {
    silenced.add(alert.id);
    quiet.hidden = true;
    ring();
  });
  line.append(picture, text, take, quiet);
  return line;
}

const clock = (at) => new Date(at).toLocaleTimeString("en-GB", { timeZone: "Asia/Seoul" });

async function answer(alert, button) {
  button.disabled = true;
  await post(alert.answer); // somebody may have been faster: the page says who, and the person is worth a look all the same
  if (location.pathname === new URL(alert.page, location.href).pathname) location.hash = new URL(alert.page, location.href).hash;
  else location.assign(alert.page);
}

/** Beside the page: a desktop notice, once for each. */
function tell(alert) {
  if (globalThis.Notification?.permission !== "granted" || !document.hidden) return;
  const shown = new Notification(words.head, { body: `${alert.camera} · ${alert.district} · ${clock(alert.at)}`, tag: `alert-${alert.id}`, requireInteraction: true });
  shown.addEventListener("click", () => {
    window.focus();
    shown.close();
  });
}

/** Sound and title, as long as an alert waits that nobody silenced here. */
function ring() {
  const loud = alerts.some(({ id }) => !silenced.has(id));
  document.title = alerts.length ? `(${alerts.length}) ${words.head} · ${title}` : title;
  strip.classList.toggle("ringing", loud);
  hint(loud);
  if (!loud) {
    releaseSound?.();
    return;
  }
  if (releaseSound) return;
  const beep = () => localStorage.getItem(SOUND) !== "off" && sound?.state === "running" && tones();
  const begin = () => new Promise((resolve) => {
    beep();
    const timer = setInterval(beep, RING_EVERY_MS);
    releaseSound = () => {
      clearInterval(timer);
      releaseSound = null;
      resolve();
    };
  });
  if (!navigator.locks) begin();
  else if (!asked) {
    asked = true;
    navigator.locks.request("alarm", () => {
      asked = false;
      return alerts.some(({ id }) => !silenced.has(id)) ? begin() : undefined;
    });
  }
}

/** Says that the browser keeps the page silent until it is touched. */
function hint(loud) {
  strip.dataset.sound = localStorage.getItem(SOUND) === "off" ? "off" : sound?.state === "running" ? "on" : "blocked";
  strip.querySelector(".no-sound")?.remove();
  if (loud && strip.dataset.sound === "blocked") strip.append(Object.assign(document.createElement("p"), { className: "second no-sound", textContent: words.blocked }));
}

/** Two rising tones: heard in a room, not mistaken for a telephone. */
function tones() {
  for (const [index, frequency] of [660, 880].entries()) {
    const begin = sound.currentTime + index * 0.22;
    const tone = new OscillatorNode(sound, { frequency, type: "triangle" });
    const volume = new GainNode(sound, { gain: 0 });
    volume.gain.setValueAtTime(0, begin);
    volume.gain.linearRampToValueAtTime(0.35, begin + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, begin + 0.35);
    tone.connect(volume).connect(sound.destination);
    tone.start(begin);
    tone.stop(begin + 0.36);
  }
}

async function unlock() {
  if (!globalThis.AudioContext) return;
  sound ??= new AudioContext();
  await sound.resume().catch(() => {});
  hint(alerts.some(({ id }) => !silenced.has(id)));
}
for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, unlock, { once: true, capture: true });
if (navigator.userActivation?.hasBeenActive) unlock();

/* Choices in the account's menu */
const soundChoice = document.querySelector("[data-alarm=sound]");
const noticeChoice = document.querySelector("[data-alarm=notices]");
if (soundChoice) {
  soundChoice.checked = localStorage.getItem(SOUND) !== "off";
  soundChoice.addEventListener("change", async () => {
    localStorage.setItem(SOUND, soundChoice.checked ? "on" : "off");
    await unlock();
    if (soundChoice.checked && sound?.state === "running") tones(); // so that it is known what to listen for
  });
}
if (noticeChoice) {
  noticeChoice.hidden = !globalThis.Notification || Notification.permission !== "default";
  noticeChoice.addEventListener("click", async () => {
    const told = await Notification.requestPermission();
    noticeChoice.hidden = told !== "default";
    notice(told === "granted" ? words.noticesOn : words.noticesOff, told === "granted" ? "success" : "error");
  });
}

connect();
