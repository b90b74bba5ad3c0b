/** Weights by comparing indicators in pairs (AHP): the server reckons, this asks. */
import { csrf } from "./page.js";

const STEPS = [9, 7, 5, 3, 2, 1, 1 / 2, 1 / 3, 1 / 5, 1 / 7, 1 / 9];
const MOST = 15;
const dialog = document.getElementById("pairs");
const told = document.getElementById("ratio");
const taking = document.getElementById("take-pairs");
let found;
let asked = 0;

/**
 * @param {{key: string, name: string}[]} indicators those that are compared
 * @param {string} address of the server's arithmetic
 * @param {(weights: Object<string, number>) => void} take what happens with the weights
 */
export function askPairs(indicators, address, take) {
  const some = indicators.slice(0, MOST);
  const table = dialog.querySelector("table");
  const head = row("th", "", ...some.map(({ name }) => name));
  const rows = some.map((first, at) => row("td", ...[header(first.name)], ...some.map((second, other) => cell(first, second, at, other))));
  table.replaceChildren(head, ...rows);
  table.onchange = () => reckon(some, address);
  taking.onclick = () => {
    take(found.weights);
    dialog.close();
  };
  dialog.showModal();
  reckon(some, address);
}

function row(kind, ...cells) {
  const line = document.createElement("tr");
  for (const content of cells) {
    if (content instanceof HTMLTableCellElement) line.append(content);
    else line.append(Object.assign(document.createElement(kind), { textContent: content }));
  }
  return line;
}

const header = (name) => Object.assign(document.createElement("th"), { textContent: name });

function cell(first, second, at, other) {
  const box = document.createElement("td");
  if (at === other) box.textContent = "1";
  else if (at > other) box.dataset.reverse = `${second.key}:${first.key}`;
  else {
    const choice = document.createElement("select");
    choice.name = `${first.key}:${second.key}`;
    choice.setAttribute("aria-label", `${first.name} : ${second.name}`);
    for (const step of STEPS) choice.append(new Option(step >= 1 ? String(step) : `1/${Math.round(1 / step)}`, step, step === 1, step === 1));
    box.append(choice);
  }
  return box;
}

/** Weights can be taken only when they are those of the last judgement; an answer that a later one has overtaken is passed over. */
async function reckon(some, address) {
  const mine = ++asked;
  taking.disabled = true;
  const judgements = {};
  for (const choice of dialog.querySelectorAll("select")) {
    judgements[choice.name] = Number(choice.value);
    const reverse = dialog.querySelector(`[data-reverse="${CSS.escape(choice.name)}"]`);
    if (reverse) reverse.textContent = choice.value >= 1 ? (choice.value === "1" ? "1" : `1/${choice.value}`) : String(Math.round(1 / choice.value));
  }
  const body = new URLSearchParams({ how: "pairs", judgements: JSON.stringify(judgements) });
  for (const { key } of some) body.append("key", key);
  const response = await fetch(address, { method: "POST", body, headers: { "X-CSRFToken": csrf(), Accept: "application/json" } }).catch(() => null);
  const answer = await response?.json().catch(() => null);
  if (mine !== asked) return;
  found = response?.ok ? answer : undefined;
  taking.disabled = !found;
  told.className = found?.consistent ? "sure" : "problem";
  told.textContent = found ? told.dataset[found.consistent ? "good" : "bad"].replace("#", found.ratio) : (answer?.detail ?? document.getElementById("notices").dataset.failed);
}
