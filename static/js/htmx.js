/* htmx carries the token of the page, starts the modules in what it brings in, and covers the page when it is locked. */
import { csrfToken, heed } from "./dom.js";

const INVALID = 422;

export function startHtmx(startWithin) {
  document.addEventListener("htmx:configRequest", (event) => {
    // What a page asks by itself keeps no session open.
    if (/^every\b/.test(event.detail.elt.getAttribute("hx-trigger") ?? "")) event.detail.headers["X-Poll"] = "true";
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = csrfToken();
  });
  document.addEventListener("htmx:load", (event) => startWithin(event.detail.elt));
  document.addEventListener("htmx:beforeSwap", (event) => {
    // A form in a dialog comes back with what is to be mended.
    if (event.detail.xhr.status !== INVALID || !event.detail.target.closest("dialog")) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const dialog = event.detail.target;
    if (!dialog.matches("dialog")) return;
    for (const menu of document.querySelectorAll("[popover]:popover-open")) menu.hidePopover();
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("[data-first], .bad :is(input, select, textarea)")?.focus();
  });
  document.addEventListener("htmx:responseError", (event) => heed(event.detail.xhr.status));
}
