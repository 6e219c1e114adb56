// A new chat that is loaded again before its first prompt was taken goes on as the conversation that it was.
import { tab } from "./memory.js";
import { main } from "./page.js";

const now = main.dataset.conversation;
const before = tab.get("new-chat");
const unsent = before && tab.get(`outbox:${before}`)?.some(({ fault }) => !fault);

const NAMES = [
  "hx-ws:connect",
  "hx-post",
  "action",
  "href",
  "data-address",
  "data-conversation",
  "data-seen",
];

function rename(name) {
  for (const element of document.querySelectorAll(`[${CSS.escape(name)}*="${now}"]`)) {
    element.setAttribute(name, element.getAttribute(name).replace(now, before));
  }
}

if ("new" in main.dataset && unsent) {
  for (const name of NAMES) rename(name);
} else if ("new" in main.dataset) {
  tab.set("new-chat", now);
}
