// Which answer is being written in this conversation, as the page shows it: `chat:running` tells of a change.
import { emit, id, live, main, on, word } from "./page.js";

let generation = main.dataset.running;
let over = 0; // the newest whose end was told here

/** The id of the generation that is being written here, or "". */
export const running = () => id(generation);

/** Why nothing can be asked here now, in words; "" if it can. */
export function busy() {
  if (running()) return word("busy");
  return document.querySelector("#elsewhere p")?.textContent.trim() ?? "";
}

function become(value) {
  if (String(value) === generation) return;
  generation = String(value);
  main.dataset.running = generation;
  emit("running", { generation: running() });
}

function shown() {
  return live.querySelector('.turn[aria-busy="true"]')?.dataset.generation ?? "";
}

function close({ generation, message, status }) {
  const article = document.getElementById(`m${message}`);
  // A continued answer is the same article of another generation.
  if (article?.dataset.generation !== String(generation)) return;
  article.removeAttribute("aria-busy");
  delete article.dataset.model;
  article.setAttribute("data-status", status);
}

// An answer by POST may be slower than the events, and come when all is over.
on("ack", (frame) => frame.duplicate || frame.generation <= over || become(frame.generation));

on("swapped", (frame) => {
  if (frame.type === "end") {
    over = Math.max(over, frame.generation);
    close(frame);
  }
  if (["end", "message", "snapshot"].includes(frame.type)) become(shown());
});

// Signed out or gone: it may go on, but not on this page.
on("final", () => {
  for (const article of live.querySelectorAll('[aria-busy="true"]'))
    article.removeAttribute("aria-busy");
  become("");
});
