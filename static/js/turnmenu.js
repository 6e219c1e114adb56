// The menus of a turn: regenerate with another model, fork, delete with what follows, thumbs.
import { wanted } from "./chosen.js";
import { command } from "./commands.js";
import { keyed } from "./menukeys.js";
import { choose, select } from "./model.js";
import { show } from "./notices.js";
import { main, post, thread, word } from "./page.js";
import { askToDelete } from "./rows.js";

const again = document.getElementById("again-menu");
const more = document.getElementById("turn-menu");
const dialog = document.getElementById("prune-dialog");
const plain = document.getElementById("plain");
let opener = null;

const address = (what) => `/conversations/${main.dataset.conversation}/${what}`;
const message = () => opener.closest(".turn").dataset.message;

/** The models of the composer's list, for the answer to be written anew. */
function fill() {
  for (const item of again.querySelectorAll("button")) item.remove();
  for (const { value } of select.options) {
    const item = document.createElement("button");
    item.type = "button";
    item.className = "menu-item";
    item.dataset.model = item.textContent = value;
    again.append(item);
  }
}

function open(menu) {
  if (menu === again) fill();
  menu.showPopover();
  const box = opener.getBoundingClientRect();
  const below = box.bottom + 4;
  const fits = below + menu.offsetHeight < innerHeight - 8;
  const left = Math.min(box.left, innerWidth - menu.offsetWidth - 8);
  menu.style.top = `${fits ? below : Math.max(8, box.top - menu.offsetHeight - 4)}px`;
  menu.style.left = `${Math.max(8, left)}px`;
  menu.querySelector("button").focus();
}

function close(menu) {
  menu.hidePopover();
  opener.focus({ preventScroll: true });
}

/** A real navigation: the server answers with the new conversation. */
function fork() {
  const button = document.createElement("button");
  button.name = "message";
  button.value = message();
  button.formAction = address("fork");
  plain.append(button);
  plain.requestSubmit(button);
  button.remove();
}

/** Whether nothing would be left without this turn. */
const isAll = (turn) =>
  turn === thread.querySelector(".turn, .older") && !turn.querySelector(".variants");

function askToPrune() {
  const doomed = message();
  if (isAll(opener.closest(".turn"))) {
    const title = document.getElementById("title").textContent;
    const { conversation, address: page } = main.dataset;
    return askToDelete({ conversation, title, page, options: address("") });
  }
  dialog.returnValue = "";
  dialog.showModal();
  dialog.onclose = async () => {
    if (dialog.returnValue !== "delete") return opener.focus({ preventScroll: true });
    if (!(await post(address("prune"), { message: doomed }))) show(word("not-saved"));
  };
}

const ACTIONS = { fork, prune: askToPrune };

thread.addEventListener("click", (event) => {
  const button = event.target.closest("[data-menu], .thumb");
  if (!button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (button.matches(".thumb")) {
    wanted(
      () => import("./feedback.js"),
      ({ think }) => think(button),
    );
  } else {
    opener = button;
    open(document.getElementById(button.dataset.menu));
  }
});

// A link that acts as a button is pressed with the space bar too.
thread.addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches("a[role=button]")) return;
  event.preventDefault();
  event.target.click();
});

for (const menu of [again, more]) {
  menu.addEventListener("toggle", ({ newState }) => {
    opener?.setAttribute("aria-expanded", String(newState === "open"));
  });
  keyed(menu);
}

again.addEventListener("click", ({ target }) => {
  const { model } = target.closest("[data-model]")?.dataset ?? {};
  if (!model) return;
  close(again);
  choose(model);
  command("regenerate", message(), { model });
});

more.addEventListener("click", ({ target }) => {
  const action = ACTIONS[target.closest("[data-turn]")?.dataset.turn];
  if (!action) return;
  close(more);
  action();
});
