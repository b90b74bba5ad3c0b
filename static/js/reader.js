/** A report in its own words: shows what was understood of it, and fills the fields when asked to. */
import { csrf } from "./page.js";

const box = document.getElementById("reader");
const form = document.getElementById("case-form");
const [report, reading, words, list, button] = ["#report", "#reading", ".words", ".read-fields", "#fill-in"].map((s) => box.querySelector(s));
const WAIT = 350; // milliseconds after the last key

let timer;
let asked = 0;
let found = [];

report.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(read, WAIT);
});

async function read() {
  const turn = ++asked;
  reading.hidden = !report.value.trim();
  if (reading.hidden) return;
  const body = new FormData();
  body.append("text", report.value);
  const response = await fetch(box.dataset.address, { method: "POST", body, headers: { "X-CSRFToken": csrf() } }).catch(() => null);
  const answer = await response?.json().catch(() => null);
  if (turn !== asked) return;
  if (!response?.ok || !answer) return say(answer?.problem ?? box.dataset.broken);
  show(answer);
}

function say(text) {
  words.textContent = text;
  list.replaceChildren();
  button.hidden = true;
}

function show({ text, used, unknown, fields }) {
  const marks = [...used.map((span) => [...span, "used"]), ...unknown.map((span) => [...span, "unknown"])].sort((a, b) => a[0] - b[0]);
  const parts = [];
  const letters = [...text]; // spans count characters, not UTF-16 units
  let at = 0;
  for (const [start, end, kind] of marks) {
    if (start < at) continue;
    const mark = document.createElement("mark");
    mark.className = kind;
    mark.textContent = letters.slice(start, end).join("");
    parts.push(letters.slice(at, start).join(""), mark);
    at = end;
  }
  words.replaceChildren(...parts, letters.slice(at).join(""));
  found = fields.filter(({ name }) => form.elements[name]);
  list.replaceChildren(...found.map(row));
  button.hidden = !found.length;
  if (!found.length) list.replaceChildren(Object.assign(document.createElement("li"), { className: "second", textContent: box.dataset.nothing }));
}

function row({ name, label, shown, unsure }) {
  const item = document.createElement("li");
  const title = Object.assign(document.createElement("span"), { className: "second", textContent: label });
  const value = Object.assign(document.createElement("b"), { textContent: shown });
  item.append(title, value);
  const before = current(name);
  if (before && before !== shown) item.append(Object.assign(document.createElement("small"), { className: "wait", textContent: `${box.dataset.replaces} ${before}` }));
  if (unsure) item.append(Object.assign(document.createElement("small"), { className: "second", textContent: box.dataset.unsure }));
  return item;
}

/** What a field shows now. */
function current(name) {
  const field = form.elements[name];
  if (field.type === "checkbox") return "";
  return field.value && (field.selectedOptions ? field.selectedOptions[0].textContent : field.value);
}

button.addEventListener("click", () => {
  for (const { name, value, unsure } of found) {
    const field = form.elements[name];
    if (field.type === "checkbox") field.checked = true;
    else field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    const tick = form.querySelector(`input[name="unsure"][value="${CSS.escape(name)}"]`);
    if (tick) tick.checked = Boolean(unsure);
    field.classList.add("filled");
  }
  read();
});
