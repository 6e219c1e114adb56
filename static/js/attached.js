// Files that go with the next prompt: the row of chips, kept over a reload, and given to the prompt that is sent.
import { tab } from "./memory.js";
import { emit, main, on } from "./page.js";

export const row = document.getElementById("attached");
const words = document.getElementById("file-words").content;
const place = () => `files:${"new" in main.dataset ? "new" : main.dataset.conversation}`;
const known = new Map(); // chips by the id of their file

/** The translated word of that name, with `{n}` filled in. */
export const word = (name, n = "") =>
  words.querySelector(`[data-word="${name}"]`).textContent.replace("{n}", n);

/** The ids of the files that are ready to be sent, in their order. */
export const attached = () =>
  [...row.querySelectorAll("[data-attachment]")].map((chip) => chip.dataset.attachment);

/** Whether some are still on their way. */
export const uploading = () => row.querySelector(".waiting") !== null;

export function changed() {
  for (const chip of row.querySelectorAll("[data-attachment]")) {
    known.set(chip.dataset.attachment, chip);
  }
  tab.set(place(), attached().length ? attached() : null);
  emit("attached");
}

/** Takes the files out of the row: they belong to a prompt now. */
function take() {
  const ids = attached();
  row.replaceChildren();
  changed();
  return ids;
}

/** Chips of files as the server knows them; those that are gone are missing. */
async function chips(ids) {
  const missing = ids.filter((id) => !known.has(id));
  if (missing.length) {
    const query = new URLSearchParams(missing.map((id) => ["id", id]));
    const answer = await fetch(`${row.dataset.chips}?${query}`).catch(() => null);
    const made = document.createElement("template");
    if (answer?.ok && !answer.redirected) made.innerHTML = await answer.text();
    for (const chip of made.content.children) known.set(chip.dataset.attachment, chip);
  }
  return ids.map((id) => known.get(id)).filter(Boolean);
}

/** Puts files back into the row, before those that are there. */
export async function restore(ids) {
  row.prepend(...(await chips(ids)));
  changed();
}

/** Shows the files of a prompt as the server will. */
export async function show(list, ids) {
  for (const chip of await chips(ids)) {
    list.append(chip.querySelector("template").content.cloneNode(true));
  }
}

on("asking", (frame) => {
  if ("parent" in frame) return; // an edited prompt has its own
  const attachments = take();
  if (attachments.length) frame.attachments = attachments;
});
// What is in the row while a new chat begins stays with it.
on("ack", () => {
  if (!("new" in main.dataset)) return;
  tab.set(place(), null);
  queueMicrotask(changed);
});
const before = tab.get(place());
if (before) restore(before);
