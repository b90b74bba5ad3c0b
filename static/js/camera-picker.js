/** A camera among very many: sought by number or address while it is typed. */

const box = document.getElementById("pick");
const MOST = 12;

function pick(box) {
  const [hidden, typed] = [box.querySelector("input[type=hidden]"), box.querySelector("input[type=search]")];
  const [list, told] = [box.querySelector("datalist"), document.getElementById("pick-told")];
  const found = new Map(); // what is shown to what is sent
  let waiting;
  let asked = 0;

  function chosen() {
    const one = found.get(typed.value);
    hidden.value = one?.id ?? "";
    told.textContent = one?.address ?? "";
    return Boolean(one);
  }

  async function seek() {
    const mine = ++asked;
    const query = new URLSearchParams({ q: typed.value, limit: MOST });
    const response = await fetch(`${box.dataset.cameras}?${query}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (mine !== asked || !response?.ok) return;
    const { results } = await response.json();
    found.clear();
    for (const { id, properties } of results.features) {
      const name = found.has(properties.asset_number) ? `${properties.asset_number} (${properties.district})` : properties.asset_number;
      found.set(name, { id, address: properties.address });
    }
    list.replaceChildren(...[...found].map(([name, { address }]) => new Option(address, name)));
    if (!chosen() && !found.size) told.textContent = box.dataset.none;
  }

  typed.addEventListener("input", () => {
    clearTimeout(waiting);
    if (!chosen() && typed.value.trim()) waiting = setTimeout(seek, 250);
  });
}

if (box) pick(box);
