// The ways in for files: the button, paste and drop; and a look at an image that was sent.
import { say } from "./announce.js";
import { changed, row, word } from "./attached.js";
import { post, text } from "./page.js";

const input = document.getElementById("files");
const drop = document.getElementById("drop");

async function add(files) {
  if (!files.length) return;
  const { upload } = await import("./attach-upload.js");
  for (const file of files) upload(file, row);
}

function remove(button) {
  const chip = button.closest(".file-chip");
  const next = chip.nextElementSibling ?? chip.previousElementSibling;
  if (button.dataset.remove) post(button.dataset.remove, {});
  chip.dispatchEvent(new Event("cancel"));
  chip.remove();
  changed();
  say(word("file-removed"));
  (next?.querySelector(".file-remove") ?? text).focus();
}

const carries = (data) => data?.types.includes("Files");

row.addEventListener("click", ({ target }) => {
  const button = target.closest(".file-remove");
  if (button) remove(button);
});

input.addEventListener("change", () => {
  add([...input.files]);
  input.value = "";
});

document.addEventListener("paste", (event) => {
  // Office programs put a picture of the text beside it.
  if (!carries(event.clipboardData) || event.clipboardData.types.includes("text/plain")) return;
  event.preventDefault();
  add([...event.clipboardData.files]);
});

for (const type of ["dragenter", "dragover"]) {
  document.addEventListener(type, (event) => {
    if (!carries(event.dataTransfer) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    drop.hidden = false;
  });
}
document.addEventListener("dragleave", (event) => {
  drop.hidden ||= event.relatedTarget === null;
});
document.addEventListener("drop", (event) => {
  drop.hidden = true;
  if (!carries(event.dataTransfer)) return;
  event.preventDefault();
  add([...event.dataTransfer.files]);
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest(".attached-image");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const { look } = await import("./attach-look.js");
  look(link);
});
