// A slash at the very beginning of a prompt offers the saved prompts; what reads them is loaded then.
import { wanted } from "./chosen.js";
import { text } from "./page.js";

text.addEventListener("input", (event) => {
  if (event.isComposing || !text.value.startsWith("/")) return;
  wanted(
    () => import("./prompts.js"),
    ({ offer }) => offer(),
  );
});
