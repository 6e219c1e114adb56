// Styles that few need, loaded when they are wanted for the first time.

/** Resolves when the style sheet is there: what it styles would jump otherwise. */
export function styled(href) {
  if (document.querySelector(`link[href="${href}"]`)) return;
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  const loaded = new Promise((done) => {
    style.onload = style.onerror = done;
  });
  document.head.append(style);
  return loaded;
}
