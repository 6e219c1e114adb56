// The buttons below an answer that ask for it anew or for the rest of it.
import { add, waiting } from "./outbox.js";
import { id, uuid } from "./page.js";
import { running } from "./running.js";

/** Asks for something about a message, unless something is under way. */
export function command(type, message, more = {}) {
  if (!running() && !waiting().length) add({ type, key: uuid(), message: id(message), ...more });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest(".command");
  if (!button) return;
  event.preventDefault();
  command(button.dataset.command, button.value);
});
