// The buttons below an answer that ask for it anew or for the rest of it.
import { add, waiting } from "./outbox.js";
import { id, uuid } from "./page.js";
import { running } from "./running.js";

document.addEventListener("click", ({ target }) => {
  const button = target.closest(".command");
  if (!button || running() || waiting().length) return;
  const { command, message } = button.dataset;
  add({ type: command, key: uuid(), message: id(message) });
});
