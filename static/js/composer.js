// Writing a prompt: when Enter sends, the draft that is kept, and the text that goes only when it was taken.
import * as files from "./attached.js";
import { online } from "./connection.js";
import { browser } from "./memory.js";
import { add } from "./outbox.js";
import { emit, longest, main, on, text, uuid, word } from "./page.js";
import { busy } from "./running.js";

const form = document.getElementById("composer");
const note = document.getElementById("composer-note");
const coarse = matchMedia("(pointer: coarse)");
const draft = () => `draft:${"new" in main.dataset ? "new" : main.dataset.conversation}`;
let place = draft();
let asked = null; // the prompt whose text is still shown here: {key, words}

function say(message, fault = false) {
  note.textContent = message;
  note.classList.toggle("fault", fault);
}

function grow() {
  if (CSS.supports("field-sizing", "content")) return;
  text.style.blockSize = "auto";
  text.style.blockSize = `${text.scrollHeight}px`;
}

function change() {
  if (asked && text.value !== asked.words) release(asked.key, false);
  browser.set(place, asked ? null : text.value);
  const excess = text.value.length - longest;
  say(excess > 0 ? word("too-long", excess) : "", excess > 0);
  grow();
}

function release(key, clear) {
  if (!asked || key !== asked.key) return;
  asked = null;
  text.classList.remove("sending");
  if (clear) text.value = "";
  text.dispatchEvent(new Event("input"));
}

function ask() {
  const empty = !text.value.trim() && !files.attached().length;
  if (asked || (empty && !files.uploading()) || text.value.length > longest) return;
  if (files.uploading()) return say(files.word("uploading"));
  if (busy() && online()) return say(busy());
  asked = { key: uuid(), words: text.value };
  text.classList.add("sending");
  browser.set(place, null); // from here on the outbox has it
  const frame = { type: "send", key: asked.key, text: asked.words };
  emit("asking", frame); // whoever has something to go with it adds it now
  add(frame);
}

/** Whether a pressed key sends what is written. */
export function sends(event) {
  // 229: an input method has the key, also in Safari, which says so only after the composition's end.
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return false;
  return event.ctrlKey || event.metaKey || !(event.shiftKey || event.altKey || coarse.matches);
}

text.addEventListener("keydown", (event) => {
  if (!sends(event)) return;
  event.preventDefault();
  form.requestSubmit();
});

// What is typed while a prompt is on its way is the next prompt.
text.addEventListener("beforeinput", () => release(asked?.key, true));
text.addEventListener("input", change);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
form.addEventListener("click", (event) => {
  if (!event.target.closest("a, button, input, select, textarea, label, [role=listbox]"))
    text.focus();
});
document.querySelector(".chips").addEventListener("click", ({ target }) => {
  const chip = target.closest(".chip");
  if (!chip) return;
  text.value = chip.dataset.prompt;
  text.dispatchEvent(new Event("input"));
  text.focus();
});
on("ack", ({ key }) => {
  // The draft of a new chat is its own from now on, and not that of the next new one.
  if (draft() !== place) {
    browser.set(place, null);
    place = draft();
    browser.set(place, asked ? null : text.value);
  }
  release(key, true);
});
on("refused", ({ key }) => release(key, false));
on("withdrawn", ({ key }) => release(key, true));
on("running", () => say(""));
on("attached", () => say(""));

text.removeAttribute("required"); // said by the button here, not by the browser's bubble
text.value ||= browser.get(place) ?? "";
grow();
if (!coarse.matches) text.focus({ preventScroll: true });
