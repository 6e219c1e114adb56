// The model that the next prompt goes to: a select without scripts, a button that opens a list with them.

export const select = document.getElementById("model");
const button = document.getElementById("model-button");
const shown = document.getElementById("model-name");

/** Shows a model as the chosen one, also one that nobody had listed. */
export function choose(model) {
  if (!model) return;
  if (![...select.options].some(({ value }) => value === model)) {
    select.prepend(new Option(model, model));
  }
  select.value = model;
  shown.textContent = model;
  button.setAttribute("aria-label", `${button.dataset.label}: ${model}`);
}
