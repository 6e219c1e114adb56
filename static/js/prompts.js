// The saved prompts: offered while a name is typed, put in where it stood, their variables asked for.
import { say } from "./announce.js";
import { Listbox } from "./listbox.js";
import { show as toast } from "./notices.js";
import { text, word } from "./page.js";

const NAME = /^\/([\p{L}\p{N}_-]*)$/u;
const VARIABLE = /\{\{\s*([^{}\n]{1,60}?)\s*\}\}/g;
const FRESH_MS = 60_000;
const popup = document.getElementById("prompt-menu");
const list = document.getElementById("prompt-list");
const dialog = document.getElementById("variables");
const fields = dialog.querySelector(".variables");
const template = document.getElementById("variable");
const listbox = new Listbox(list, text, pick);
let known = null; // {at, prompts}
let refused = false; // closed by Escape, until the text is another

/** What is typed of a name, if the text up to the caret is a slash and no more than a name; else null. */
function typed() {
  if (text.selectionStart !== text.selectionEnd) return null;
  return NAME.exec(text.value.slice(0, text.selectionStart))?.[1] ?? null;
}

async function read(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok || answer.redirected) throw new Error(answer.status);
  return answer.json();
}

async function prompts() {
  if (!known || performance.now() - known.at > FRESH_MS) {
    const { prompts } = await read(popup.dataset.choices);
    known = { at: performance.now(), prompts };
  }
  return known.prompts;
}

function found(all, name) {
  const begins = (prompt) => prompt.name.startsWith(name);
  const within = ({ name: other }) => other.includes(name);
  return [...all.filter(begins), ...all.filter((each) => !begins(each) && within(each))];
}

function close() {
  if (popup.hidden) return;
  popup.hidden = true;
  for (const name of ["aria-controls", "aria-autocomplete", "aria-activedescendant"]) {
    text.removeAttribute(name);
  }
}

/** Shows the prompts whose names go with what is typed; none, and nothing is in the way. */
export async function offer() {
  let all;
  try {
    all = await prompts();
  } catch {
    return close(); // offline, or signed out: a slash is then just a slash
  }
  const name = typed()?.toLowerCase();
  if (name === undefined || refused || document.activeElement !== text) return close();
  const items = found(all, name).map((each) => ({ ...each, label: `/${each.name}` }));
  if (!items.length) return close();
  if (popup.hidden) say(word("prompts", items.length));
  popup.hidden = false;
  text.setAttribute("aria-autocomplete", "list");
  text.setAttribute("aria-controls", list.id);
  listbox.show(items);
}

/** Puts words in the place of the first `end` characters, which were the slash and the name. */
function put(words, end) {
  text.value = words + text.value.slice(end);
  text.setSelectionRange(words.length, words.length);
  text.dispatchEvent(new Event("input"));
  text.focus({ preventScroll: true });
}

async function pick({ id }) {
  const end = text.selectionStart; // a dialog may move it
  close();
  let words;
  try {
    ({ text: words } = await read(popup.dataset.text.replace("/0/", `/${id}/`)));
  } catch {
    return toast(word("not-loaded"));
  }
  const names = [...new Set([...words.matchAll(VARIABLE)].map(([, name]) => name))];
  if (names.length) ask(words, names, end);
  else put(words, end);
}

function ask(words, names, end) {
  const rows = names.map((name, n) => {
    const row = template.content.firstElementChild.cloneNode(true);
    const [label, input] = [row.querySelector("label"), row.querySelector("textarea")];
    label.textContent = name;
    label.htmlFor = input.id = `variable-${n}`;
    return row;
  });
  fields.replaceChildren(...rows);
  dialog.returnValue = "";
  dialog.onclose = () => {
    text.focus({ preventScroll: true });
    if (dialog.returnValue !== "insert") return;
    const said = new Map(rows.map((row, n) => [names[n], row.querySelector("textarea").value]));
    put(
      words.replace(VARIABLE, (_whole, name) => said.get(name)),
      end,
    );
  };
  dialog.showModal();
}

function key(event) {
  if (popup.hidden || event.target !== text) return;
  if (event.key === "Tab" && !event.shiftKey) {
    event.preventDefault();
    listbox.choose(listbox.active);
  } else if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    refused = true;
    close();
  } else listbox.key(event);
}

// Before the composer, for which Enter sends.
text.form.addEventListener("keydown", key, true);
text.addEventListener("input", () => {
  if (typed() === null) {
    refused = false;
    close();
  }
});
text.addEventListener("blur", close);
dialog.addEventListener("click", ({ target }) => {
  if (target === dialog || target.closest("[data-close]")) dialog.close();
});
dialog.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  if (!(event.ctrlKey || event.metaKey) && event.target.rows > 1) return;
  event.preventDefault();
  dialog.querySelector("[value=insert]").click();
});
