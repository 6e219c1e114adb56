// An answer that ended is seen once a visible page shows it; until then the list has a dot for it.
import { main, on, post } from "./page.js";

let unseen = "unseen" in main.dataset;

async function look() {
  if (!unseen || document.hidden) return;
  unseen = false;
  unseen = !(await post(main.dataset.seen, {}));
}

on("running", ({ generation }) => {
  unseen = !generation;
  look();
});
on("swapped", ({ type }) => type === "snapshot" && look());
document.addEventListener("visibilitychange", look);
