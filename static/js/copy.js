// Copying a code block, or a whole answer as the Markdown it was written in.
import { say } from "./announce.js";
import { word } from "./page.js";

const DONE_MS = 1600;

/** The old way, for plain-http hosts, where `navigator.clipboard` is missing. */
function copyBySelection(words) {
  const area = document.createElement("textarea");
  const focused = document.activeElement;
  area.value = words;
  area.className = "hidden-text";
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  focused?.focus({ preventScroll: true });
  return done;
}

async function write(words) {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    return copyBySelection(words);
  }
}

function flash(button, done) {
  const label = word(done ? "copied" : "not-copied");
  say(label);
  if (!button || button.classList.contains("done")) return;
  const before = { text: button.textContent, title: button.title };
  const plain = button.childElementCount === 0;
  button.classList.add("done");
  button.title = label;
  if (plain) button.textContent = label;
  setTimeout(() => {
    button.classList.remove("done");
    button.title = before.title;
    if (plain) button.textContent = before.text;
  }, DONE_MS);
}

async function copy(words, button) {
  flash(button, await write(words));
}

function copyCode(block) {
  if (block) copy(block.querySelector("code").textContent, block.querySelector(".copy"));
}

function copyAnswer(turn) {
  const source = turn?.querySelector("template.source");
  if (source) copy(source.content.textContent, turn.querySelector(".copy-answer"));
}

const last = (selector) => [...document.querySelectorAll(selector)].at(-1);
export const copyLastCode = () => copyCode(last(".answer .code"));
export const copyLastAnswer = () => copyAnswer(last(".answer:has(template.source)"));

document.addEventListener("click", ({ target }) => {
  if (target.closest(".copy")) copyCode(target.closest(".code"));
  if (target.closest(".copy-answer")) copyAnswer(target.closest(".answer"));
});
