// What a saved prompt leaves open: its variables are asked for in a dialog.
import { text } from "./page.js";

const VARIABLE = /\{\{\s*([^{}\n]{1,60}?)\s*\}\}/g;
const dialog = document.getElementById("variables");
const fields = dialog.querySelector(".variables");
const template = document.getElementById("variable");

function field(name, n) {
  const row = template.content.firstElementChild.cloneNode(true);
  const [label, input] = [row.querySelector("label"), row.querySelector("textarea")];
  label.textContent = name;
  label.htmlFor = input.id = `variable-${n}`;
  return row;
}

/** The words with what is said for their variables, at once if they have none; null if it was left. */
export function filled(words) {
  const names = [...new Set([...words.matchAll(VARIABLE)].map(([, name]) => name))];
  if (!names.length) return words;
  const rows = names.map(field);
  fields.replaceChildren(...rows);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => {
    dialog.onclose = () => {
      text.focus({ preventScroll: true });
      const said = new Map(rows.map((row, n) => [names[n], row.querySelector("textarea").value]));
      const insert = dialog.returnValue === "insert";
      done(insert ? words.replace(VARIABLE, (_whole, name) => said.get(name)) : null);
    };
  });
}

dialog.addEventListener("click", ({ target }) => {
  if (target === dialog || target.closest("[data-close]")) dialog.close();
});
dialog.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  if (!(event.ctrlKey || event.metaKey) && event.target.rows > 1) return;
  event.preventDefault();
  dialog.querySelector("[value=insert]").click();
});
