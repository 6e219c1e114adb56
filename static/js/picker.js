// The list of models: searched by typing, and a name that is not in it can be typed.
import { Listbox } from "./listbox.js";
import { choose, select } from "./model.js";
import { show as toast } from "./notices.js";
import { main, post, text, word } from "./page.js";

const MOST = 200;
const FEW = 8;
const button = document.getElementById("model-button");
const menu = document.getElementById("model-menu");
const field = document.getElementById("model-search");
const coarse = matchMedia("(pointer: coarse)");
const listbox = new Listbox(document.getElementById("model-list"), field, pick);

function found(words) {
  const parts = words.toLowerCase().split(/\s+/);
  const names = [...select.options].map(({ value }) => value).filter(Boolean);
  const items = names
    .filter((name) => parts.every((part) => name.toLowerCase().includes(part)))
    .slice(0, MOST)
    .map((value) => ({ value, label: value, current: value === select.value }));
  if (words && !names.includes(words)) {
    items.push({ value: words, label: field.dataset.use.replace("{n}", words) });
  }
  return items;
}

function search() {
  const items = found(field.value.trim());
  const current = items.findIndex((item) => item.current);
  listbox.show(items, field.value ? 0 : Math.max(0, current));
}

function close(focus) {
  menu.hidden = true;
  button.setAttribute("aria-expanded", "false");
  document.removeEventListener("pointerdown", outside);
  focus?.focus({ preventScroll: true });
}

function outside({ target }) {
  if (!menu.contains(target) && !button.contains(target)) close();
}

async function pick({ value }) {
  choose(value);
  close(coarse.matches ? button : text);
  if ("new" in main.dataset) return;
  if (!(await post(select.dataset.address, { model: value }))) toast(word("not-saved"));
}

export function toggle() {
  if (!menu.hidden) return close(button);
  menu.hidden = false;
  button.setAttribute("aria-expanded", "true");
  field.value = "";
  search();
  // On a phone the keyboard would cover what a finger finds as well.
  if (!coarse.matches || select.options.length > FEW) field.focus({ preventScroll: true });
  document.addEventListener("pointerdown", outside);
}

field.addEventListener("input", search);
field.addEventListener("keydown", (event) => {
  if (listbox.key(event) || event.isComposing) return;
  if (event.key === "Enter") event.preventDefault(); // not the composer's
  if (event.key !== "Escape") return;
  event.preventDefault();
  event.stopPropagation();
  close(button);
});
menu.addEventListener("focusout", ({ relatedTarget }) => {
  if (relatedTarget && !menu.contains(relatedTarget) && relatedTarget !== button) close();
});
