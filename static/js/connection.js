// The socket's life: alive or silent, lost and found again, and its frames told to the page as `chat:<type>`.
// hx-ws swaps what frames bring; when to connect again is decided here, so that "Retry now" can be at once.
import { emit, main } from "./page.js";

const PING_MS = 15_000;
const SILENCE_MS = 5_000;
const CONNECT_MS = 10_000;
const BANNER_MS = 1_000;
const FIRST_DELAY_MS = 300;
const LAST_DELAY_MS = 5_000;
const SILENT = 4408;
const FINAL = { 4401: "signed-out", 4404: "gone" };

const link = document.getElementById("link");
let connection = null;
let whole = false; // a snapshot came, and nothing was lost since
let attempts = 0;
let since = 0; // when the page became whole
let told = null; // the delay that the server asked for
let frame = null;
let pings = 0;
let leaving = false;
let silence, banner, retry;

export const online = () => whole;

// Half of a character that was cut in two is no text that JSON can carry: the server could not even read its key.
const wellFormed = (_, value) => (typeof value === "string" ? value.toWellFormed() : value);

/** Sends a frame if the page is whole; a server that then says nothing at all counts as lost. */
export function send(command) {
  if (!whole || connection.socket?.readyState !== WebSocket.OPEN) return false;
  connection.socket.send(JSON.stringify(command, wellFormed));
  silence ??= setTimeout(giveUp, SILENCE_MS);
  return true;
}

/** Leaves a socket that says nothing. The browser would wait a minute for the other side's farewell. */
function giveUp() {
  connection.socket?.dispatchEvent(new CloseEvent("close", { code: SILENT }));
}

function heard() {
  clearTimeout(silence);
  silence = undefined;
}

function show(state) {
  clearTimeout(banner);
  banner = undefined;
  if (link.dataset.state !== state) link.dataset.state = state;
  if (state === "lost") emit("unreachable");
}

function lost() {
  if (whole && performance.now() - since > LAST_DELAY_MS) attempts = 0;
  whole = false;
  heard();
  banner ??= setTimeout(show, BANNER_MS, "lost");
  emit("lost");
}

function connectLater() {
  const backoff = Math.min(FIRST_DELAY_MS * 2 ** attempts, LAST_DELAY_MS);
  attempts += 1;
  clearTimeout(retry);
  retry = setTimeout(connect, told ?? backoff * (0.7 + 0.6 * Math.random()));
  told = null;
}

function connect() {
  clearTimeout(retry);
  retry = undefined;
  main.dispatchEvent(new CustomEvent("chat:connect"));
}

/** Asks whether the server is there: one that says nothing counts as lost. */
export const ping = () => send({ type: "ping", n: ++pings });

/** Something changed around us: a waiting retry comes at once, a seemingly open socket is asked. */
function look() {
  if (retry !== undefined) connect();
  else ping();
}

function retryNow() {
  if (retry !== undefined) connect();
  else if (!whole) {
    told = 0;
    giveUp();
  }
}

main.addEventListener("htmx:ws:before:connection", (event) => {
  connection = event.detail.connection;
  banner ??= setTimeout(show, BANNER_MS, "lost");
  silence ??= setTimeout(giveUp, CONNECT_MS);
});

main.addEventListener("htmx:ws:close", ({ detail }) => {
  if (leaving || detail.reason !== "closed") return;
  lost();
  if (!(detail.code in FINAL)) return connectLater();
  show(FINAL[detail.code]);
  emit("final");
});

main.addEventListener("htmx:ws:before:message:incoming", ({ detail }) => {
  heard();
  try {
    frame = JSON.parse(detail.message.data);
  } catch {
    frame = {};
  }
  told = frame.retry_ms ?? told;
  if (frame.type) emit(frame.type, frame);
});

main.addEventListener("htmx:ws:after:message:incoming", () => {
  if (frame.type === "snapshot") {
    whole = true;
    since = performance.now();
    show("open");
  }
  if (frame.type) emit("swapped", frame);
});

setInterval(ping, PING_MS);
document.getElementById("retry-now").addEventListener("click", retryNow);
window.addEventListener("online", look);
window.addEventListener("offline", look);
document.addEventListener("visibilitychange", () => document.hidden || look());
window.addEventListener("pagehide", () => {
  leaving = true;
});
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
