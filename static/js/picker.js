// The list of models: searched by typing, and a name that is not in it can be typed.
import { Listbox } from "./listbox.js";
import { choose, select } from "./model.js";
import { show as toast } from "./notices.js";
import { main, post, word } from "./page.js";

const MOST = 200;
const field = document.getElementById("model-search");
const listbox = new Listbox(document.getElementById("model-list"), field, pick);
let whenPicked;

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

function list() {
  const items = found(field.value.trim());
  const current = items.findIndex((item) => item.current);
  listbox.show(items, field.value ? 0 : Math.max(0, current));
}

/** Lists what is typed, and calls `done` when one is picked; true once the list is shown. */
export function offer(done) {
  whenPicked = done;
  list();
  return true;
}

async function pick({ value }) {
  choose(value);
  whenPicked();
  if ("new" in main.dataset) return;
  if (!(await post(select.dataset.address, { model: value }))) toast(word("not-saved"));
}

field.addEventListener("input", list);
field.addEventListener("keydown", (event) => listbox.key(event));
