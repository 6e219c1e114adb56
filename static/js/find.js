// Opens the search; what it needs is loaded when it is wanted for the first time.
const link = document.getElementById("find");

export async function find() {
  const { open } = await import("./search.js");
  await open(link);
}

link.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  find();
});
