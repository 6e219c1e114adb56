// The list of conversations keeps up with what happens in other tabs and other conversations.
import { on } from "./page.js";

const REST_MS = 300;
const list = document.getElementById("conversations");
const row = (conversation) => list.querySelector(`.row[data-conversation="${conversation}"]`);
let timer;

function read() {
  // Not while a title is being typed in it.
  if (list.querySelector(".rename")) again();
  else htmx.ajax("GET", list.dataset.list, { target: "#conversations", swap: "innerHTML" });
}

function again() {
  clearTimeout(timer);
  timer = setTimeout(read, REST_MS);
}

on("sidebar", ({ conversation, running }) => {
  const found = row(conversation);
  found?.classList.toggle("running", running);
  if (!found || (running && found !== list.querySelector(".row"))) again();
});

on("title", ({ conversation, title }) => {
  const shown = row(conversation)?.querySelector(".row-title");
  if (shown) shown.textContent = title;
});
