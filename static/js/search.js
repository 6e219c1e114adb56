// The search dialog: results as one types; arrows go through them, Enter opens, Escape leaves.
import { styled } from "./style.js";

const REST_MS = 150;
const dialog = document.getElementById("search");
const input = document.getElementById("search-text");
const found = document.getElementById("search-found");
const form = input.form;
let timer;
let asked = null;

export async function open(link) {
  if (dialog.open) return dialog.close();
  await styled(link.dataset.style);
  dialog.showModal();
  input.select();
  if (!found.childElementCount) read(address());
}

const address = () => `${form.action}?${new URLSearchParams(new FormData(form))}`;

/** Shows what is found at an address, in place of what was there or, if `more`, of a link to it. */
async function read(url, more = null) {
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  try {
    const answer = await fetch(url, { signal, headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) return location.assign(url);
    const html = await answer.text();
    if (signal.aborted) return;
    if (more) {
      const at = links().indexOf(more);
      more.outerHTML = html;
      links()[at]?.focus();
    } else {
      found.innerHTML = html;
      found.scrollTop = 0;
    }
  } catch (error) {
    if (error.name !== "AbortError") found.textContent = form.dataset.failed;
  }
}

const links = () => [...found.querySelectorAll("a")];

function move(step) {
  const all = links();
  const at = all.indexOf(document.activeElement) + step;
  if (at < 0) input.focus();
  else all[Math.min(at, all.length - 1)]?.focus();
}

input.addEventListener("input", (event) => {
  if (event.isComposing) return;
  clearTimeout(timer);
  timer = setTimeout(() => read(address()), REST_MS);
});
input.addEventListener("compositionend", () => read(address()));

// Enter takes the first result, once what is shown is what was asked for.
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  clearTimeout(timer);
  await read(address());
  links()[0]?.click();
});

// Escape would only empty the field at first.
const KEYS = { ArrowDown: () => move(1), ArrowUp: () => move(-1), Escape: () => dialog.close() };

dialog.addEventListener("keydown", (event) => {
  if (event.isComposing || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});

found.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!link.classList.contains("found-more")) return;
  event.preventDefault();
  read(link.href, link);
});

dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
document.getElementById("close-search").addEventListener("click", () => dialog.close());
