// The menu of models opens at once and takes what is typed; the list in it is loaded when it is first wanted.
import { wanted } from "./chosen.js";
import { select } from "./model.js";
import { text } from "./page.js";

const FEW = 8;
const button = document.getElementById("model-button");
const menu = document.getElementById("model-menu");
const field = document.getElementById("model-search");
const coarse = matchMedia("(pointer: coarse)");

function close(focus) {
  menu.hidden = true;
  button.setAttribute("aria-expanded", "false");
  document.removeEventListener("pointerdown", outside);
  focus?.focus({ preventScroll: true });
}

function outside({ target }) {
  if (!menu.contains(target) && !button.contains(target)) close();
}

async function open() {
  menu.hidden = false;
  button.setAttribute("aria-expanded", "true");
  field.value = "";
  // On a phone the keyboard would cover what a finger finds as well.
  if (!coarse.matches || select.options.length > FEW) field.focus({ preventScroll: true });
  document.addEventListener("pointerdown", outside);
  const listed = await wanted(
    () => import("./picker.js"),
    ({ offer }) => offer(() => close(coarse.matches ? button : text)),
  );
  if (!listed) close(button);
}

button.addEventListener("click", () => (menu.hidden ? open() : close(button)));
field.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "Enter") event.preventDefault(); // not the composer's
  if (event.key !== "Escape") return;
  event.preventDefault();
  event.stopPropagation();
  close(button);
});
menu.addEventListener("focusout", ({ relatedTarget }) => {
  if (relatedTarget && !menu.contains(relatedTarget) && relatedTarget !== button) close();
});
