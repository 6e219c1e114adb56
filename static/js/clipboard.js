// Puts words on the clipboard.

/** The old way, for plain-http hosts, where `navigator.clipboard` is missing. */
function copyBySelection(words) {
  const area = document.createElement("textarea");
  const focused = document.activeElement;
  area.value = words;
  area.className = "hidden-text";
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  focused?.focus({ preventScroll: true });
  return done;
}

/** True when they are there. */
export async function write(words) {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    return copyBySelection(words);
  }
}
