// The page's own elements, its translated words, and the events between modules.

export const main = document.getElementById("chat");
export const live = document.getElementById("live");
export const thread = document.getElementById("thread");
export const text = document.getElementById("text");
// What is too long is said in words: a browser would cut what is pasted, and say nothing.
export const longest = text.maxLength;
text.removeAttribute("maxlength");

const words = document.getElementById("words").content;

/** The translated word of that name, with `{n}` filled in. */
export function word(name, n = "") {
  const found = words.querySelector(`[data-word="${name}"]`);
  return found ? found.textContent.replace("{n}", n) : "";
}

export function emit(type, detail = {}) {
  document.dispatchEvent(new CustomEvent(`chat:${type}`, { detail }));
}

export function on(type, listener) {
  document.addEventListener(`chat:${type}`, (event) => listener(event.detail));
}

/** An id as the server wrote it: a number if it looks like one. */
export function id(value) {
  return /^\d+$/.test(value) ? Number(value) : value;
}

/** A fresh version 4 UUID; `randomUUID` is missing on plain-http hosts of a LAN. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Posts a form's fields with the page's CSRF token; true when the server took them. */
export async function post(address, fields) {
  const body = new URLSearchParams(fields);
  body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  try {
    const answer = await fetch(address, {
      method: "POST",
      body,
      headers: { "HX-Request": "true" },
      redirect: "manual",
    });
    return answer.ok || answer.type === "opaqueredirect";
  } catch {
    return false;
  }
}
