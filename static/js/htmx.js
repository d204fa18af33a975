/* htmx carries the token of the page, starts the modules in what it brings in, and hands a lock to the whole page. */
import { csrfToken } from "./dom.js";

const LOCKED = 423;

export function startHtmx(startWithin) {
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = csrfToken();
  });
  document.addEventListener("htmx:load", (event) => startWithin(event.detail.elt));
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === LOCKED) location.reload();
  });
}
