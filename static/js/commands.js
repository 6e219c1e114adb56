// The buttons below an answer that ask for it anew or for the rest of it.
import { online } from "./connection.js";
import { show } from "./notices.js";
import { add, hindrance } from "./outbox.js";
import { id, uuid, word } from "./page.js";

/** Asks for something about a message; while something is under way it only says so. */
export function command(type, message, more = {}) {
  const why = hindrance();
  if (why) return show(online() ? why : word("offline"));
  add({ type, key: uuid(), message: id(message), ...more });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest(".command");
  if (!button) return;
  event.preventDefault();
  command(button.dataset.command, button.value);
});
