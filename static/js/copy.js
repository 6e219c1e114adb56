// Copying a code block, or a whole answer as the Markdown it was written in.
import { say } from "./announce.js";
import { write } from "./clipboard.js";
import { word } from "./page.js";

const DONE_MS = 1600;

function draw(button, label, icon) {
  const use = button.querySelector("use");
  if (use) use.setAttribute("href", use.getAttribute("href").replace(/#.*/, icon));
  else button.textContent = label;
}

function flash(button, done) {
  const label = word(done ? "copied" : "not-copied");
  say(label);
  if (!button || button.classList.contains("done")) return;
  const before = button.textContent;
  button.classList.add("done");
  draw(button, label, done ? "#check" : "#close");
  setTimeout(() => {
    button.classList.remove("done");
    draw(button, before, "#copy");
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
  const prompt = target.closest(".copy-prompt");
  if (prompt) copy(prompt.closest(".prompt").querySelector(".bubble").textContent, prompt);
  if (target.closest(".copy-answer")) copyAnswer(target.closest(".answer"));
});
