// A notice that belongs to no prompt on the page is shown for a while at its top.

import { prompts } from "./outbox.js";
import { on } from "./page.js";

const SECONDS = 6;
const place = document.getElementById("toast");
let timer;

export function show(sentence) {
  clearTimeout(timer);
  place.textContent = sentence;
  timer = setTimeout(() => {
    place.textContent = "";
  }, SECONDS * 1000);
}

on("notice", ({ key, text, code, generation }) => {
  const beside = prompts().some(({ frame }) => frame.key === key);
  // A stop that came too late has nothing to say.
  const late = code === "gone" && generation !== undefined;
  if (text && code !== "draining" && !beside && !late) show(text);
});
