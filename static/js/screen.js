/* "Blank Screen" and the idle lock. The cover lies over the page, which stays as it is; what opens it is the server's
   to say. All tabs of the school are covered together. Nothing is kept in the browser. */
import { copyOf, post } from "./dom.js";

const COVER_MS = 2 * 60 * 1000; // afterwards the password
const TELL_MS = 60 * 1000; // how often the server hears that somebody is here
const LOOK_MS = 5 * 1000;
const INPUT = ["pointerdown", "pointermove", "keydown", "wheel", "scroll", "touchstart"];

export function startScreen() {
  const template = document.querySelector("template[data-cover-template]");
  if (template) start(copyOf(template));
}

function start(cover) {
  const byHand = cover.querySelector("[data-cover-shown]");
  const form = cover.querySelector("[data-cover-unlock]");
  const keyParts = cover.querySelectorAll("[data-cover-key]");
  const words = cover.querySelector("[data-cover-words]");
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("screen") : null;
  const title = { covered: cover.dataset.titleCovered, locked: cover.dataset.titleLocked };
  let idleMs = Number(cover.dataset.idleMinutes) * 60000;
  let state = "open";
  let titleBefore = document.title;
  let coveredAt = 0;
  let activeAt = Date.now();
  let toldAt = activeAt;
  let asked = false;

  function raise(next) {
    if (state === "open") {
      titleBefore = document.title;
      coveredAt = Date.now();
    }
    state = next;
    document.title = title[next];
    cover.dataset.state = next;
    byHand.hidden = next !== "covered";
    form.hidden = next !== "locked";
    if (!cover.isConnected) document.body.append(cover);
    if (!cover.open) cover.showModal();
    (next === "covered" ? byHand.querySelector("button") : form.elements.password).focus();
  }

  function lift() {
    if (state === "open") return;
    state = "open";
    document.title = titleBefore;
    form.reset();
    say({});
    cover.close();
    cover.remove();
    activeAt = Date.now();
    document.dispatchEvent(new CustomEvent("screen:shown"));
  }

  async function lock() {
    if (state !== "locked") raise("locked");
    const standing = await ask();
    if (standing) askKey(standing.asks_key);
  }

  /* How the session stands; null where the server cannot be asked. A page of somebody logged out must not stay. */
  async function ask() {
    try {
      const response = await fetch(cover.dataset.unlockUrl, {
        credentials: "same-origin", headers: { "X-Requested-With": "fetch", "X-Poll": "true", Accept: "application/json" },
      });
      if (response.redirected) { leave(); return null; }
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }

  function askKey(wanted) {
    for (const part of keyParts) part.hidden = !wanted;
  }

  function leave() {
    location.reload();
  }

  async function tell(screen) {
    return post(cover.dataset.blankUrl, new URLSearchParams({ screen }), { keepalive: true });
  }

  function say(errors) {
    const all = Object.values(errors);
    words.textContent = all.join(" ");
    words.hidden = all.length === 0;
    for (const name of ["password", "code"]) {
      const box = form.elements[name];
      if (errors[name]) box.setAttribute("aria-invalid", "true");
      else box.removeAttribute("aria-invalid");
    }
  }

  async function show() {
    try {
      const response = await tell("shown");
      if (response.redirected) return leave();
      if (response.status === 423) return lock();
    } catch {
      // Without a connection the page's own clock decides.
      if (Date.now() - coveredAt >= COVER_MS) return lock();
    }
    tabs?.postMessage("open");
    lift();
  }

  async function unlock(submitter) {
    if (asked) return;
    asked = true;
    const body = new URLSearchParams(new FormData(form, submitter));
    body.set("next", location.pathname + location.search);
    try {
      const response = await post(form.action, body);
      if (response.redirected) return leave();
      const answer = await response.json();
      if (response.ok) {
        if (answer.go) return location.replace(answer.go);
        tabs?.postMessage("open");
        lift();
        return;
      }
      askKey(answer.asks_key);
      say(answer.errors);
      form.elements.password.value = "";
      form.elements[answer.errors.code ? "code" : "password"].focus();
    } catch {
      say({ all: "The server does not answer. Try again in a moment." });
    } finally {
      asked = false;
    }
  }

  /* The page has been left alone as far as it knows; another tab may know better, and the server knows. */
  async function overdue() {
    if (asked || state === "locked") return;
    asked = true;
    const standing = await ask();
    asked = false;
    if (standing?.screen === "open" && standing.left > 0) {
      activeAt = Date.now() - (idleMs - standing.left * 1000);
      return;
    }
    lock();
  }

  function look() {
    const time = Date.now();
    if (state === "covered" && time - coveredAt >= COVER_MS) return lock();
    if (state !== "open") return;
    if (time - activeAt >= idleMs) return overdue();
    if (activeAt > toldAt && time - toldAt >= TELL_MS) {
      toldAt = time;
      post(cover.dataset.hereUrl, new URLSearchParams()).catch(() => {});
    }
  }

  const isLate = () => state === "open" && Date.now() - activeAt >= idleMs;

  document.addEventListener("submit", (event) => {
    const cause = event.target;
    if (cause === form) {
      event.preventDefault();
      unlock(event.submitter);
    } else if (cause === byHand) {
      event.preventDefault();
      show();
    } else if (cause.matches("[data-blank]")) {
      event.preventDefault();
      cause.closest("[popover]")?.hidePopover();
      raise("covered");
      tabs?.postMessage("covered");
      // The draft follows the cover: both change the session, and the cover must not be the one that is lost.
      tell("covered").catch(() => {}).finally(() => document.dispatchEvent(new CustomEvent("screen:covered")));
    } else if (isLate()) {
      // A computer that slept has not looked at the clock: what was typed must not be sent into a locked session.
      event.preventDefault();
      event.stopImmediatePropagation();
      lock();
    }
  }, { capture: true });

  // Escape must not open it, nor a second Escape, which browsers do not let a page refuse.
  cover.addEventListener("keydown", (event) => { if (event.key === "Escape") event.preventDefault(); });
  cover.addEventListener("cancel", (event) => event.preventDefault());
  cover.addEventListener("close", () => { if (state !== "open") raise(state); });

  for (const type of INPUT) {
    document.addEventListener(type, () => {
      if (state !== "open") return;
      if (isLate()) overdue();
      else activeAt = Date.now();
    }, { capture: true, passive: true });
  }
  // Not on leaving: who logs out would say "still here" with a session that has just ended.
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") look(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) overdue(); });
  document.addEventListener("screen:locked", lock);
  tabs?.addEventListener("message", ({ data }) => {
    if (data === "open") lift();
    else if (data === "covered" && state === "open") raise("covered");
  });
  setInterval(look, LOOK_MS);
}
