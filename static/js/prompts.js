// The saved prompts: offered while a name is typed, put in where it stood.
import { say } from "./announce.js";
import { Listbox } from "./listbox.js";
import { show as toast } from "./notices.js";
import { text, word } from "./page.js";
import { filled } from "./variables.js";

const NAME = /^\/([\p{L}\p{N}_-]*)$/u;
const FRESH_MS = 60_000;
const popup = document.getElementById("prompt-menu");
const list = document.getElementById("prompt-list");
const listbox = new Listbox(list, text, pick);
let known = null; // {at, prompts}
let refused = false; // closed by Escape, until the text is another
let picked = false; // one whose words are on their way

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

/** The last choice behind a bare slash: the page where prompts are made. */
const page = () => ({ label: word("all-prompts"), hint: word("about-prompts"), page: true });

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
  const many = items.length;
  if (name === "") items.push(page());
  if (!items.length) return close();
  if (popup.hidden) say(word("prompts", many));
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

async function pick({ id, page }) {
  const end = text.selectionStart; // a dialog may move it
  close();
  if (page) {
    put("", end);
    return location.assign(popup.dataset.page);
  }
  picked = true;
  let words;
  try {
    ({ text: words } = await read(popup.dataset.text.replace("/0/", `/${id}/`)));
  } catch {
    return toast(word("not-loaded"));
  } finally {
    picked = false;
  }
  const whole = await filled(words);
  if (whole !== null) put(whole, end);
}

function key(event) {
  if (event.target !== text) return;
  if (picked && event.key === "Enter") {
    // Pressed once too often, it must not send the name.
    event.preventDefault();
    event.stopPropagation();
  }
  if (popup.hidden) return;
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
