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

function dismiss(key) {
  const frame = outbox.discard(key);
  echo(key)?.remove();
  if (!text.value) text.value = frame?.text ?? "";
  if (frame?.attachments) files.restore(frame.attachments);
  text.dispatchEvent(new Event("input"));
  text.focus();
}

place.addEventListener("click", ({ target }) => {
  const key = target.closest(".echo")?.dataset.key;
  const action = target.closest("[data-echo]")?.dataset.echo;
  if (action === "retry") outbox.retry(key);
  if (action === "dismiss") dismiss(key);
});

on("asked", (frame) => frame.type === "send" && show(frame));
on("refused", mark);
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
