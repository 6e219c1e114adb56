// With its first prompt a new chat is temporary, or it is not: the switch gives way to what it became.
import { on } from "./page.js";

const choice = document.getElementById("temporary");

if (choice) {
  on("asking", (frame) => {
    if (choice.isConnected && choice.checked) frame.temporary = true;
  });
  on("ack", () => {
    if (!choice.isConnected) return;
    document.getElementById("temporary-standing").hidden = !choice.checked;
    document.getElementById("temporary-switch").remove();
  });
}
