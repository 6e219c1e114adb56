// The list of conversations: a drawer on a phone, a column that can be folded away elsewhere.
import { cookie } from "./memory.js";
import { text } from "./page.js";

const sidebar = document.getElementById("sidebar");
const page = document.querySelector(".page");
const opener = document.getElementById("open-sidebar");
const closer = document.getElementById("close-sidebar");
const narrow = matchMedia("(width < 48rem)");
const root = document.documentElement;

const isOpen = () =>
  narrow.matches ? sidebar.classList.contains("open") : root.dataset.sidebar !== "closed";

function draw() {
  const open = isOpen();
  opener.setAttribute("aria-expanded", String(open));
  closer.setAttribute("aria-expanded", String(open));
  sidebar.inert = !open;
  page.inert = narrow.matches && open;
}

function set(open) {
  if (narrow.matches) sidebar.classList.toggle("open", open);
  else {
    root.dataset.sidebar = open ? "open" : "closed";
    cookie("sidebar", root.dataset.sidebar);
  }
  draw();
  (open ? closer : narrow.matches ? opener : text).focus({ preventScroll: true });
}

export const toggle = () => set(!isOpen());

opener.addEventListener("click", () => set(true));
closer.addEventListener("click", () => set(false));
document.getElementById("veil").addEventListener("click", () => set(false));
document.addEventListener("keydown", (event) => {
  if (
    event.key === "Escape" &&
    !event.defaultPrevented &&
    narrow.matches &&
    isOpen() &&
    !document.querySelector(":popover-open, dialog[open], .rename")
  ) {
    set(false);
  }
});
narrow.addEventListener("change", () => {
  sidebar.classList.remove("open");
  draw();
});
draw();
sidebar.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
