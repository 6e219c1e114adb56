// Copying a link: its address is selected, so that it can be copied by hand where nothing else works.

document.addEventListener("click", async ({ target }) => {
  const button = target.closest(".share-copy");
  if (!button) return;
  const field = button.closest(".share-line").querySelector(".share-address");
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    // Plain-http hosts have no clipboard but the old one.
    if (!document.execCommand("copy")) return;
  }
  button.classList.add("done");
  setTimeout(() => button.classList.remove("done"), 1600);
});
