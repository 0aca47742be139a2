// What opportunities do beyond every page's keys: a card is dragged to another stage; a form that was refused
// because somebody was first keeps what was typed and learns which version stands there now.
"use strict";

(() => {
  let dragged = null;
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.(".ticket[draggable]") || null;
    if (dragged) event.dataTransfer.effectAllowed = "move";
  });
  const lane = (event) => (dragged ? event.target.closest?.(".lane") : null);
  document.addEventListener("dragover", (event) => {
    const over = lane(event);
    if (!over) return;
    event.preventDefault();
    over.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => event.target.closest?.(".lane")?.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    const to = lane(event);
    const form = dragged?.querySelector("form");
    dragged = null;
    if (!to || !form) return;
    event.preventDefault();
    to.classList.remove("over");
    htmx.ajax("POST", form.getAttribute("hx-post"), {
      source: form,
      target: "#board",
      values: { stage: to.dataset.stage, version: form.elements.version.value },
    });
  });

  // The card that was moved stays chosen, so that the arrow keys go on with it.
  let moving = "";
  document.addEventListener("htmx:beforeRequest", (event) => {
    moving = event.detail.elt.closest?.(".ticket")?.id || "";
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id === "board" && moving) document.getElementById(moving)?.focus();
  });

  document.addEventListener("htmx:responseError", (event) => {
    const xhr = event.detail.xhr;
    if (xhr.status !== 409) return;
    const form = event.detail.elt.closest?.("form[data-versioned]");
    const version = xhr.getResponseHeader("X-Version");
    if (form && version) form.elements.version.value = version;
    const board = event.detail.elt.closest?.("[data-refreshes]");
    if (board) setTimeout(() => window.location.assign(board.dataset.refreshes), 2500); // after its words were read
  });
})();
