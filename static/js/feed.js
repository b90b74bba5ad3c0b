/**
 * The events of a case, each once and in order, however often the line breaks.
 * After a break it asks for what came after the last one it saw.
 */
export class CaseFeed {
  /**
   * @param {string} path of the socket
   * @param {number} after the last event that the page already shows
   * @param {(event: {kind: string, number: number, data: object}) => void} onEvent
   * @param {(state: "on"|"off"|"refused") => void} onState
   */
  constructor(path, after, onEvent, onState) {
    Object.assign(this, { path, after, onEvent, onState });
    this.wait = 250;
    addEventListener("online", () => this.connect());
    addEventListener("offline", () => this.socket?.close());
    this.connect();
  }

  connect() {
    if (this.socket && this.socket.readyState <= WebSocket.OPEN) return;
    clearTimeout(this.timer);
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}${this.path}?after=${this.after}`);
    this.socket = socket;
    socket.addEventListener("message", ({ data }) => this.take(JSON.parse(data)));
    socket.addEventListener("close", ({ code }) => this.closed(socket, code));
  }

  take(message) {
    if (message.kind === "hello") {
      this.wait = 250;
      this.onState("on");
    } else if (message.number > this.after) {
      this.after = message.number;
      this.onEvent(message);
    }
  }

  closed(socket, code) {
    if (socket !== this.socket) return;
    if ([4400, 4401, 4403, 4404].includes(code)) return this.onState("refused");
    this.onState("off");
    this.timer = setTimeout(() => this.connect(), this.wait);
    this.wait = Math.min(this.wait * 2, 8000);
  }
}
