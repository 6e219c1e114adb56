// Keeps what a swap would lose: which details the reader opened or closed, and the focus.
import { live, on, text } from "./page.js";

let folds = new Map();
let focused = false;

function remember() {
  folds = new Map([...live.querySelectorAll("details[id]")].map((fold) => [fold.id, fold.open]));
  focused = live.contains(document.activeElement);
}

function restore() {
  for (const [name, open] of folds) {
    const fold = document.getElementById(name);
    if (fold) fold.open = open;
  }
  if (focused && document.activeElement === document.body) text.focus({ preventScroll: true });
}

for (const type of ["snapshot", "end"]) on(type, remember);
on("swapped", ({ type }) => (type === "snapshot" || type === "end") && restore());
