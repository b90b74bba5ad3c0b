/** One moment for map, route and list: where the person may be then. The address keeps it, so that it can be sent on. */

import { keep, kept } from "./page.js";

const STEP = 30; // seconds

export class TimeBar {
  /** @param {HTMLElement} box templates/analysis/workspace.html @param {import("./case-map.js").CaseMap} map */
  constructor(box, map) {
    this.map = map;
    this.address = box.dataset.address;
    [this.tick, this.shown, this.range, this.now] = ["show-field", "moment-shown", "moment", "to-now"].map((id) => document.getElementById(id));
    this.moment = kept("at"); // null: now
    this.asked = 0;
    this.range.addEventListener("input", () => this.move(Number(this.range.value)));
    this.now.addEventListener("click", () => this.move(null));
    this.tick.addEventListener("change", () => this.draw());
    document.addEventListener("themechange", () => this.draw());
    document.addEventListener("click", (event) => {
      const stop = event.target.closest("[data-stop]");
      if (stop) this.move(Math.ceil(Number(stop.dataset.at)));
    });
  }

  /** @param {{begin: number, end: number}} state after the state was drawn anew */
  renew({ begin, end }) {
    Object.assign(this, { begin, end });
    Object.assign(this.range, { min: Math.floor(begin), max: Math.ceil(end) });
    if (this.moment !== null) this.moment = Math.min(Math.max(this.moment, Math.ceil(begin)), Math.floor(end));
    this.range.value = this.moment ?? end;
    this.range.step = STEP;
    this.mark();
    const route = document.querySelectorAll("[data-stop]").length;
    if (this.moment === null || route !== this.route) this.draw();
    this.route = route;
  }

  move(moment) {
    this.moment = moment !== null && moment >= this.end - STEP ? null : moment;
    this.range.value = this.moment ?? this.end;
    keep("at", this.moment);
    this.mark();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.draw(), 60);
  }

  /** The clock, the route and the list at the moment. */
  mark() {
    const at = new Date(1000 * (this.moment ?? this.end));
    this.shown.textContent = at.toLocaleTimeString("en-GB", { timeZone: "Asia/Seoul" });
    this.now.setAttribute("aria-pressed", String(this.moment === null));
    this.map.showMoment(this.moment);
    for (const row of document.querySelectorAll("[data-at]")) row.classList.toggle("later", this.moment !== null && Number(row.dataset.at) > this.moment);
  }

  async draw() {
    const turn = ++this.asked;
    if (!this.tick.checked || this.end === undefined) return this.map.showField(null);
    const response = await fetch(`${this.address}?at=${this.moment ?? this.end}`).catch(() => null);
    if (!response?.ok || turn !== this.asked) return;
    this.map.showField(await response.json());
  }
}
