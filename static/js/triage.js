/** Candidates one by one: choose, look, decide; by mouse, finger or key. */
import { keep, kept, post, RETRY_MS } from "./page.js";
import { Player } from "./player.js";

const KEYS = { y: "confirm", u: "perhaps", n: "reject", z: "undo", j: "next", k: "back", p: "play" };

const MAY = { open: ["confirm", "perhaps", "reject"], unsure: ["confirm", "reject", "undo"], confirmed: ["undo"], rejected: ["undo"] };

export class Triage {
  /**
   * @param {string} api address of the case's API
   * @param {(id: number|null) => void} onChoose
   * @param {() => void} onDecided
   */
  constructor(api, onChoose, onDecided) {
    Object.assign(this, { api, onChoose, onDecided, id: kept("candidate"), seen: null, busy: false });
    this.focus = document.getElementById("focus");
    this.player = new Player(document.getElementById("player"), api, (id) => this.pointed(id));
    this.panel = document.getElementById("candidates-panel");
    this.panel.addEventListener("click", (event) => {
      const row = event.target.closest("[data-candidate]");
      if (row) this.choose(Number(row.dataset.candidate));
    });
    document.addEventListener("click", (event) => {
      const stop = event.target.closest("[data-shows]");
      if (stop && this.row(Number(stop.dataset.shows))) this.choose(Number(stop.dataset.shows));
    });
    this.focus.addEventListener("click", (event) => {
      const button = event.target.closest("[data-decide]");
      if (button) this.act(button.dataset.decide);
    });
    addEventListener("hashchange", () => kept("candidate") && this.pointed(kept("candidate"))); // somebody took an alarm
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest("input, textarea, select");
      if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey && KEYS[event.key.toLowerCase()]) this.act(KEYS[event.key.toLowerCase()]);
    });
  }

  rows() {
    return [...this.panel.querySelectorAll("[data-candidate]")];
  }

  row(id = this.id) {
    return this.rows().find((row) => Number(row.dataset.candidate) === id);
  }

  /** After the list was drawn anew: keeps the choice; takes the first open one where there is none. */
  renew() {
    if (this.awaited && this.row(this.awaited)) {
      const id = this.awaited;
      this.awaited = null;
      return this.choose(id);
    }
    if (!this.row()) this.id = null;
    if (this.id === null) {
      const open = this.rows().filter((row) => row.dataset.decision === "open");
      const first = open.find((row) => !("other" in row.dataset)) ?? open[0]; // a colleague looks at the others
      if (first) return this.choose(Number(first.dataset.candidate));
      this.focus.hidden = true;
    }
    this.mark();
    if (this.id === null || this.shown === this.key()) return;
    this.onChoose(this.id);
    this.load();
  }

  key() {
    return `${this.id} ${this.row()?.dataset.decision} ${this.row()?.querySelector(".score").textContent}`;
  }

  choose(id) {
    if (id !== this.id) this.player.close();
    this.id = id;
    keep("candidate", id);
    this.mark();
    this.onChoose(id);
    this.load();
  }

  /** Somebody in the clip is looked at next; the list may not have them yet. */
  pointed(id) {
    if (this.row(id)) return this.choose(id);
    this.awaited = id;
    this.onDecided();
  }

  mark() {
    for (const row of this.rows()) row.classList.toggle("chosen", Number(row.dataset.candidate) === this.id);
    if (this.panel.scrollHeight > this.panel.clientHeight) this.row()?.scrollIntoView({ block: "nearest" });
  }

  /** Shows whom was chosen; until then nothing can be decided about them. */
  async load() {
    const id = this.id;
    const key = (this.shown = this.key());
    this.dim();
    const html = await fetch(`${location.pathname}candidates/${id}/`)
      .then((response) => (response.ok ? response.text() : null))
      .catch(() => null);
    if (id !== this.id || key !== this.shown) return; // asked for somebody else since, or anew
    if (html === null) {
      setTimeout(() => id === this.id && key === this.shown && this.load(), RETRY_MS);
      return;
    }
    this.focus.innerHTML = html;
    this.focus.hidden = false;
    this.seen = id;
    this.dim();
  }

  /** While the panel shows somebody else than is chosen. */
  dim() {
    this.focus.setAttribute("aria-busy", String(this.id !== this.seen));
  }

  move(step) {
    const rows = this.rows();
    const at = rows.indexOf(this.row());
    const next = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
    if (next) this.choose(Number(next.dataset.candidate));
  }

  async act(what) {
    if (what === "next") return this.move(1);
    if (what === "back") return this.move(-1);
    if (what === "play") return this.id === null ? undefined : this.player.play(this.id, this.focus.querySelector("[data-recording-start]")?.dataset.recordingStart);
    const decision = this.row()?.dataset.decision;
    if (this.busy || this.seen !== this.id || !(MAY[decision] ?? []).includes(what)) return;
    this.busy = true;
    const { id } = this;
    const done = await post(`${this.api}candidates/${id}/${what}/`);
    this.busy = false;
    if (done && what !== "undo" && id === this.id) {
      this.id = null;
      this.dim();
      this.player.close();
    }
    this.onDecided();
  }
}
