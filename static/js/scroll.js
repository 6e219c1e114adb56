// Scrolling that never fights: the end is followed only while the reader is at it.
import { tab } from "./memory.js";
import { main, on, thread } from "./page.js";
import { running } from "./running.js";

const NEAR = 60;
const FAR = 200;
const page = document.scrollingElement;
const dock = document.querySelector(".dock");
const bar = document.querySelector(".bar");
const jump = document.getElementById("jump");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const place = `pinned:${main.dataset.conversation}`;
let pinned = true;
let asked = false; // from this page, since it was loaded
let seen = { top: page.scrollTop, height: page.scrollHeight };
let gliding = false;
let touch = 0;

const distance = () => page.scrollHeight - page.clientHeight - page.scrollTop;

function toEnd() {
  page.scrollTop = page.scrollHeight;
}

function glide() {
  const left = distance();
  gliding = pinned && left >= 1;
  if (!gliding) return;
  page.scrollTop += Math.max(1, Math.ceil(left * 0.3));
  requestAnimationFrame(glide);
}

function follow() {
  if (!pinned) return;
  if (!running() || still.matches || distance() > page.clientHeight / 2) toEnd();
  else if (!gliding) {
    gliding = true;
    requestAnimationFrame(glide);
  }
}

/** The end is not followed any more, until the reader goes there. */
export function unpin() {
  pinned = false;
}

/** Leaves so much room below the last prompt that it can stand near the top while its answer grows. */
function makeRoom() {
  const prompt = asked && [...thread.querySelectorAll(".prompt")].at(-1);
  if (!prompt) return;
  const box = prompt.getBoundingClientRect();
  const top = Math.max(box.top, box.bottom - page.clientHeight * 0.4);
  const above = top - thread.getBoundingClientRect().top;
  const room = page.clientHeight - bar.offsetHeight - dock.offsetHeight - 16;
  thread.style.minBlockSize = `${Math.floor(above + room)}px`;
}

/** The turn that is being read, and where on the screen it begins. */
function readAt() {
  const turns = [...thread.querySelectorAll(".turn[id]")];
  const turn = turns.find((each) => each.getBoundingClientRect().bottom > bar.offsetHeight);
  return turn ? [turn.id, turn.getBoundingClientRect().top] : false;
}

/** What the browser restores is a height, and turns that are not painted yet have only a guess. */
function goBackTo(kept) {
  pinned = kept === null || kept === true;
  const turn = Array.isArray(kept) && document.getElementById(kept[0]);
  if (!turn) return;
  history.scrollRestoration = "manual";
  page.scrollTop += turn.getBoundingClientRect().top - kept[1];
}

function drawJump() {
  const far = distance();
  if (far > FAR) jump.hidden = false;
  else if (far < NEAR) jump.hidden = true;
}

function moved() {
  const { scrollTop: top, scrollHeight: height } = page;
  // A page that became shorter moves up by itself; only a reader moves up in a page that did not.
  if (top < seen.top - 1 && height >= seen.height) unpin();
  else if (top > seen.top && distance() < NEAR) pinned = true;
  seen = { top, height };
  drawJump();
}

function grown() {
  makeRoom();
  follow();
  drawJump();
}

document.addEventListener("scroll", moved, { passive: true });
document.addEventListener("wheel", (event) => event.deltaY < 0 && unpin(), { passive: true });
document.addEventListener("touchstart", (event) => (touch = event.touches[0].clientY), {
  passive: true,
});
document.addEventListener("touchmove", (event) => event.touches[0].clientY > touch && unpin(), {
  passive: true,
});
document.addEventListener("keydown", (event) => {
  if (["PageUp", "Home", "ArrowUp"].includes(event.key) && !event.target.closest("textarea"))
    unpin();
});
jump.addEventListener("click", () => {
  pinned = true;
  toEnd();
});
on("asked", (frame) => {
  if (frame.type === "stop") return;
  asked = true;
  pinned = true;
  makeRoom();
  toEnd();
});

const size = new ResizeObserver(grown);
size.observe(thread);
size.observe(dock);
window.addEventListener("resize", grown);
window.addEventListener("pagehide", () => tab.set(place, pinned || readAt()));
if (performance.getEntriesByType("navigation")[0]?.type !== "navigate") goBackTo(tab.get(place));
if (pinned && !main.dataset.jump) toEnd();
