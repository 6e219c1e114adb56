// The list of conversations keeps up with what happens in other tabs and other conversations.
import { online } from "./connection.js";
import { main, on } from "./page.js";

const REST_MS = 300;
const list = document.getElementById("conversations");
const row = (conversation) => list.querySelector(`.row[data-conversation="${conversation}"]`);
let timer;
let reading = false;
let missed = false; // what was said while the connection was lost
let focused = false; // here, when what was read is about to come

/** Whether a title is being typed in it, or a menu of it is open. */
const inUse = () => list.querySelector(".rename, [aria-expanded='true']");

async function read() {
  if (!online()) return;
  if (inUse()) return again();
  reading = true;
  const shown = list.querySelectorAll(".row").length;
  const address = `${list.dataset.list}&shown=${shown}`;
  const top = list.scrollTop;
  // A queue of its own: what others ask for at the same time does not wait for it.
  await htmx.ajax("GET", address, { source: list, target: list, swap: "innerMorph" });
  list.scrollTop = top;
  reading = false;
}

function again() {
  clearTimeout(timer);
  timer = setTimeout(read, REST_MS);
}

list.addEventListener("htmx:before:swap", (event) => {
  if (event.target !== list) return;
  focused = list.contains(document.activeElement);
  if (!inUse()) return;
  // It was not yet when it was asked for.
  event.preventDefault();
  again();
});

// The swap gives the focus back to the same row; where that is gone, to the nearest that there is.
list.addEventListener("htmx:after:swap", ({ target }) => {
  if (target === list && focused && document.activeElement === document.body)
    list.querySelector(".row-link")?.focus({ preventScroll: true });
});

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
