// Older turns come as the reader scrolls up; what is being read stays where it is.

import { show } from "./notices.js";
import { main, on, thread, word } from "./page.js";
import { unpin } from "./scroll.js";

const MARKED_MS = 2500;
const root = document.documentElement;
const watcher = new IntersectionObserver(seen, { rootMargin: "1200px 0px" });
let loading = false;
let wanted = main.dataset.jump;

/** Looks at every link anew, but for one that could not be loaded: that one waits for a click. */
function watch(failed) {
  watcher.disconnect();
  for (const link of thread.querySelectorAll(".older")) {
    if (link !== failed) watcher.observe(link);
  }
}

function seen(entries) {
  const near = entries.find(({ isIntersecting, target }) => isIntersecting && target.isConnected);
  if (near && !loading) load(near.target);
}

/** The side from which the reader comes decides which end of a gap grows. */
function address(link) {
  const below = link.getBoundingClientRect().top > innerHeight / 2;
  return below && link.dataset.after ? link.dataset.after : link.dataset.before;
}

async function load(link) {
  loading = true;
  try {
    const answer = await fetch(address(link), { headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const html = await answer.text();
    if (link.isConnected) replace(link, html);
  } catch {
    show(word("not-loaded")); // the link stays, to be tried again
  }
  loading = false;
  watch(link);
}

function replace(link, html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const added = [...fresh.content.children];
  const focused = document.activeElement === link;
  const read = [...thread.querySelectorAll(".turn")].find(
    (turn) => turn.getBoundingClientRect().bottom > 0,
  );
  const top = read?.getBoundingClientRect().top;
  // Not all browsers keep the place themselves, and those that do must not do it twice.
  root.style.overflowAnchor = "none";
  link.replaceWith(fresh.content);
  if (read) scrollBy({ top: read.getBoundingClientRect().top - top, behavior: "instant" });
  requestAnimationFrame(() => (root.style.overflowAnchor = ""));
  if (focused) focus(added.find((each) => each.matches(".older")) ?? added.at(-1));
}

function focus(element) {
  if (element?.matches(".turn")) element.tabIndex = -1;
  element?.focus({ preventScroll: true });
}

/** Marks the message that the address named. */
function mark() {
  const turn = document.getElementById(`m${wanted}`);
  turn?.classList.add("marked");
  return turn;
}

function jump() {
  history.replaceState(history.state, "", main.dataset.address);
  unpin();
  const turn = mark();
  focus(turn);
  turn?.scrollIntoView({ block: "start", behavior: "instant" });
  setTimeout(() => {
    document.getElementById(`m${wanted}`)?.classList.remove("marked");
    wanted = "";
  }, MARKED_MS);
}

thread.addEventListener("click", (event) => {
  const link = event.target.closest(".older");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!loading) load(link);
});

on("swapped", ({ type }) => {
  if (type !== "snapshot") return;
  watch();
  if (wanted) mark(); // another element by now
});
if (wanted) jump();
watch();
