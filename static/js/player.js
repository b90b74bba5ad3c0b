/** The passage of a candidate as a film, with the track drawn in. */

import { csrf, notice } from "./page.js";

const FRAME_S = 1 / 15;
const MARK = "#f2a33a";

export class Player {
  /**
   * @param {HTMLElement} box templates/analysis/workspace.html
   * @param {string} api address of the case's API
   * @param {(id: number) => void} onPoint another person in the picture became this candidate
   */
  constructor(box, api, onPoint) {
    Object.assign(this, { box, api, onPoint, id: null, url: null });
    [this.video, this.canvas, this.status, this.speed, this.clock] = ["video", "canvas", "[role=status]", "select", "output"].map((s) => box.querySelector(s));
    this.speed.addEventListener("change", () => {
      this.setSpeed();
      this.speed.blur(); // the keys are the page's again
    });
    this.canvas.addEventListener("click", (event) => this.point(event));
    box.addEventListener("click", (event) => {
      const button = event.target.closest("[data-play]");
      if (button) this.act(button.dataset.play);
    });
    document.addEventListener("keydown", (event) => {
      if (box.hidden || event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === ",") this.act("back");
      if (event.key === ".") this.act("on");
    });
  }

  /** Shows a candidate's clip; the same again: plays or pauses. @param {number} id @param {string} start of the recording, ISO */
  async play(id, start) {
    if (id === this.id) return this.act("toggle");
    this.close();
    Object.assign(this, { id, start: start ? Date.parse(start) : null });
    this.box.hidden = false;
    this.say(this.box.dataset.loading);
    try {
      const [clip, track] = await Promise.all(["clip", "track"].map((what) => fetch(`${this.api}candidates/${id}/${what}/`)));
      const problem = clip.ok ? null : (await clip.json().catch(() => ({}))).detail;
      if (id !== this.id) return;
      if (!clip.ok || !track.ok) return this.say(problem ?? this.box.dataset.broken);
      this.track = await track.json();
      [this.begin, this.scale] = clip.headers.get("X-Clip").split(" ").map(Number);
      const content = await clip.blob();
      if (id !== this.id) return;
      this.url = URL.createObjectURL(content);
      this.video.src = this.url;
      this.say("");
      this.setSpeed();
      await this.video.play();
      this.draw();
    } catch {
      if (id === this.id) this.say(this.box.dataset.broken);
    }
  }

  close() {
    this.video.pause();
    this.video.removeAttribute("src");
    if (this.url) URL.revokeObjectURL(this.url);
    Object.assign(this, { id: null, url: null, track: null });
    this.box.hidden = true;
  }

  act(what) {
    if (what === "close") return this.close();
    if (!this.url) return;
    if (what === "toggle") return this.video.paused ? this.video.play() : this.video.pause();
    this.video.pause();
    this.video.currentTime = Math.max(0, this.video.currentTime + (what === "on" ? FRAME_S : -FRAME_S));
  }

  /** Whoever is there in the picture becomes a candidate. */
  async point({ offsetX, offsetY }) {
    if (!this.url || !this.video.videoWidth) return;
    this.video.pause();
    const shown = Math.min(this.canvas.clientWidth / this.canvas.width, this.canvas.clientHeight / this.canvas.height);
    const [left, top] = [(this.canvas.clientWidth - shown * this.canvas.width) / 2, (this.canvas.clientHeight - shown * this.canvas.height) / 2];
    const [x, y] = [((offsetX - left) / shown) * this.scale, ((offsetY - top) / shown) * this.scale];
    if (x < 0 || y < 0) return;
    const body = JSON.stringify({ time: this.begin + this.video.currentTime, x, y });
    const headers = { "X-CSRFToken": csrf(), "Content-Type": "application/json", Accept: "application/json" };
    const response = await fetch(`${this.api}candidates/${this.id}/point/`, { method: "POST", headers, body }).catch(() => null);
    const answer = await response?.json().catch(() => ({}));
    if (response?.ok) return this.onPoint(answer.id);
    notice(answer?.detail ?? document.getElementById("notices").dataset.failed);
  }

  setSpeed() {
    this.video.playbackRate = this.video.defaultPlaybackRate = Number(this.speed.value);
  }

  say(text) {
    this.status.textContent = text;
  }

  /** The box about the person and the clock of the camera, for as long as a clip is open. */
  draw() {
    if (!this.url) return;
    const [width, height] = [this.video.videoWidth, this.video.videoHeight];
    if (width && this.canvas.width !== width) Object.assign(this.canvas, { width, height });
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    const time = this.begin + this.video.currentTime;
    const place = at(this.track, time);
    if (place) {
      const [x1, y1, x2, y2] = place.map((value) => value / this.scale);
      context.strokeStyle = MARK;
      context.lineWidth = Math.max(2, width / 320);
      context.strokeRect(x1, y1, x2 - x1, y2 - y1);
    }
    if (this.start !== null) this.clock.textContent = new Date(this.start + 1000 * time).toLocaleTimeString("en-GB", { timeZone: "Asia/Seoul" });
    this.canvas.dataset.drawn = place ? "1" : "";
    requestAnimationFrame(() => this.draw());
  }
}

/** The box at a time, between two points of the track on the straight line; null before and after it. */
function at({ times, boxes }, time) {
  const next = times.findIndex((one) => one >= time);
  if (next < 0 || (next === 0 && times[0] - time > 0.3)) return null;
  if (next === 0) return boxes[0];
  const share = (time - times[next - 1]) / (times[next] - times[next - 1] || 1);
  return boxes[next].map((value, axis) => boxes[next - 1][axis] + share * (value - boxes[next - 1][axis]));
}
