/* Small things that several modules need. */

const LOCKED = 423;
const started = new WeakMap();

/* Elements within root that match and that the named module has not yet bound. */
export function fresh(root, selector, name) {
  const found = [...root.querySelectorAll(selector)];
  if (root instanceof Element && root.matches(selector)) found.unshift(root);
  return found.filter((element) => {
    const names = started.get(element) ?? new Set();
    if (names.has(name)) return false;
    started.set(element, names.add(name));
    return true;
  });
}

/* Puts words into every [data-fill="key"] of a template's copy; text only, never markup. */
export function fill(element, values) {
  for (const slot of element.querySelectorAll("[data-fill]")) {
    const value = values[slot.dataset.fill];
    if (value !== undefined) slot.textContent = value;
  }
}

export function copyOf(template) {
  return template.content.firstElementChild.cloneNode(true);
}

export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/* A locked session covers the page; whatever asked keeps what was typed and may ask again once the cover is off. */
export function heed(status) {
  if (status === LOCKED) document.dispatchEvent(new CustomEvent("screen:locked"));
}

export async function post(url, body, options = {}) {
  const response = await fetch(url, {
    method: "POST",
    body,
    credentials: "same-origin",
    headers: { "X-CSRFToken": csrfToken(), Accept: "application/json", "X-Requested-With": "fetch" },
    ...options,
  });
  heed(response.status);
  return response;
}

/* The sentence a refused request should show: the server's own where it sent one. */
export function refusal(status, answer) {
  if (answer && typeof answer.error === "string") return answer.error;
  if (status === 0) return "The connection was lost.";
  if (status === 401 || status === 403) return "You are logged out, or this is not allowed. Log in again in another tab.";
  if (status === 413) return "This is too large.";
  if (status === LOCKED) return "The screen was locked.";
  if (status === 429) return "Too many tries. Wait a minute.";
  return "The server did not answer as it should.";
}
