/** Parts of a page that renew themselves: ``data-renews`` is where from, ``data-every`` after how many seconds. */
for (const part of document.querySelectorAll("[data-renews]")) {
  setInterval(async () => {
    if (document.hidden || part.querySelector(":focus")) return;
    const response = await fetch(part.dataset.renews, { headers: { "X-Partial": "1" } }).catch(() => null);
    if (!response?.ok) return;
    const html = await response.text();
    if (html === part.dataset.html) return;
    part.dataset.html = html;
    part.innerHTML = html;
  }, 1000 * Number(part.dataset.every));
}
