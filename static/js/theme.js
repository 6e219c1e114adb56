// Light, dark or as the system has it: shown at once, kept by the server, which renders the next page so.
import { post } from "./page.js";

const form = document.getElementById("theme");
const root = document.documentElement;

function draw() {
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.value === root.dataset.theme));
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  root.dataset.theme = event.submitter.value;
  draw();
  post(form.action, { theme: event.submitter.value });
});
draw();
