// Shows how a file gets to the server, and then how its import gets on, until it has ended.
const form = document.getElementById("import-form");
const sent = document.getElementById("import-sent");
const said = document.getElementById("import-said");
const shown = document.getElementById("imports");
const words = document.getElementById("import-words").content;
const REST_MS = 1000;

const word = (name) => words.querySelector(`[data-word="${name}"]`).textContent;
const goingOn = () => shown.querySelector("[data-going-on]");

function draw(html) {
  const opened = [...shown.querySelectorAll("details")].map((each) => each.open);
  shown.innerHTML = html;
  [...shown.querySelectorAll("details")].forEach((each, number) => {
    each.open = opened[number] ?? false;
  });
  if (!goingOn()) said.textContent = shown.querySelector(".import-state")?.textContent ?? "";
}

async function look() {
  while (goingOn()) {
    await new Promise((rested) => setTimeout(rested, REST_MS));
    try {
      const answer = await fetch("", { headers: { "HX-Request": "true" } });
      if (answer.ok && !answer.redirected) draw(await answer.text());
    } catch {
      // The server is away for a moment: the next look tells.
    }
  }
}

function settle(sentence) {
  form.querySelector("button").disabled = false;
  sent.hidden = true;
  said.textContent = sentence;
}

function received({ status, responseText }) {
  if (status === 413) return settle(word("large"));
  if (status === 400) return settle(responseText);
  if (status !== 200) return settle(word("failed"));
  form.reset();
  settle("");
  draw(responseText);
  look();
}

function send(event) {
  event.preventDefault();
  if (form.elements.file.files[0].size > form.dataset.largest) return settle(word("large"));
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    sent.value = Math.floor((loaded / total) * 100);
  });
  request.addEventListener("error", () => settle(word("failed")));
  request.addEventListener("load", () => received(request));
  const body = new FormData(form);
  form.querySelector("button").disabled = true;
  sent.hidden = false;
  said.textContent = word("sending");
  request.open("POST", "");
  request.setRequestHeader("HX-Request", "true");
  request.send(body);
}

form.addEventListener("submit", send);
look();
