// Keeps what a swap would lose: which details the reader opened or closed, and the focus.
import { live, main, on, text } from "./page.js";

const coarse = matchMedia("(pointer: coarse)");
let folds = new Map();
let focused = null; // the id of what had the focus here

function remember() {
  // A snapshot may replace more than the live end: earlier turns, and what is said of another branch.
  folds = new Map([...main.querySelectorAll("details[id]")].map((fold) => [fold.id, fold.open]));
  const here = main.contains(document.activeElement);
  focused = here ? document.activeElement.id || "elsewhere" : null;
}

function refocus() {
  const again = document.getElementById(focused);
  if (again?.matches(".turn")) again.tabIndex = -1; // which the server does not know of
  const last = live.lastElementChild;
  if (again?.matches("button, a, [tabindex]")) again.focus({ preventScroll: true });
  // On a phone the message box would bring the keyboard up.
  else if (!coarse.matches || !last) text.focus({ preventScroll: true });
  else {
    last.tabIndex = -1;
    last.focus({ preventScroll: true });
  }
}

function restore() {
  for (const [name, open] of folds) {
    const fold = document.getElementById(name);
    if (fold) fold.open = open;
  }
  if (focused && document.activeElement === document.body) refocus();
}

for (const type of ["snapshot", "end"]) on(type, remember);
on("swapped", ({ type }) => (type === "snapshot" || type === "end") && restore());
