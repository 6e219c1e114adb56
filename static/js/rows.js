// What can be done with one conversation of the list: rename it in place, delete it after a question.
import { show } from "./notices.js";
import { emit, main, post, word } from "./page.js";

const list = document.getElementById("conversations");
const menu = document.getElementById("row-menu");
const dialog = document.getElementById("delete-dialog");
const form = document.getElementById("rename-form");
let opener = null;

function place() {
  const box = opener.getBoundingClientRect();
  const top = Math.min(box.bottom + 4, window.innerHeight - menu.offsetHeight - 8);
  const left = Math.min(box.left, window.innerWidth - menu.offsetWidth - 8);
  menu.style.top = `${top}px`;
  menu.style.left = `${left}px`;
}

function rename(row, address) {
  const link = row.querySelector(".row-link");
  const shown = link.querySelector(".row-title");
  const edit = form.content.firstElementChild.cloneNode(true);
  const input = edit.querySelector("input");
  let done = false;
  const finish = async (save) => {
    if (done) return;
    done = true;
    const title = input.value.trim();
    edit.replaceWith(link);
    link.focus({ preventScroll: true });
    if (!save || !title || title === shown.textContent) return;
    if (await post(address, { title }))
      emit("title", { conversation: row.dataset.conversation, title });
    else show(word("not-saved"));
  };
  input.value = shown.textContent;
  link.replaceWith(edit);
  input.select();
  edit.addEventListener("submit", (event) => {
    event.preventDefault();
    finish(true);
  });
  input.addEventListener("blur", () => finish(true));
  input.addEventListener("keydown", (event) => event.key === "Escape" && finish(false));
}

function askToDelete(row, address) {
  document.getElementById("delete-title").textContent = row.querySelector(".row-title").textContent;
  dialog.returnValue = "";
  dialog.showModal();
  dialog.onclose = async () => {
    if (dialog.returnValue !== "delete") return;
    if (!(await post(address, {}))) show(word("not-saved"));
    else if (row.dataset.conversation === main.dataset.conversation) location.assign("/");
    else row.remove();
  };
}

list.addEventListener("click", ({ target }) => {
  const button = target.closest(".row-more");
  if (!button) return;
  opener = button;
  menu.showPopover();
  place();
  menu.querySelector("button").focus();
});

menu.addEventListener("toggle", ({ newState }) => {
  opener?.setAttribute("aria-expanded", String(newState === "open"));
});

menu.addEventListener("click", ({ target }) => {
  const action = target.closest("[data-row]")?.dataset.row;
  const row = opener?.closest(".row");
  menu.hidePopover();
  if (!row) return;
  if (action === "rename") rename(row, opener.dataset.rename);
  if (action === "delete") askToDelete(row, opener.dataset.delete);
});
