// A screen reader hears that an answer began and how it ended, never its tokens.
import { on, word } from "./page.js";

const place = document.getElementById("announcer");
const ENDINGS = {
  complete: "ended",
  stopped: "stopped",
  failed: "failed",
  truncated: "cut",
  filtered: "cut",
  interrupted: "cut",
};
let begun = null;

/** Says a sentence politely, also when it is the same as the last one. */
export function say(sentence) {
  place.textContent = "";
  setTimeout(() => {
    place.textContent = sentence;
  }, 50);
}

on("delta", ({ generation }) => {
  if (generation === begun) return;
  begun = generation;
  say(word("began"));
});

on("end", ({ status, error }) => {
  const sentence = word(ENDINGS[status] ?? "ended");
  say(error?.text ? `${sentence} ${error.text}` : sentence);
});
