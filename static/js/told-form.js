/** A form for what others tell (a report, a place, a picture). Where it asks for a place, that is set on the case's map. */
import { csrf, notice } from "./page.js";

const L = window.L;

export class ToldForm {
  /**
   * @param {HTMLDetailsElement} box templates/analysis/_told.html
   * @param {import("leaflet").Map} map
   * @param {() => void} onDone
   */
  constructor(box, map, onDone) {
    Object.assign(this, { box, map, onDone, form: box.querySelector("form") });
    this.told = box.querySelector("[role=status]");
    this.problem = box.querySelector("[role=alert]");
    if (this.told) map.on("click", ({ latlng }) => box.open && this.place(latlng));
    box.addEventListener("toggle", () => !box.open && this.clear());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
  }

  place(point) {
    this.form.elements.lon.value = point.lng.toFixed(6);
    this.form.elements.lat.value = point.lat.toFixed(6);
    this.told.textContent = this.told.dataset.placed;
    this.problem.hidden = true;
    this.pin ??= L.marker(point, { icon: L.divIcon({ className: "case-pin", iconSize: [20, 20] }), keyboard: false }).addTo(this.map);
    this.pin.setLatLng(point);
  }

  clear() {
    this.pin?.remove();
    this.pin = undefined;
    this.form.reset();
    this.problem.hidden = true;
    if (!this.told) return;
    this.form.elements.lon.value = this.form.elements.lat.value = "";
    this.told.textContent = this.told.dataset.where;
  }

  async send() {
    const button = this.form.querySelector("button");
    button.disabled = true;
    const headers = { "X-CSRFToken": csrf(), Accept: "application/json" };
    const response = await fetch(this.form.dataset.address, { method: "POST", headers, body: new FormData(this.form) }).catch(() => null);
    button.disabled = false;
    if (response?.ok) {
      if (this.form.dataset.shows) show(document.getElementById(this.form.dataset.shows), await response.json());
      this.box.open = false;
      return this.onDone();
    }
    const problems = await response?.json().catch(() => null);
    if (!problems) return notice(document.getElementById("notices").dataset.failed);
    this.problem.textContent = Object.values(problems).flat().join(" ");
    this.problem.hidden = false;
  }
}

/** What can be seen once only. @param {HTMLElement} box templates/analysis/_links.html */
function show(box, { address, passcode }) {
  box.querySelector("input").value = address;
  box.querySelector("b").textContent = passcode;
  box.hidden = false;
  box.querySelector("input").select();
}
