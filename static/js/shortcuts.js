// Keys that work everywhere on the page, and the list of them.
import { copyLastAnswer, copyLastCode } from "./copy.js";
import { find } from "./find.js";
import { text } from "./page.js";
import { toggle } from "./sidebar.js";

const dialog = document.getElementById("shortcuts");
const mac = /Mac|iPhone|iPad/.test(navigator.platform);

const KEYS = {
  "mod+shift+o": () => document.querySelector(".new-chat").click(),
  "mod+k": find,
  "mod+shift+s": toggle,
  "mod+shift+c": copyLastAnswer,
  "mod+shift+;": copyLastCode,
  "mod+/": () => (dialog.open ? dialog.close() : dialog.showModal()),
  "shift+escape": () => text.focus(),
};

// Letters by what is printed on the key; the semicolon by its place, as Shift makes it a colon.
function name(event) {
  const key = event.code === "Semicolon" ? ";" : event.key.toLowerCase();
  const held = [(mac ? event.metaKey : event.ctrlKey) && "mod", event.shiftKey && "shift"];
  return [...held, key].filter(Boolean).join("+");
}

document.addEventListener("keydown", (event) => {
  const act = !event.isComposing && !event.altKey && KEYS[name(event)];
  if (!act) return;
  event.preventDefault();
  act();
});

document.getElementById("show-shortcuts").addEventListener("click", () => {
  document.getElementById("account-menu").hidePopover();
  dialog.showModal();
});
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
if (mac) for (const key of document.querySelectorAll("kbd.mod")) key.textContent = "⌘";
