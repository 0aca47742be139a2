// Signals as they happen: the page listens, asks for the row or the line that announces it, and sounds if one wants it.
"use strict";

(() => {
  const where = document.body.dataset.feed;
  if (!where || !window.EventSource) return;
  const KEY = "tenure-signals";
  const told = new Set(JSON.parse(sessionStorage.getItem(KEY) || "[]"));
  let source = null, counting = 0;

  function remember(mark) {
    told.add(mark);
    sessionStorage.setItem(KEY, JSON.stringify([...told].slice(-200)));
  }

  // Two short tones made here: no file, and only after the person asked for a sound.
  function sound() {
    if (document.body.dataset.sound !== "1" || !window.AudioContext) return;
    const audio = new AudioContext();
    if (audio.state === "suspended") { audio.close(); return; } // the browser wants a click first
    [660, 880].forEach((pitch, place) => {
      const tone = audio.createOscillator(), loud = audio.createGain(), at = audio.currentTime + place * 0.14;
      tone.frequency.value = pitch;
      loud.gain.setValueAtTime(0.08, at);
      loud.gain.exponentialRampToValueAtTime(0.001, at + 0.13);
      tone.connect(loud).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 0.14);
      if (place) tone.onended = () => audio.close();
    });
  }

  // What waits for the reader is counted by the desk: a signal may go to somebody else, be claimed, come back.
  function count() {
    clearTimeout(counting);
    counting = setTimeout(async () => {
      const answer = await fetch(where.replace(/feed$/, "count"), { headers: { "HX-Request": "true" } }).catch(() => null);
      const waiting = answer && answer.ok ? await answer.text() : "";
      if (!/^\d+$/.test(waiting)) return;
      document.querySelectorAll("[data-signal-count]").forEach((place) => {
        place.textContent = waiting;
        place.hidden = waiting === "0";
      });
    }, 300);
  }

  function heard(event) {
    const news = JSON.parse(event.data), mark = `${news.id}:${news.version}`;
    if (told.has(mark)) return;
    remember(mark);
    count();
    const address = where.replace(/feed$/, `${news.id}/`);
    const rows = [...document.querySelectorAll(`[data-signal="${CSS.escape(news.id)}"]`)];
    const stale = rows.filter((row) => Number(row.dataset.version) < news.version && !row.querySelector(".entry-form"));
    stale.forEach((row) => htmx.ajax("GET", address, { target: `#${row.id}`, swap: "outerHTML" }));
    if (rows.length) return;
    const fresh = news.state === "escalated" || news.state === "new";
    if (!fresh) return;
    const escalated = news.state === "escalated", pool = news.pool || escalated;
    const waits = news.mine || (document.body.dataset.pool === "1" && pool);
    const more = document.querySelector("[data-signal-more]");
    // Only where the list that is open would hold it: the button must not lead to the same empty page.
    if (more && { mine: waits, pool, all: true }[more.dataset.signalMore]) more.hidden = false;
    if (!waits && !escalated) return;
    htmx.ajax("GET", `${address}?toast=1`, { target: "#toasts", swap: "beforeend" });
    sound();
  }

  function listen() {
    if (source || document.visibilityState !== "visible") return;
    source = new EventSource(where);
    source.addEventListener("signal", heard);
    source.addEventListener("many", () => {
      const more = document.querySelector("[data-signal-more]");
      if (more) more.hidden = false;
      count();
    });
  }
  // A page nobody looks at holds no line.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") listen();
    else if (source) { source.close(); source = null; }
  });
  window.addEventListener("pagehide", () => source && source.close());
  document.addEventListener("DOMContentLoaded", listen);
  if (document.readyState !== "loading") listen();
})();
