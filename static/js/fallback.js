// Where pages get through but no WebSocket does (some proxies), frames come as server-sent events instead.
import { tab } from "./memory.js";
import { main } from "./page.js";

const TRIES = 2;
let refused = 0; // times in a row that a socket brought nothing while the server could be reached
let heard = false;

async function fallBack() {
  const { EventsSocket } = await import("./events.js");
  // hx-ws makes its sockets by this name, and has no other way to be given one.
  window.WebSocket = EventsSocket;
  tab.set("events", true);
}

async function reachable() {
  try {
    return (await fetch("/healthz", { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

main.addEventListener("htmx:ws:before:connection", () => {
  heard = false;
});

main.addEventListener("htmx:ws:before:message:incoming", () => {
  heard = true;
  refused = 0;
});

main.addEventListener("htmx:ws:close", async () => {
  if (heard || tab.get("events")) return;
  refused = (await reachable()) ? refused + 1 : 0;
  if (refused >= TRIES) fallBack();
});

if (tab.get("events")) fallBack();
