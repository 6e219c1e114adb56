// What was deleted or archived can be brought back for some seconds; afterwards the archive's page still can.
import { show } from "./notices.js";
import { post, text, word } from "./page.js";

const SECONDS = 10;
const box = document.getElementById("undo");
const what = document.getElementById("undo-what");
const button = document.getElementById("undo-it");
let offered = null; // {what, title, address, page?}
let before = ""; // the id of what had the focus: the list may be read again meanwhile
let timer;

function close() {
  clearTimeout(timer);
  const focused = box.contains(document.activeElement);
  box.hidden = true;
  if (focused) (document.getElementById(before) ?? text).focus({ preventScroll: true });
}

function wait() {
  clearTimeout(timer);
  timer = setTimeout(close, SECONDS * 1000);
}

/** Offers for some seconds to undo what was done. */
export function offerUndo(offer) {
  offered = offer;
  before = document.activeElement.id;
  what.textContent = what.dataset[offer.what === "delete" ? "deleted" : "archived"];
  document.getElementById("undo-title").textContent = offer.title;
  box.hidden = false;
  // A screen reader says the region's words with its button; Enter brings it back.
  button.focus({ preventScroll: true });
  wait();
}

async function undo() {
  close();
  if (!(await post(offered.address, {}))) show(word("not-saved"));
  else if (offered.page) location.assign(offered.page);
}

button.addEventListener("click", undo);
document.getElementById("undo-close").addEventListener("click", close);
box.addEventListener("mouseenter", () => clearTimeout(timer));
box.addEventListener("mouseleave", wait);
box.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.preventDefault();
  close();
});
