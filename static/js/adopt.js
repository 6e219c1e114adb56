// A new chat that is loaded again before its first prompt was taken goes on as the conversation that it was.
import { tab } from "./memory.js";
import { main } from "./page.js";

const now = main.dataset.conversation;
const before = tab.get("new-chat");
const unsent = before && tab.get(`outbox:${before}`)?.some(({ fault }) => !fault);

function rename(element, name) {
  element.setAttribute(name, element.getAttribute(name).replace(now, before));
}

if ("new" in main.dataset && unsent) {
  for (const name of ["hx-ws:connect", "data-address", "data-conversation"]) rename(main, name);
  rename(document.getElementById("composer"), "action");
} else if ("new" in main.dataset) {
  tab.set("new-chat", now);
}
