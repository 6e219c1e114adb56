// An image of the conversation, as large as the window.
import { word } from "./attached.js";

function made(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/** Shows the image that a thumbnail links to; closing gives the focus back to the thumbnail. */
export function look(link) {
  const alt = link.querySelector("img").alt;
  const image = made("img", { src: link.href, alt });
  const open = { className: "button quiet", href: link.href, target: "_blank", rel: "noopener" };
  const close = made("button", { className: "button", textContent: word("picture-close") });
  const foot = made(
    "div",
    { className: "picture-foot" },
    made("span", { className: "picture-name", textContent: alt }),
    made("a", { ...open, textContent: word("picture-open") }),
    close,
  );
  const dialog = made("dialog", { className: "picture" }, image, foot);
  dialog.setAttribute("aria-label", alt);
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog || target === close) dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}
