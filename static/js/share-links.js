// Copying a link. Where nothing works its address is selected, so that it can be copied by hand.
import { write } from "./clipboard.js";

const DONE_MS = 1600;

document.addEventListener("click", async ({ target }) => {
  const button = target.closest(".share-copy");
  if (!button) return;
  const line = button.closest(".share-line");
  const field = line.querySelector(".share-address");
  const said = line.querySelector("[role=status]");
  const done = await write(field.value);
  said.textContent = done ? said.dataset.copied : said.dataset.notCopied;
  if (!done) return field.select();
  button.classList.add("done");
  setTimeout(() => {
    button.classList.remove("done");
    said.textContent = "";
  }, DONE_MS);
});
