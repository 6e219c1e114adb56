// Tools: which the model may use, and whether one that asks may run.
import { say } from "./announce.js";
import { show } from "./notices.js";
import { live, main, on, post, word } from "./page.js";

const form = document.getElementById("tools");
const opener = document.getElementById("open-tools");
const ticked = () => [...form.querySelectorAll("[name=tool]")];
let changed = false; // in a new chat, of which the server knows nothing yet

function draw() {
  const off = ticked().filter(({ checked }) => !checked).length;
  opener.classList.toggle("some-off", off > 0);
}

form.addEventListener("change", async () => {
  draw();
  changed = true;
  if (!("new" in main.dataset) && !(await post(form.action, new FormData(form))))
    show(word("not-saved"));
});
form.addEventListener("submit", (event) => event.preventDefault());

// The first prompt brings along what was chosen before it.
on("asked", (frame) => {
  if (frame.type !== "send" || !changed || !("new" in main.dataset)) return;
  frame.tools = Object.fromEntries(ticked().map(({ value, checked }) => [value, checked]));
});

live.addEventListener("click", async ({ target }) => {
  const { choice } = target.closest("[data-choice]")?.dataset ?? {};
  if (!choice) return;
  const asking = target.closest(".tool-ask");
  const { ask } = asking.dataset;
  for (const button of asking.querySelectorAll("button")) button.disabled = true;
  // The question goes when it is answered; the focus stays with the card.
  asking.closest(".tool-call").querySelector("summary").focus({ preventScroll: true });
  if (await post(main.dataset.allow, { ask, choice })) return;
  show(word("not-saved"));
  for (const button of asking.querySelectorAll("button")) button.disabled = false;
});

on("delta", ({ content }) => content?.includes("data-ask=") && say(word("asking")));

draw();
