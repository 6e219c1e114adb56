// Reasoning that is open is followed to its end while it grows, unless the reader has scrolled up in it.
import { live, on } from "./page.js";

const NEAR = 96;

function follow() {
  const text = live.querySelector(
    '[aria-busy="true"] .reasoning[open]:last-child > .reasoning-text',
  );
  if (!text || text.scrollHeight - text.clientHeight - text.scrollTop > NEAR) return;
  text.scrollTop = text.scrollHeight;
}

on("swapped", ({ type }) => type === "delta" && follow());
