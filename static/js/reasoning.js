// Reasoning that is open is followed to its end while it grows, unless the reader has scrolled up in it.
import { on } from "./page.js";

const NEAR = 96;
const GROWN = /hx-target="#(m\d+-p\d+-text)"/;

function follow(content) {
  const grown = GROWN.exec(content);
  const text = grown && document.getElementById(grown[1]);
  if (!text?.closest("details").open) return;
  if (text.scrollHeight - text.clientHeight - text.scrollTop > NEAR) return;
  text.scrollTop = text.scrollHeight;
}

on("swapped", ({ type, content }) => type === "delta" && follow(content));
