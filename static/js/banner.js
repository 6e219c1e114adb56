// The banner of the demo model goes when it is told to, and does not come back.
import { cookie } from "./memory.js";
import { text } from "./page.js";

document.getElementById("dismiss-banner")?.addEventListener("click", () => {
  document.getElementById("banner").remove();
  cookie("banner", "off");
  text.focus({ preventScroll: true });
});
