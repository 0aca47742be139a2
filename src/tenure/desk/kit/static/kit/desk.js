// What every page does in the browser: keys, overlays, toasts. No inline handlers: the page's policy forbids them.
"use strict";

(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // -- overlays -------------------------------------------------------------------------------------------------
  function open(id) {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return;
    all("details.menu[open]").forEach((menu) => menu.removeAttribute("open"));
    dialog.showModal();
    const field = one("input", dialog);
    if (field) field.select();
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) open(opener.dataset.opens);
    const dialog = event.target.closest("dialog");
    if (dialog && event.target === dialog) dialog.close(); // the backdrop
    // Popovers and menus close when one clicks elsewhere.
    all("details.why[open], details.menu[open], details.drop[open]").forEach((shown) => {
      if (!shown.contains(event.target)) shown.removeAttribute("open");
    });
    if (event.target.closest("[data-prints]")) window.print();
    const toggler = event.target.closest("[data-toggles]");
    if (toggler) toggler.setAttribute("aria-expanded", String(toggler.closest("form").classList.toggle(toggler.dataset.toggles)));
  });

  // A popover near the right edge opens towards the left.
  document.addEventListener("toggle", (event) => {
    const why = event.target;
    if (!why.matches?.("details.why[open]")) return;
    const body = one(".why-body", why);
    body.classList.remove("flip");
    if (body.getBoundingClientRect().right > window.innerWidth - 8) body.classList.add("flip");
  }, true);

  // -- rows under the keys --------------------------------------------------------------------------------------
  const rows = () => all("[data-row]").filter((row) => row.offsetParent !== null); // not those in a folded part
  function current() {
    return one("[data-row].at") || document.activeElement?.closest?.("[data-row]");
  }
  function choose(row) {
    all("[data-row].at").forEach((other) => other.classList.remove("at"));
    if (!row) return;
    row.classList.add("at");
    if (row.tabIndex >= -1) row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
  function step(by) {
    const list = rows();
    if (!list.length) return;
    const place = list.indexOf(current());
    choose(list[Math.max(0, Math.min(list.length - 1, place < 0 ? 0 : place + by))]);
  }
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("[data-row]");
    if (row && !row.classList.contains("at")) {
      all("[data-row].at").forEach((other) => other.classList.remove("at"));
      row.classList.add("at");
    }
  });

  // -- folded parts ----------------------------------------------------------------------------------------------
  // A link to a part that is folded opens it; on paper nothing is folded.
  function unfold(name) {
    const part = name.length > 1 && document.getElementById(decodeURIComponent(name.slice(1)));
    const fold = part && part.closest("details.table-of");
    if (fold) fold.open = true;
  }
  window.addEventListener("hashchange", () => unfold(location.hash));
  document.addEventListener("DOMContentLoaded", () => unfold(location.hash));
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".sections a");
    if (link) unfold(link.hash);
  });
  window.addEventListener("beforeprint", () => all("main details.table-of:not([open])").forEach((fold) => {
    fold.open = true;
    fold.dataset.printed = "";
  }));
  window.addEventListener("afterprint", () => all("details[data-printed]").forEach((fold) => {
    fold.open = false;
    delete fold.dataset.printed;
  }));

  // -- keys -----------------------------------------------------------------------------------------------------
  const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");
  let going = 0;

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open("search");
      return;
    }
    const dialog = one("dialog[open]");
    if (dialog) {
      if (dialog.id === "search") searchKey(event, dialog);
      return;
    }
    if (event.key === "Escape") {
      all("details[open].why, details[open].menu, details[open].drop").forEach((shown) => shown.removeAttribute("open"));
      one(".entry-form [data-cancels]")?.click();
      return;
    }
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (going && Date.now() - going < 1200) {
      going = 0;
      const link = one(`[data-go="${CSS.escape(event.key)}"]`);
      if (link) {
        event.preventDefault();
        link.click();
        return;
      }
    }
    switch (event.key) {
      case "/": event.preventDefault(); open("search"); return;
      case "?": event.preventDefault(); open("help"); return;
      case "g": going = Date.now(); return;
      case "j": event.preventDefault(); step(1); return;
      case "k": event.preventDefault(); step(-1); return;
      case "Enter": {
        if (event.target.closest("a, button, summary")) return;
        const link = current() && one("a[data-opens-row]", current());
        if (link) link.click();
        return;
      }
    }
    // Any control may name its key; those of the chosen row come first.
    const key = CSS.escape(event.key);
    const control = (current() && one(`[data-key="${key}"]`, current())) || one(`[data-key="${key}"]:not([data-row] *)`);
    if (control) {
      event.preventDefault();
      control.click();
    }
  });

  function searchKey(event, dialog) {
    if (!["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
    if (event.key === "Enter" && event.target.closest(".found")) return; // what has the focus does its own
    const links = all(".found a", dialog);
    const at = links.findIndex((link) => link.classList.contains("at"));
    event.preventDefault();
    if (event.key === "Enter") {
      (links[at] || links[0])?.click();
      return;
    }
    const next = Math.max(0, Math.min(links.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)));
    links.forEach((link, place) => link.classList.toggle("at", place === next));
    links[next]?.scrollIntoView({ block: "nearest" });
  }

  // -- what the server answers ----------------------------------------------------------------------------------
  // After an entry is settled the next open one is chosen, so that a day's list is worked without the mouse.
  document.addEventListener("htmx:afterSettle", (event) => {
    const swapped = event.detail.elt;
    if (swapped?.matches?.("[data-row].settled")) {
      const list = rows();
      const after = list.slice(list.indexOf(swapped) + 1).find((row) => !row.classList.contains("settled"));
      choose(after || swapped);
    } else if (swapped?.matches?.("[data-row]")) {
      const field = one(".entry-form input:checked, .entry-form input, .entry-form select, .entry-form textarea", swapped);
      field ? field.focus() : choose(swapped);
    }
    const first = one(".found a", event.detail.target || document);
    if (first && event.detail.target?.id === "found") first.classList.add("at");
    prune();
  });

  // Not before it is answered: a part swapped out of turn is looked for below whatever sent the request.
  document.addEventListener("htmx:afterRequest", (event) => {
    const spent = event.detail.elt;
    if (spent?.matches?.("[data-dismisses]")) setTimeout(() => spent.closest(spent.dataset.dismisses)?.remove(), 50);
  });

  function prune() {
    const lines = all(".toast-line");
    lines.slice(0, -2).forEach((line) => line.remove());
    lines.forEach((line) => {
      if (line.dataset.timed) return;
      line.dataset.timed = "1";
      setTimeout(() => line.remove(), 9000);
    });
  }

  function toast(words) {
    const line = document.createElement("div");
    line.className = "toast-line error";
    line.setAttribute("role", "alert");
    line.textContent = words;
    one("#toasts")?.append(line);
    prune();
  }
  // A refused action says so in the server's words; the page stays as it was.
  document.addEventListener("htmx:responseError", (event) => {
    const words = event.detail.xhr.getResponseHeader("X-Words");
    toast(words ? decodeURIComponent(words) : `${event.detail.xhr.status} ${event.detail.xhr.statusText}`);
  });
  document.addEventListener("htmx:sendError", () => toast(one("body").dataset.offline || "Offline"));

  // Filters apply as soon as they change.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-applies]");
    if (form && event.target.type !== "search") form.requestSubmit();
  });
  // Choosing “another day” shows the field for it.
  document.addEventListener("DOMContentLoaded", () => {
    prune();
    if (one("[data-first-row]")) choose(rows()[0]);
  });
})();
