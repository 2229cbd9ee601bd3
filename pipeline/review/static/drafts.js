"use strict";
// The draft: what was heard is marked while it plays, Ctrl+Enter sends the form that one is in, a further step gets a row.
// The server alone decides what was heard; the marks here save a look at the page again.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const STEP = 0.02, LONGEST = 1.5;
  const played = new Map();
  let last = null;

  // Only time that really passed while playing counts: a jump is longer than any two reports are apart.
  function onTime(event) {
    const { time, playing } = event.detail;
    if (playing && last !== null && time > last && time - last < LONGEST) {
      for (let t = Math.floor(last / STEP); t <= Math.floor(time / STEP); t += 1) played.set(t, true);
      mark();
    }
    last = playing ? time : null;
  }

  function share(start, end) {
    const from = Math.ceil(start / STEP), to = Math.floor(end / STEP);
    let n = 0;
    for (let t = from; t < to; t += 1) if (played.has(t)) n += 1;
    return to > from ? n / (to - from) : 1;
  }

  function mark() {
    for (const element of all(".heard[data-heard]:not(.yes)")) {
      const { start, end, heard, needed } = element.dataset;
      const now = Math.max(Number(heard), share(Number(start), Number(end)));
      if (now >= Number(needed)) {
        element.classList.add("yes");
        element.textContent = "Heard";
        settle(start, end);
      } else if (now > 0) element.textContent = `${Math.round(now * 100)}% heard`;
    }
  }

  function settle(start, end) {
    for (const element of all("[data-unheard]")) {
      if (element.dataset.start === start && element.dataset.end === end) element.remove();
    }
    for (const line of all("[data-to-hear]")) {
      if (!line.querySelector("[data-unheard]")) line.textContent = "You heard all moments this rests on.";
    }
  }

  // Only inside a form: nothing is approved by a key pressed somewhere on the page.
  function onKey(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    const form = event.target.closest?.("form[data-ctrl-enter], form[data-approve]");
    if (!form) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[type='submit']"));
  }

  // A row for one more step, as soon as the last one is written in.
  function onInput(event) {
    const row = event.target.closest?.(".step-row"), rows = row?.parentElement;
    if (!rows?.matches("[data-step-rows]") || row !== rows.lastElementChild || !event.target.value.trim()) return;
    const next = row.cloneNode(true), number = rows.children.length + 1;
    for (const field of all("textarea, input", next)) { field.value = ""; field.defaultValue = ""; }
    for (const label of all(".vh", next)) label.textContent = label.textContent.replace(/\d+/, String(number));
    rows.append(next);
  }

  // The draft's own page has no player: its moments are heard on the page of the call.
  function onClick(event) {
    if (!event.target.closest?.(".draft [data-play]") || window.filmroom?.player || document.querySelector("audio")) return;
    const back = document.querySelector(".back a");
    if (back) location.assign(back.href);
  }

  // The head of the page says where the review stands; the draft that came in says it of now.
  function stand() {
    const part = document.querySelector("#draft-part[data-standing]"), badge = document.querySelector("#standing .badge");
    if (!part || !badge) return;
    const tab = document.querySelector(".call-parts [href='#draft']");
    if (tab) tab.textContent = part.querySelector("#draft-h").textContent;
    badge.textContent = part.dataset.standing;
    badge.className = `badge ${part.dataset.tone}`;
  }

  document.addEventListener("click", onClick);
  document.addEventListener("htmx:after:swap", stand);
  document.addEventListener("filmroom:time", onTime);
  document.addEventListener("keydown", onKey);
  document.addEventListener("input", onInput);
})();
