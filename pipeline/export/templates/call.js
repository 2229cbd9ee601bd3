"use strict";
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  const audio = one("#audio"), line = one("#line"), head = one("#head"), range = one("#seek"), box = one("#turns");
  const turns = all(".turn[data-start]");
  const pad = Number(document.body.dataset.pad);
  const duration = line ? Number(line.dataset.duration) : 0;
  const JUMP_S = 5, HANDS_OFF_MS = 4000;
  let position = 0, wanted = null, stopAt = null, source = null, shown = null, touched = -HANDS_OFF_MS;

  const span = (element) => [Number(element.dataset.start), Number(element.dataset.end)];
  const clock = (seconds) => {
    const whole = Math.floor(seconds), two = (n) => String(n).padStart(2, "0");
    const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
    return (hours ? hours + ":" : "") + two(minutes) + ":" + two(whole % 60);
  };

  function follow(turn) {
    if (performance.now() - touched < HANDS_OFF_MS) return;
    // Only the box scrolls: the page stays where its reader is.
    box.scrollTop = turn.offsetTop - box.clientHeight / 3;
  }

  function draw() {
    if (!line) return;
    const share = (100 * Math.min(position, duration) / duration) + "%";
    head.setAttribute("x1", share);
    head.setAttribute("x2", share);
    head.setAttribute("visibility", "visible");
    one("#now").textContent = clock(position);
    range.value = position;
    range.setAttribute("aria-valuetext", clock(position) + " of " + clock(duration));
    let latest = null;
    for (const turn of turns) {
      const [start, end] = span(turn), here = start <= position && position < end;
      turn.classList.toggle("now", here);
      if (here) latest = turn;
    }
    if (latest && latest !== shown) follow(latest);
    shown = latest || shown;
  }

  function label() {
    const playing = audio && !audio.paused;
    one("#play").classList.toggle("on", playing);
    one("#play").setAttribute("aria-label", playing ? "Pause" : "Play");
    for (const element of all(".play.on, .at.on")) element.classList.remove("on");
    if (playing && source) source.classList.add("on");
    const quote = playing && source && source.closest(".quote");
    one("#playing").textContent = quote ? quote.querySelector("blockquote, .say").textContent.trim() : "";
  }

  function seek(seconds) {
    position = Math.max(0, Math.min(duration, seconds));
    if (audio) move(position);
    draw();
  }

  // Chromium's decoder can stall for good when it is sent elsewhere before it has arrived: one seek at a time.
  function move(seconds) {
    wanted = audio.seeking ? seconds : null;
    if (wanted === null) audio.currentTime = seconds;
  }

  function arrived() {
    if (wanted !== null) move(wanted);
  }

  function forget() { stopAt = null; source = null; }

  function play() {
    audio.play().then(label, (reason) => { one("#playing").textContent = "This browser cannot play the sound: " + reason.message; });
  }

  function toggle() {
    if (!audio.paused) { audio.pause(); return; }
    if (stopAt !== null && audio.currentTime >= stopAt) forget();
    play();
  }

  function hear(element) {
    const [start, end] = span(element);
    if (source === element && !audio.paused) { audio.pause(); return; }
    seek(start);
    stopAt = end + pad;
    source = element;
    play();
  }

  function goTo(element) {
    forget();
    touched = -HANDS_OFF_MS;
    shown = null;
    seek(span(element)[0]);
    if (audio) play();
  }

  function tick() {
    position = wanted === null ? audio.currentTime : wanted;
    if (stopAt !== null && position >= stopAt) audio.pause();
    draw();
  }

  function frames() {
    tick();
    if (!audio.paused) requestAnimationFrame(frames);
  }

  function openTarget() {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    for (let up = target; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
    if (target) target.scrollIntoView({ block: "center" });
  }

  function keys(event) {
    if (!line || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const busy = event.target.closest("button, a, summary, select, textarea, [contenteditable]");
    if (event.key === " " && audio && !busy) toggle();
    else if (event.key === "ArrowLeft" && event.target.tagName !== "SELECT") { forget(); seek(position - JUMP_S); }
    else if (event.key === "ArrowRight" && event.target.tagName !== "SELECT") { forget(); seek(position + JUMP_S); }
    else return;
    event.preventDefault();
  }

  document.documentElement.classList.add("js");
  document.addEventListener("keydown", keys);
  window.addEventListener("hashchange", openTarget);
  window.addEventListener("beforeprint", () => { for (const element of all("details")) element.open = true; });
  for (const element of all("[data-go]")) {
    element.addEventListener("click", (event) => {
      event.stopPropagation();
      if (element.dataset.go === "moment" && audio) hear(element); else goTo(element);
    });
  }
  for (const turn of turns) {
    turn.addEventListener("click", () => {
      if (getSelection().isCollapsed) { forget(); seek(span(turn)[0]); }
    });
  }
  if (box) for (const kind of ["wheel", "touchmove"]) box.addEventListener(kind, () => { touched = performance.now(); }, { passive: true });
  if (line) {
    one(".controls").hidden = false;
    range.hidden = false;
    range.addEventListener("input", () => { forget(); seek(Number(range.value)); });
    line.addEventListener("click", (event) => {
      const moment = event.target.closest(".moment");
      if (moment && !audio) { seek(span(moment)[0]); return; }
      event.preventDefault();
      if (moment) { hear(moment); return; }
      const area = line.getBoundingClientRect();
      forget();
      seek(duration * (event.clientX - area.left) / area.width);
    });
    box.classList.add("follow");
  }
  if (audio && line) {
    audio.controls = false;
    one("#play").addEventListener("click", toggle);
    one("#speed").addEventListener("change", (event) => { audio.playbackRate = Number(event.target.value); });
    audio.addEventListener("play", () => { label(); requestAnimationFrame(frames); });
    audio.addEventListener("seeked", arrived);
    audio.addEventListener("pause", () => { label(); draw(); });
    // Frames stop in a tab that is not seen; this keeps a quote's end there too.
    audio.addEventListener("timeupdate", tick);
  }
  openTarget();
})();
