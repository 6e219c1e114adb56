// A prompt is seen the moment it is sent: grey until it is taken, marked when it is refused.

import * as files from "./attached.js";
import * as outbox from "./outbox.js";
import { on, text } from "./page.js";

const place = document.getElementById("echo");
const template = document.getElementById("echo-turn");
const echoes = () => [...place.children];
const echo = (key) => echoes().find((turn) => turn.dataset.key === key);

function show({ key, text: words, attachments = [] }) {
  let turn = echo(key);
  if (!turn) {
    turn = template.content.firstElementChild.cloneNode(true);
    turn.dataset.key = key;
    turn.querySelector(".bubble").textContent = words;
    place.append(turn);
    if (attachments.length) files.show(turn.querySelector(".attached"), attachments);
  }
  turn.classList.remove("failed");
  turn.querySelector(".echo-fault").hidden = true;
}

function mark({ key, text: reason }) {
  const turn = echo(key);
  if (!turn) return;
  turn.classList.add("failed");
  turn.querySelector(".echo-reason").textContent = reason;
  turn.querySelector(".echo-fault").hidden = false;
}

/** A prompt that waits for the connection or for its turn can still be changed or taken back. */
function draw() {
  for (const turn of echoes()) {
    turn.querySelector(".echo-queued").hidden = !outbox.unsent(turn.dataset.key);
  }
}

function withdraw(key, edit) {
  const frame = outbox.withdraw(key);
  if (!frame) return draw(); // it has just left
  echo(key)?.remove();
  if (edit && text.value !== frame.text) {
    text.value = [frame.text, text.value].filter((words) => words.trim()).join("\n\n");
  }
  if (edit && frame.attachments) files.restore(frame.attachments);
  text.dispatchEvent(new Event("input"));
  text.focus({ preventScroll: true });
}

place.addEventListener("click", ({ target }) => {
  const key = target.closest(".echo")?.dataset.key;
  const action = target.closest("[data-echo]")?.dataset.echo;
  if (action === "retry") outbox.retry(key);
  if (action === "edit" || action === "discard") withdraw(key, action === "edit");
});

on("asked", (frame) => frame.type === "send" && show(frame));
on("refused", mark);
on("outbox", draw);
on("lost", draw);
on("ack", ({ key }) => echo(key)?.classList.add("taken"));
on("swapped", ({ type }) => {
  if (type !== "message" && type !== "snapshot") return;
  for (const turn of echoes()) {
    if (document.querySelector(`.turns:not(#echo) [data-key="${turn.dataset.key}"]`)) turn.remove();
  }
});

for (const { frame, fault } of outbox.prompts()) {
  show(frame);
  if (fault) mark({ key: frame.key, text: fault });
}
draw();
