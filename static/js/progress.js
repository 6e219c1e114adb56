// From the click to the last token: what is happening now. The server tells the phase, the page counts the seconds.
import { online } from "./connection.js";
import { waiting } from "./outbox.js";
import { live, on, word } from "./page.js";
import { running } from "./running.js";

const line = document.getElementById("progress");
const words = document.getElementById("progress-text");
let phase = "";
let began = 0; // when the phase began, on this page's clock
let first = null; // the first report of writing: {elapsed_ms, tokens}
let rate = 0;

function enter(name, elapsed = 0) {
  if (name !== phase || elapsed) began = performance.now() - elapsed;
  phase = name;
  draw();
}

function detail() {
  if (phase === "writing") return rate > 0 ? word("rate", rate) : "";
  const seconds = Math.floor((performance.now() - began) / 1000);
  const counted = ["connecting", "waiting", "reasoning", "tool"].includes(phase);
  return counted && seconds > 0 ? word("seconds", seconds) : "";
}

function draw() {
  line.hidden = phase === "";
  const asking = phase === "tool" && live.querySelector(".tool-ask");
  const shown = [word(asking ? "asking" : phase), detail()].filter(Boolean).join(" · ");
  if (words.textContent !== shown) words.textContent = shown;
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
on("ack", ({ duplicate }) => duplicate || (running() ? enter("sent") : rest()));
on("status", (frame) => {
  if (phase === "stopping") return;
  if (frame.phase === "writing") measure(frame);
  enter(frame.phase, frame.phase === "writing" ? 0 : frame.elapsed_ms);
});
on("running", ({ generation }) => generation || rest());
on("refused", rest);
// Signed out or gone: nothing more will be told here.
on("final", () => enter(""));
on("lost", () => waiting().length && enter("offline"));
// What was told last is no longer known to be so.
on("unreachable", () => phase && phase !== "stopping" && enter("offline"));
on("swapped", ({ type }) => {
  if (type === "delta" && phase === "sent") enter("writing");
  if (type !== "snapshot") return;
  if (!running()) rest();
  else if (!phase || phase === "sending" || phase === "offline") {
    enter(live.querySelector('[aria-busy="true"] .part') ? "writing" : "waiting");
  }
});

setInterval(draw, 1000);
if (running()) enter("waiting");
