// What the next prompt is asked with: the model that was picked and, for a new chat, its settings.
import { choose, select } from "./model.js";
import { show } from "./notices.js";
import { live, main, on, word } from "./page.js";

const isNew = () => "new" in main.dataset;

/** Runs a part of the page that is loaded when it is first wanted. */
export async function wanted(load, run) {
  let module;
  try {
    module = await load();
  } catch {
    return show(word("not-loaded"));
  }
  return run(module);
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("#open-settings, #settings-sign");
  if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  wanted(
    () => import("./settings.js"),
    ({ open }) => open(opener),
  );
});

on("asking", (frame) => {
  if (select.value) frame.model = select.value;
  const carried = isNew() && document.getElementById("carried")?.value;
  if (carried) frame.settings = JSON.parse(carried);
});

on("settings", ({ conversation, model, differs }) => {
  if (conversation !== main.dataset.conversation) return;
  choose(model);
  document.getElementById("settings-sign").hidden = !differs;
  document.getElementById("settings").dataset.stale = "";
});

// A page that was loaded before the server's models were known learns which one answers.
on("swapped", () => {
  if (!select.value) choose(live.querySelector("[data-model]")?.dataset.model);
});

on("lost", () => {
  document.getElementById("settings").dataset.stale = "";
});

choose(select.value);
