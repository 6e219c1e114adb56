// What can be done with one conversation of the list: a menu, renaming in place, deleting after a question.

import { tab } from "./memory.js";
import { keyed } from "./menukeys.js";
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

function rename(row, options) {
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
    if (await post(`${options}rename`, { title }))
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

// Rarely needed, so not loaded with the page.
async function offerUndo(offer, later) {
  if (later) return tab.set("undo", offer);
  (await import("./undo.js")).offerUndo(offer);
}

/** What gets the focus when a conversation's row goes: the id of its neighbour's link. */
function neighbour(conversation) {
  const rows = [...list.querySelectorAll(".row")];
  const at = rows.findIndex(({ dataset }) => dataset.conversation === conversation);
  return (rows[at + 1] ?? rows[at - 1])?.querySelector(".row-link").id;
}

async function putAway({ conversation, title, page, options }, what, back) {
  const done = { what, title, address: options + back };
  const next = neighbour(conversation);
  if (!(await post(options + what, {}))) return show(word("not-saved"));
  if (what === "delete" && conversation === main.dataset.conversation) {
    await offerUndo({ ...done, page }, true);
    return location.assign("/");
  }
  // It may be another element by now, or gone: the list is read again when something happens.
  list.querySelector(`.row[data-conversation="${conversation}"]`)?.remove();
  (document.getElementById(next) ?? document.querySelector(".new-chat")).focus();
  offerUndo(done);
}

/** Deletes a conversation after a question: its id, title, page, and the address of its options. */
export function askToDelete(known) {
  document.getElementById("delete-title").textContent = known.title;
  dialog.returnValue = "";
  dialog.showModal();
  dialog.onclose = () => dialog.returnValue === "delete" && putAway(known, "delete", "restore");
}

const known = (row, options) => ({
  conversation: row.dataset.conversation,
  title: row.querySelector(".row-title").textContent,
  page: row.querySelector(".row-link").href,
  options,
});

async function pin(options, what) {
  if (!(await post(options + what, {}))) show(word("not-saved"));
}

const ACTIONS = {
  rename,
  delete: (row, options) => askToDelete(known(row, options)),
  archive: (row, options) => putAway(known(row, options), "archive", "unarchive"),
  pin: (_, options) => pin(options, "pin"),
  unpin: (_, options) => pin(options, "unpin"),
};

list.addEventListener("click", ({ target }) => {
  const button = target.closest(".row-more");
  if (!button) return;
  opener = button;
  const pinned = button.closest(".row").classList.contains("pinned");
  menu.querySelector('[data-row="pin"]').hidden = pinned;
  menu.querySelector('[data-row="unpin"]').hidden = !pinned;
  menu.showPopover();
  button.setAttribute("aria-expanded", "true"); // at once, as the list looks for it
  place();
  menu.querySelector("button").focus();
});

keyed(menu);
menu.addEventListener("toggle", ({ newState }) => {
  opener?.setAttribute("aria-expanded", String(newState === "open"));
});

menu.addEventListener("click", ({ target }) => {
  const action = target.closest("[data-row]")?.dataset.row;
  const row = opener?.closest(".row");
  menu.hidePopover();
  if (row) ACTIONS[action]?.(row, opener.dataset.options);
});

const left = tab.get("undo");
if (left) {
  tab.set("undo", null);
  offerUndo(left);
}
