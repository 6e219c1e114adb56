// A new chat gets its address when its first prompt is taken, and its title when there is one.
import { main, on } from "./page.js";

const signIn = document.querySelector('[data-when="signed-out"] a');
const heading = document.getElementById("title");

on("ack", () => {
  if (!("new" in main.dataset)) return;
  delete main.dataset.new;
  history.replaceState(history.state, "", main.dataset.address);
  signIn.search = new URLSearchParams({ next: main.dataset.address });
});

on("title", ({ conversation, title }) => {
  if (conversation !== main.dataset.conversation || !title) return;
  heading.textContent = title;
  document.title = `${title} · Chatsite`;
});
