// What a tab or a browser remembers; a browser that forbids storage just forgets.

function store(area) {
  return {
    get(name) {
      try {
        return JSON.parse(window[area].getItem(name));
      } catch {
        return null;
      }
    },
    set(name, value) {
      try {
        if (value === null || value === "") window[area].removeItem(name);
        else window[area].setItem(name, JSON.stringify(value));
      } catch {
        // Full or forbidden: nothing depends on it.
      }
    },
  };
}

export const tab = store("sessionStorage");
export const browser = store("localStorage");

/** Remembered for a year, and told to the server with each page, so that it renders without a flash. */
export function cookie(name, value) {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs a secure context.
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
}
