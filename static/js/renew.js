/**
 * A part of a page that renews itself: ``data-renews`` is where from, ``data-every`` after how many seconds. Whoever stands on a link
 * in it still does afterwards.
 * @param {HTMLElement} part @param {() => void} [then] after it was drawn anew
 */
export function renew(part, then = () => {}) {
  setInterval(async () => {
    const response = await fetch(part.dataset.renews, { headers: { "X-Partial": "1" } }).catch(() => null);
    if (!response?.ok) return;
    const html = await response.text();
    if (html === part.dataset.html) return;
    part.dataset.html = html;
    const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    part.innerHTML = html;
    if (focused !== null) part.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
    then();
  }, 1000 * Number(part.dataset.every));
}
