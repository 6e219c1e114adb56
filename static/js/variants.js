// Stepping to another variant: the same place on the screen, and the focus, stay with the reader.
import { say } from "./announce.js";
import { send } from "./connection.js";
import { show } from "./notices.js";
import { add } from "./outbox.js";
import { id, main, on, word } from "./page.js";
import { unpin } from "./scroll.js";

let step = null; // what was asked for: {message, end: which button, top: where it was}

function settle({ message, end, top }) {
  const turn = document.getElementById(`m${message}`);
  if (!turn) return location.assign(`${main.dataset.address}?message=${message}#m${message}`);
  const buttons = [...turn.querySelectorAll(".variants .step:not([disabled])")];
  const button = buttons.find((each) => each.id.endsWith(end)) ?? buttons[0];
  if (!button) return;
  button.focus({ preventScroll: true });
  scrollBy({ top: button.getBoundingClientRect().top - top, behavior: "instant" });
  say(word("variant", turn.querySelector(".place").textContent.trim()));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest(".step");
  if (!button) return;
  event.preventDefault();
  const message = id(button.value);
  if (!send({ type: "show", message })) return show(word("offline"));
  const end = button.id.replace(/.*-/, "");
  step = { message, end, top: button.getBoundingClientRect().top };
  unpin();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest(".stop-it");
  if (!button) return;
  event.preventDefault();
  add({ type: "stop", generation: id(button.value) });
});

on("swapped", ({ type }) => {
  if (type !== "snapshot" || !step) return;
  const asked = step;
  step = null;
  settle(asked);
});
