// Thumbs: said at once, with a reason if one likes, and taken back by a second press.
import { say } from "./announce.js";
import { show } from "./notices.js";
import { main, post, word } from "./page.js";

const dialog = document.getElementById("feedback-dialog");
const form = dialog.querySelector("form");
let thumb = null;

const thumbs = () => thumb.closest(".actions").querySelectorAll(".thumb");

function tell(fields) {
  const { message } = thumb.closest(".turn").dataset;
  return post(`/conversations/${main.dataset.conversation}/m/${message}/feedback`, fields);
}

function press(verdict) {
  for (const each of thumbs())
    each.setAttribute("aria-pressed", String(each.dataset.verdict === verdict));
}

function ask(verdict) {
  form.reset();
  for (const set of form.querySelectorAll(".reasons"))
    set.hidden = set.disabled = set.dataset.verdict !== verdict;
  dialog.showModal();
  form.querySelector(".reasons:enabled input").focus();
}

export async function think(button) {
  thumb = button;
  const before = [...thumbs()].find((each) => each.ariaPressed === "true")?.dataset.verdict ?? "";
  const verdict = button.dataset.verdict === before ? "" : button.dataset.verdict;
  press(verdict);
  if (!(await tell({ verdict }))) {
    press(before);
    show(word("not-saved"));
  } else if (verdict) ask(verdict);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { reason = "", text } = Object.fromEntries(new FormData(form));
  if (!(await tell({ verdict: thumb.dataset.verdict, reason, text })))
    return show(word("not-saved"));
  dialog.close();
  say(word("thanks"));
});
form.addEventListener("click", ({ target }) => target.closest("[data-close]") && dialog.close());
dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
dialog.addEventListener("close", () => thumb.focus({ preventScroll: true }));
