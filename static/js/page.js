/** On every page: theme, running clocks, notices. */

export const RETRY_MS = 2000; // what somebody waits for is asked for again so long after it could not be fetched

/** @param {string} text @param {"error"|"success"|""} kind */
export function notice(text, kind = "error") {
  const box = document.getElementById("notices");
  const line = document.createElement("p");
  line.className = `notice ${kind}`;
  line.textContent = text;
  box.append(line);
  setTimeout(() => line.remove(), 8000);
}

/** @returns {string} the CSRF token that Django set as a cookie */
export function csrf() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}

/** Keeps a part of the page's state in its address, so that it can be sent to a colleague. @param {string|number|null} value null: none */
export function keep(name, value) {
  const hash = new URLSearchParams(location.hash.slice(1));
  if (value === null) hash.delete(name);
  else hash.set(name, value);
  history.replaceState(null, "", hash.size ? `#${hash}` : location.pathname);
}

/** @param {string} name @returns {number|null} what the address keeps */
export function kept(name) {
  return Number(new URLSearchParams(location.hash.slice(1)).get(name)) || null;
}

/**
 * POSTs without a body. Says what went wrong in a notice.
 * @param {string} url
 * @returns {Promise<boolean>} whether it was done
 */
export async function post(url) {
  try {
    const response = await fetch(url, { method: "POST", headers: { "X-CSRFToken": csrf(), Accept: "application/json" } });
    if (response.ok) return true;
    const problem = await response.json().catch(() => ({}));
    notice(problem.detail ?? document.getElementById("notices").dataset.failed);
  } catch {
    notice(document.getElementById("notices").dataset.failed);
  }
  return false;
}

/** @param {Date} since @returns {string} hours, minutes, seconds */
function elapsed(since) {
  const total = Math.max(0, Math.floor((Date.now() - since) / 1000));
  const two = (n) => String(n).padStart(2, "0");
  return `${Math.floor(total / 3600)}:${two(Math.floor(total / 60) % 60)}:${two(total % 60)}`;
}

setInterval(() => {
  for (const clock of document.querySelectorAll("[data-since]")) clock.textContent = elapsed(new Date(clock.dataset.since));
}, 1000);

document.querySelector("[data-theme-switch]")?.addEventListener("click", () => {
  const root = document.documentElement;
  root.dataset.theme = root.dataset.theme === "light" ? "dark" : "light";
  document.cookie = `theme=${root.dataset.theme};path=/;max-age=31536000;samesite=lax`;
  document.dispatchEvent(new Event("themechange"));
});

for (const line of document.querySelectorAll("#notices .notice")) setTimeout(() => line.remove(), 10000);
