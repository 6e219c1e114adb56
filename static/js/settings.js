// The dialog with the settings of this conversation; another tab may have changed them meanwhile.
import { main, word } from "./page.js";

const dialog = document.getElementById("settings");
const form = document.getElementById("settings-form");
const coarse = matchMedia("(pointer: coarse)");
const fault = document.getElementById("settings-fault");
let opener = null;

async function refresh() {
  if (!("stale" in dialog.dataset) || "new" in main.dataset) return;
  delete dialog.dataset.stale;
  const target = document.getElementById("settings-fields");
  await htmx.ajax("GET", form.action, { source: dialog, target, swap: "innerHTML" });
}

export async function open(from) {
  opener = from;
  fault.textContent = "";
  form.reset();
  await refresh();
  dialog.showModal();
  // On a phone the keyboard would cover what there is to set.
  if (!coarse.matches) form.querySelector("textarea, select, input:not([type=hidden])").focus();
}

form.addEventListener("htmx:after:swap", () => {
  const wrong = form.querySelector("[aria-invalid=true]");
  if (wrong) wrong.focus();
  else dialog.close();
});
form.addEventListener("htmx:error", () => {
  fault.textContent = word("not-saved");
});
form.addEventListener("click", ({ target }) => target.closest("[data-close]") && dialog.close());
dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
// The sign in the header may have gone, or been replaced.
dialog.addEventListener("close", () => {
  const back = opener?.isConnected && !opener.hidden ? opener : null;
  (back ?? document.getElementById("open-settings")).focus({ preventScroll: true });
});
