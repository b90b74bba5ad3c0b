/** How far long work is, until it is over. */

const EVERY_MS = 700;

/**
 * Asks again and again, then reads the page anew.
 * @param {HTMLElement} box with data-progress (an address that tells ``percent``), a progress bar, perhaps [data-percent]
 * @param {(answer: object) => boolean} goesOn whether somebody still works on it
 */
export function follow(box, goesOn) {
  setTimeout(async () => {
    const response = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } }).catch(() => null);
    if (response?.ok) {
      const answer = await response.json();
      if (!goesOn(answer)) return location.reload();
      box.querySelector("progress").value = answer.percent;
      const percent = box.querySelector("[data-percent]");
      if (percent) percent.textContent = answer.percent;
    }
    follow(box, goesOn);
  }, EVERY_MS);
}
