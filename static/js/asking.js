// A tool that asks whether it may run: the answer is posted, and the question goes for every tab.
import { say } from "./announce.js";
import { show } from "./notices.js";
import { live, on, post, word } from "./page.js";

live.addEventListener("click", async (event) => {
  const choice = event.target.closest(".tool-ask button");
  if (!choice) return;
  event.preventDefault();
  const asking = choice.closest(".tool-ask");
  for (const button of asking.querySelectorAll("button")) button.disabled = true;
  // The question goes when it is answered; the focus stays with the card.
  asking.closest(".tool-call").querySelector("summary").focus({ preventScroll: true });
  if (await post(choice.formAction, { ask: choice.value })) return;
  show(word("not-saved"));
  for (const button of asking.querySelectorAll("button")) button.disabled = false;
});

on("delta", ({ content }) => content?.includes("data-ask=") && say(word("asking")));
