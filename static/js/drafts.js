/* The text is saved on the server while it is written, never in the browser: schools share their computers. */
import { fresh, post, refusal } from "./dom.js";

const PAUSE_MS = 1500; // after the last key
const EVERY_MS = 10000; // at the latest, while something is unsaved
const KEEPALIVE_BYTES = 60000; // browsers refuse a larger body once the page is going

export function startDrafts(root) {
  for (const form of fresh(root, "form[data-draft-url]", "draft")) autosave(form);
}

function autosave(form) {
  const status = form.querySelector("[data-draft-status]") ?? document.querySelector("[data-draft-status]");
  let unsaved = false;
  let saving = false;
  let stopped = false;
  let pause;

  const say = (state, words) => {
    if (!status || (status.dataset.state === state && status.textContent === words)) return;
    status.dataset.state = state;
    status.textContent = words;
  };

  function content() {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && name !== "csrfmiddlewaretoken") body.append(name, value);
    }
    return body;
  }

  async function save(options = {}) {
    if (!unsaved || saving || stopped) return;
    saving = true;
    unsaved = false;
    try {
      const response = await post(form.dataset.draftUrl, content(), options);
      const isJson = response.headers.get("Content-Type")?.includes("json");
      const answer = isJson ? await response.json() : null;
      if (response.ok && answer && !response.redirected) {
        say("saved", `Draft saved at ${answer.saved_at}`);
      } else {
        unsaved = true;
        say("failed", `Not saved: ${refusal(response.redirected ? 401 : response.status, answer)}`);
      }
    } catch {
      unsaved = true;
      say("failed", `Not saved: ${refusal(0)} Trying again.`);
    } finally {
      saving = false;
    }
  }

  function changed() {
    unsaved = true;
    if (status?.dataset.state === "saved") say("waiting", "Not saved yet");
    clearTimeout(pause);
    pause = setTimeout(save, PAUSE_MS);
  }

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  setInterval(save, EVERY_MS);
  // An upload on its way holds the form back in the capture phase, so this sees it.
  form.addEventListener("submit", (event) => { if (!event.defaultPrevented) stopped = true; });
  window.addEventListener("pageshow", () => { stopped = false; });
  // Covered, the text goes to the server at once; shown again, what the lock refused follows.
  for (const type of ["screen:covered", "screen:shown"]) document.addEventListener(type, () => save());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden") return;
    save({ keepalive: content().toString().length < KEEPALIVE_BYTES });
  });
}
