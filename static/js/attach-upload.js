// One file on its way to the server: its chip counts the percent, and says what went wrong.
import { say } from "./announce.js";
import { attached, changed, word } from "./attached.js";
import { text } from "./page.js";

const template = document.getElementById("file-waiting");
const CREATED = 201;

function waiting(file) {
  const chip = template.content.firstElementChild.cloneNode(true);
  const button = chip.querySelector(".file-remove");
  chip.querySelector(".file-name").textContent = file.name;
  button.setAttribute("aria-label", button.getAttribute("aria-label").replace("{n}", file.name));
  return chip;
}

function count(chip, { loaded, total }) {
  const percent = Math.floor((loaded / total) * 100);
  chip.querySelector("progress").value = percent;
  chip.querySelector(".file-facts").textContent =
    percent < 100 ? `${percent} %` : word("file-checked");
}

function fail(chip, sentence) {
  chip.classList.remove("waiting");
  chip.classList.add("failed");
  chip.querySelector("progress").remove();
  chip.querySelector(".file-facts").textContent = sentence;
  chip.querySelector(".file-name").remove(); // the sentence names it
  chip.scrollIntoView({ block: "nearest", inline: "nearest" });
  say(sentence);
  changed();
}

function become(chip, html, name) {
  const made = document.createElement("template");
  made.innerHTML = html;
  const ready = made.content.firstElementChild;
  const focused = chip.contains(document.activeElement);
  chip.replaceWith(ready);
  if (focused) ready.querySelector(".file-remove").focus();
  changed();
  say(word("file-added", name));
}

function settle(chip, request, name) {
  if (!chip.isConnected) return; // taken away meanwhile: the server forgets it in a day
  if (request.status === CREATED) return become(chip, request.responseText, name);
  const plain = request.getResponseHeader("Content-Type")?.startsWith("text/plain");
  fail(chip, plain ? request.responseText : word("file-failed", name));
}

/** Uploads a file; its chip is in the row from the beginning. */
export function upload(file, row) {
  const chip = waiting(file);
  row.append(chip);
  const many = attached().length + row.querySelectorAll(".waiting").length > row.dataset.most;
  if (many) return fail(chip, word("files-many"));
  if (file.size > row.dataset.largest) return fail(chip, word("file-large", file.name));
  changed();
  const request = new XMLHttpRequest();
  const body = new FormData();
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  body.set("csrfmiddlewaretoken", token);
  body.set("file", file, file.name);
  request.upload.addEventListener("progress", (event) => count(chip, event));
  request.addEventListener("loadend", () => settle(chip, request, file.name));
  chip.addEventListener("cancel", () => request.abort());
  request.open("POST", row.dataset.upload);
  request.send(body);
  if (matchMedia("(pointer: fine)").matches) text.focus({ preventScroll: true });
}
