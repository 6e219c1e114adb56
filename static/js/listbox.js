// Choosing from a list without leaving the field one types in: by arrow keys and Enter, by mouse, by finger.

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

export class Listbox {
  /** `list` is an element with the role listbox; `pick` is called with the item that was chosen. */
  constructor(list, field, pick) {
    Object.assign(this, { list, field, pick, items: [], active: -1 });
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", ({ target }) => this.choose(this.at(target)));
    list.addEventListener("mousemove", ({ target }) => this.activate(this.at(target)));
  }

  /** Shows items, each {value, label, hint?, current?}, the active one first or where told. */
  show(items, active = 0) {
    this.items = items;
    this.list.replaceChildren(...items.map((item, n) => this.option(item, n)));
    this.active = -1;
    this.activate(items.length ? active : -1, true);
  }

  option({ label, hint, current }, n) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${n}`;
    option.className = "option";
    option.classList.toggle("current", Boolean(current));
    option.role = "option";
    option.ariaSelected = "false";
    for (const [words, name] of [[label, "option-label"], hint ? [hint, "option-hint"] : []]) {
      if (!words) continue;
      const part = document.createElement("span");
      part.className = name;
      part.dir = "auto";
      part.textContent = words;
      option.append(part);
    }
    return option;
  }

  at(element) {
    return [...this.list.children].indexOf(element.closest("[role=option]"));
  }

  activate(n, follow = false) {
    if (n === this.active) return;
    this.list.children[this.active]?.setAttribute("aria-selected", "false");
    this.active = n;
    const option = this.list.children[n];
    option?.setAttribute("aria-selected", "true");
    if (follow) option?.scrollIntoView({ block: "nearest" });
    if (option) this.field.setAttribute("aria-activedescendant", option.id);
    else this.field.removeAttribute("aria-activedescendant");
  }

  choose(n) {
    if (this.items[n]) this.pick(this.items[n]);
  }

  /** Whether a key was meant for the list. */
  key(event) {
    const many = this.items.length;
    if (event.isComposing || event.keyCode === 229 || !many) return false;
    if (event.key in STEPS && !event.altKey) {
      this.activate((this.active + STEPS[event.key] + many) % many, true);
    } else if (event.key === "Enter" && !event.shiftKey) this.choose(this.active);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}
