// A prompt is edited where it stands, and asked again beside what it was.
import { sends } from "./composer.js";
import { add, hindrance } from "./outbox.js";
import { emit, longest, on, text, thread, uuid, word } from "./page.js";

const template = document.getElementById("edit-form");
const prompts = () => [...thread.querySelectorAll(".turns:not(#echo) > .prompt")];
let open = null; // {turn, form, area}
let kept = null; // what a snapshot is about to sweep away

function begin(turn, words, at = words.length) {
  if (open) end();
  const form = template.content.firstElementChild.cloneNode(true);
  const area = form.elements.text;
  area.value = words;
  area.required = false; // said below it here, not by the browser's bubble
  open = { turn, form, area };
  turn.classList.add("editing");
  turn.append(form);
  area.focus();
  area.setSelectionRange(at, at);
}

function end() {
  const { turn, form } = open;
  open = null;
  form.remove();
  turn.classList.remove("editing");
  turn.querySelector(".edit-prompt").focus({ preventScroll: true });
}

/** The edited prompt and what followed it give way to the new one, until the server says otherwise. */
function supersede(turn) {
  const turns = [...thread.querySelectorAll(".turns:not(#echo) > *")];
  for (const each of turns.slice(turns.indexOf(turn))) each.classList.add("superseded");
}

function restore() {
  for (const each of thread.querySelectorAll(".superseded")) each.classList.remove("superseded");
}

function save() {
  const { turn, form, area } = open;
  const words = area.value;
  const excess = words.length - longest;
  const why = hindrance();
  const files = turn.querySelector(".attached") && { files_of: Number(turn.dataset.message) };
  const empty = !(words.trim() || files);
  form.querySelector(".edit-note").textContent =
    excess > 0 ? word("too-long", excess) : why || (empty ? word("empty") : "");
  if (excess > 0 || why || empty) return;
  end();
  text.focus({ preventScroll: true });
  supersede(turn);
  const parent = turn.dataset.parent ? Number(turn.dataset.parent) : null;
  const frame = { type: "send", key: uuid(), text: words, parent, ...files };
  emit("asking", frame);
  add(frame);
}

function edit(turn) {
  begin(turn, turn.querySelector(".bubble").textContent);
}

thread.addEventListener("click", (event) => {
  const pencil = event.target.closest(".edit-prompt");
  const cancel = event.target.closest("[data-edit=cancel]");
  if (!pencil && !(cancel && open)) return;
  event.preventDefault();
  if (pencil) edit(pencil.closest(".prompt"));
  else end();
});

thread.addEventListener("submit", (event) => {
  if (event.target !== open?.form) return;
  event.preventDefault();
  save();
});

thread.addEventListener("keydown", (event) => {
  if (!open?.form.contains(event.target)) return;
  if (event.key === "Escape" && !event.isComposing) end();
  else if (event.target === open.area && sends(event)) save();
  else return;
  event.preventDefault();
});

text.addEventListener("keydown", (event) => {
  const plain = !(event.shiftKey || event.altKey || event.ctrlKey || event.metaKey);
  const last = prompts().at(-1);
  if (event.key !== "ArrowUp" || !plain || text.value || event.isComposing || !last) return;
  event.preventDefault();
  edit(last);
});

on("refused", restore);
on("snapshot", () => {
  kept = open && { id: open.turn.id, words: open.area.value, at: open.area.selectionStart };
});
on("swapped", ({ type }) => {
  if (type !== "snapshot") return;
  restore();
  const turn = kept && document.getElementById(kept.id);
  if (kept) open = null;
  if (turn && !turn.classList.contains("editing")) begin(turn, kept.words, kept.at);
  else if (turn)
    open = { turn, form: turn.querySelector(".edit"), area: turn.querySelector(".edit-text") };
  kept = null;
});
