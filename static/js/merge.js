/** New content for a list somebody points at: rows change where they are, nothing moves, what is new waits. */

const OWN = ["chosen", "later"]; // classes that the page sets

/**
 * @param {HTMLElement} list with rows that carry data-candidate
 * @param {string} html the whole panel anew
 * @returns {number} how many rows wait
 */
export function mergeInPlace(list, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const here = new Map([...list.querySelectorAll("[data-candidate]")].map((row) => [row.dataset.candidate, row]));
  let waiting = 0;
  for (const row of fresh.querySelectorAll("[data-candidate]")) {
    const old = here.get(row.dataset.candidate);
    if (!old) waiting += 1;
    else if (plain(old) !== row.outerHTML) {
      row.classList.add(...OWN.filter((name) => old.classList.contains(name)));
      old.replaceWith(row);
    }
  }
  return waiting;
}

function plain(row) {
  const copy = row.cloneNode(true);
  copy.classList.remove(...OWN);
  return copy.outerHTML;
}
