// A conversation's links and downloads in a dialog, from the menu of its row.
import { show } from "./notices.js";
import { word } from "./page.js";
import { styled } from "./style.js";

const dialog = document.getElementById("share");
const body = document.getElementById("share-body");
let opener = null;

async function ask(url, fields) {
  const options = fields && { method: "POST", body: new URLSearchParams(fields) };
  try {
    const answer = await fetch(url, { ...options, headers: { "HX-Request": "true" } });
    if (!/^text\/html/.test(answer.headers.get("Content-Type")) || answer.redirected) throw answer;
    if (answer.status >= 401) throw answer;
    body.innerHTML = await answer.text();
    return true;
  } catch {
    show(word("not-saved"));
    return false;
  }
}

document.getElementById("conversations").addEventListener("click", ({ target }) => {
  opener = target.closest(".row-more") ?? opener;
});

document.getElementById("row-menu").addEventListener("click", async ({ target }) => {
  const row = opener?.closest(".row");
  if (!target.closest("[data-row=share]") || !row) return;
  await Promise.all([import("./share-links.js"), styled(dialog.dataset.style)]);
  if (!(await ask(`/conversations/${row.dataset.conversation}/share`))) return;
  dialog.showModal();
  body.querySelector("select").focus();
});

// The forms in it answer with the same piece of page again.
body.addEventListener("submit", async (event) => {
  event.preventDefault();
  await ask(event.target.action, new FormData(event.target));
  (body.querySelector(".share-copy") ?? body.querySelector("#make-share")).focus();
});

dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
dialog.addEventListener("close", () => opener?.isConnected && opener.focus());
