// Which tools the model may use; what their cards need is loaded before the first of them can come.
import { show } from "./notices.js";
import { main, on, post, word } from "./page.js";

const form = document.getElementById("tools");
const opener = document.getElementById("open-tools");
const ticked = () => [...form.querySelectorAll("[name=tool]")];
let changed = false; // in a new chat, of which the server knows nothing yet

function draw() {
  opener.classList.toggle(
    "some-off",
    ticked().some(({ checked }) => !checked),
  );
}

// What is seen in answers only; a new chat has none yet.
async function style() {
  const { styled } = await import("./style.js");
  for (const sheet of opener.dataset.styles.split(" ")) styled(sheet);
}

async function load() {
  try {
    await Promise.all([style(), import("./asking.js"), import("./reasoning.js")]);
  } catch {
    // Offline; an `ack` will say that the server is there again.
  }
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

for (const type of ["pointerenter", "focus"]) opener.addEventListener(type, style);
for (const type of ["asked", "ack"]) on(type, load);
if (!("new" in main.dataset)) load();
draw();
