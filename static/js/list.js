// The list of conversations keeps up with what happens in other tabs and other conversations.
import { online } from "./connection.js";
import { on } from "./page.js";

const REST_MS = 300;
const list = document.getElementById("conversations");
const row = (conversation) => list.querySelector(`.row[data-conversation="${conversation}"]`);
let timer;
let reading = false;
let missed = false; // what was said while the connection was lost

async function read() {
  if (!online()) return;
  // Not while a title is being typed in it.
  if (list.querySelector(".rename")) return again();
  reading = true;
  await htmx.ajax("GET", list.dataset.list, { target: "#conversations", swap: "innerHTML" });
  reading = false;
}

function again() {
  clearTimeout(timer);
  timer = setTimeout(read, REST_MS);
}

on("sidebar", ({ conversation, running, deleted }) => {
  const found = row(conversation);
  if (deleted) return found?.remove();
  found?.classList.toggle("running", running);
  // What is being read may be older than what was just said.
  if (!found || reading || (running && found !== list.querySelector(".row"))) again();
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
