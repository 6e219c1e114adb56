// One button that is Send or Stop; Esc stops.
import { attached } from "./attached.js";
import { stop, underway } from "./outbox.js";
import { on, text } from "./page.js";
import { running } from "./running.js";

const button = document.getElementById("send");

function draw() {
  const mode = running() || underway() ? "stop" : "send";
  if (button.dataset.mode !== mode) {
    button.dataset.mode = mode;
    button.title = button.dataset[mode];
    button.setAttribute("aria-label", button.dataset[mode]);
    button.setAttribute("aria-keyshortcuts", mode === "stop" ? "Escape" : "Enter");
  }
  button.setAttribute(
    "aria-disabled",
    String(mode === "send" && !text.value.trim() && !attached().length),
  );
}

button.addEventListener("click", (event) => {
  if (button.dataset.mode !== "stop") return;
  event.preventDefault();
  stop();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.shiftKey || event.isComposing || event.defaultPrevented)
    return;
  if (document.querySelector(":popover-open, dialog[open], .sidebar.open, .rename")) return;
  stop();
});

on("running", draw);
on("outbox", draw);
on("attached", draw);
text.addEventListener("input", draw);
draw();
