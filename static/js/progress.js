// From the click to the last token: what is happening now. The server tells the phase, the page counts the seconds.
import { online, ping } from "./connection.js";
import { waiting } from "./outbox.js";
import { live, on, word } from "./page.js";
import { running } from "./running.js";

const SILENT_MS = 5_000;
const COUNTED = ["connecting", "waiting", "reasoning", "tool", "asking"];
const line = document.getElementById("progress");
const words = document.getElementById("progress-text");
let phase = "";
let began = 0; // when the phase began, on this page's clock
let heard = 0; // when words came last
let quiet; // the timer that waits for the next
let first = null; // the first report of writing: {elapsed_ms, tokens}
let rate = 0;
let over = false;

function enter(name, elapsed = 0) {
  if (name !== phase || elapsed) began = performance.now() - elapsed;
  phase = over ? "" : name;
  draw();
}

function hear() {
  heard = performance.now();
  clearTimeout(quiet);
  quiet = setTimeout(miss, SILENT_MS);
}

/** No word for a while: is it the model that is silent, or the connection? */
function miss() {
  if (phase !== "writing") return;
  ping();
  draw();
}

function shown() {
  if (phase === "tool" && live.querySelector(".tool-ask")) return "asking";
  // A model that fell silent in mid-answer is waited for once more.
  return phase === "writing" && performance.now() - heard >= SILENT_MS ? "waiting" : phase;
}

function detail(name) {
  if (name === "writing") return rate > 0 ? word("rate", rate) : "";
  const seconds = Math.floor((performance.now() - (phase === "writing" ? heard : began)) / 1000);
  return COUNTED.includes(name) && seconds > 0 ? word("seconds", seconds) : "";
}

function draw() {
  line.hidden = phase === "";
  const name = shown();
  if (line.dataset.phase !== name) line.dataset.phase = name;
  const said = [word(name), detail(name)].filter(Boolean).join(" · ");
  if (words.textContent !== said) words.textContent = said;
}

function measure({ tokens, elapsed_ms: elapsed }) {
  first ??= { tokens, elapsed };
  const seconds = (elapsed - first.elapsed) / 1000;
  if (seconds >= 0.5) rate = Math.round((tokens - first.tokens) / seconds);
}

function rest() {
  first = null;
  rate = 0;
  if (!waiting().length) enter("");
  else enter(online() ? "sending" : "offline");
}

on("asked", ({ type }) => enter(type === "stop" ? "stopping" : online() ? "sending" : "offline"));
// What was asked for before and is being written has told its phase already.
on("ack", ({ duplicate }) => (running() ? duplicate || enter("sent") : rest()));
on("status", (frame) => {
  hear();
  if (phase === "stopping") return;
  if (frame.phase === "writing") measure(frame);
  enter(frame.phase, frame.phase === "writing" ? 0 : frame.elapsed_ms);
});
on("delta", hear);
on("running", ({ generation }) => generation || rest());
on("refused", rest);
// Signed out or gone: nothing more will be told here.
on("final", () => {
  over = true;
  enter("");
});
on("lost", () => waiting().length && enter("offline"));
// What was told last is no longer known to be so.
on("unreachable", () => phase && phase !== "stopping" && enter("offline"));
on("swapped", ({ type }) => {
  if (type === "delta" && phase === "sent") enter("writing");
  if (type !== "snapshot") return;
  hear();
  if (!running()) rest();
  else if (!phase || phase === "sending" || phase === "offline") {
    enter(live.querySelector('[aria-busy="true"] .part') ? "writing" : "waiting");
  }
});

setInterval(draw, 1000);
if (running()) enter("waiting");
