// Copying a link. Where nothing else works its address stays selected, so that it can be copied by hand.
const DONE_MS = 1600;

async function copied(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    // Plain-http hosts have no clipboard but the old one.
    field.select();
    return document.execCommand("copy");
  }
}

document.addEventListener("click", async ({ target }) => {
  const button = target.closest(".share-copy");
  if (!button) return;
  const line = button.closest(".share-line");
  const said = line.querySelector("[role=status]");
  const done = await copied(line.querySelector(".share-address"));
  said.textContent = done ? said.dataset.copied : said.dataset.notCopied;
  if (!done) return;
  button.focus({ preventScroll: true });
  button.classList.add("done");
  setTimeout(() => {
    button.classList.remove("done");
    said.textContent = "";
  }, DONE_MS);
});
