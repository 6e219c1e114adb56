// Shows how an import gets on, until it has ended.
const shown = document.getElementById("imports");
const REST_MS = 1000;

async function look() {
  if (!shown.querySelector("[data-going-on]")) return;
  try {
    const answer = await fetch("", { headers: { "HX-Request": "true" } });
    if (answer.ok && !answer.redirected) shown.innerHTML = await answer.text();
  } catch {
    // The server is away for a moment: the next look tells.
  }
  setTimeout(look, REST_MS);
}

setTimeout(look, REST_MS);
