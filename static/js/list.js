// The list of conversations keeps up with what happens in other tabs and other conversations.
import { online } from "./connection.js";
import { main, on } from "./page.js";

const REST_MS = 300;
const list = document.getElementById("conversations");
const row = (conversation) => list.querySelector(`.row[data-conversation="${conversation}"]`);
let timer;
let reading = false;
let missed = false; // what was said while the connection was lost

/** The focus is given back where a swap took it: to the same link, or to the list's nearest. */
function keepFocus(swap) {
  const at = list.contains(document.activeElement) && document.activeElement.id;
  return swap().then(() => {
    if (at && document.activeElement === document.body)
      (document.getElementById(at) ?? list.querySelector(".row-link"))?.focus({
        preventScroll: true,
      });
  });
}

async function read() {
  if (!online()) return;
  // Not while a title is being typed in it, nor under an open menu.
  if (list.querySelector(".rename, [aria-expanded='true']")) return again();
  reading = true;
  const shown = list.querySelectorAll(".row").length;
  const address = `${list.dataset.list}&shown=${shown}`;
  const top = list.scrollTop;
  await keepFocus(() => htmx.ajax("GET", address, { target: "#conversations", swap: "innerHTML" }));
  list.scrollTop = top;
  reading = false;
}

function again() {
  clearTimeout(timer);
  timer = setTimeout(read, REST_MS);
}

on("sidebar", ({ conversation, running, deleted, moved, unseen }) => {
  const found = row(conversation);
  if (deleted) return found?.remove();
  found?.classList.toggle("running", running);
  if (running) found?.classList.remove("unseen");
  else if (unseen !== undefined)
    found?.classList.toggle("unseen", unseen && conversation !== main.dataset.conversation);
  if (unseen === false) return;
  // What is being read may be older than what was just said.
  if (!found || moved || reading || (running && found !== list.querySelector(".row:not(.pinned)")))
    again();
});

on("lost", () => {
  missed = true;
});

on("swapped", ({ type }) => {
  if (type !== "snapshot" || !missed) return;
  missed = false;
  again();
});

on("title", ({ conversation, title }) => {
  const shown = row(conversation)?.querySelector(".row-title");
  if (shown) shown.textContent = title;
});
