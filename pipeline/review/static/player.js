"use strict";
// The player: plays a call or one stretch of it, shows where it is, and reports what was really played.
// Others use it by data-play, data-seek, window.filmroom.player and the events filmroom:time and filmroom:played.
(() => {
  const one = (selector, from = document) => from.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const bar = one("#player");
  if (!bar) return;
  const audio = one("#player-audio"), controls = one(".player-controls"), go = one("#player-go"), speed = one("#player-speed");
  const axis = one("#player-axis"), range = one("#player-seek"), head = one("#player-head"), canvas = one("#player-peaks"), hint = one("#player-hint");
  const duration = Number(bar.dataset.duration), pad = Number(bar.dataset.pad), base = bar.dataset.base;
  const REPORT_MS = 5000, TELL_MS = 100, HEARD = 0.9, MOST_UNSENT = 150;
  let ready = bar.dataset.state === "ready", position = 0, wanted = null, stopAt = null, source = null, waiting = false;
  let told = 0, peaks = null, words = null;

  const span = (element) => [Number(element.dataset.start), Number(element.dataset.end)];
  const clock = (seconds) => {
    const whole = Math.floor(seconds), two = (n) => String(n).padStart(2, "0");
    const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
    return (hours ? hours + ":" : "") + two(minutes) + ":" + two(whole % 60);
  };
  const say = (text) => { one("#player-says").textContent = text; };
  const share = (seconds) => (duration ? Math.max(0, Math.min(1, seconds / duration)) : 0);

  function show(text, warning = false) {
    const line = one("#player-playing");
    if (!line) return;
    line.textContent = text;
    line.classList.toggle("warning", warning);
    if (warning) say(text);
  }

  // Where it is.
  function draw(now = false) {
    const at = performance.now();
    if (head) {
      const x = 100 * share(position) + "%";
      head.setAttribute("x1", x);
      head.setAttribute("x2", x);
      head.setAttribute("visibility", "visible");
      one("#player-now").textContent = clock(position);
      range.value = position;
      range.setAttribute("aria-valuetext", clock(position) + " of " + clock(duration));
    }
    if (!now && at - told < TELL_MS) return;
    told = at;
    const playing = Boolean(audio) && !audio.paused;
    document.dispatchEvent(new CustomEvent("filmroom:time", { detail: { time: position, playing } }));
  }

  function label() {
    const playing = !audio.paused;
    go.classList.toggle("on", playing);
    go.setAttribute("aria-label", playing ? "Pause" : "Play");
    for (const element of all("[data-play].on")) element.classList.remove("on");
    if (playing && source) source.classList.add("on");
    const quote = playing && source && (source.dataset.told || one("blockquote, .say", source.closest(".quote") || document.createElement("i"))?.textContent.trim());
    if (!one("#player-playing").classList.contains("warning") || playing) show(quote || "");
  }

  // Playing. Chromium's decoder can stall for good when it is sent elsewhere before it has arrived: one seek at a time.
  function seek(seconds) {
    position = Math.max(0, Math.min(duration, seconds));
    if (audio && ready) { if (!audio.paused) listen(); endRun(); move(position); }
    draw(true);
  }

  function move(seconds) {
    wanted = audio.seeking ? seconds : null;
    if (wanted === null) { landed = seconds; audio.currentTime = seconds; }
  }

  function arrived() {
    if (wanted !== null) move(wanted);
  }

  function forget() { stopAt = null; source = null; }

  function start() {
    if (!audio) { show("There is no sound to play: the line above says why.", true); return; }
    if (!ready) { waiting = true; say("The sound is being prepared. It plays when it is ready."); return; }
    audio.play().then(label, (reason) => {
      if (reason.name !== "AbortError") show("This browser cannot play the sound: " + reason.message, true);
    });
  }

  function pause() {
    waiting = false;
    if (audio) audio.pause();
  }

  function toggle() {
    if (audio && !audio.paused) { pause(); return; }
    if (stopAt !== null && position >= stopAt) forget();
    if (audio && audio.ended) seek(0);
    start();
  }

  function play(from, to, element = null) {
    seek(from);
    stopAt = to === undefined || Number.isNaN(to) ? null : to + pad;
    source = element;
    start();
    if (audio && !audio.paused) label();
  }

  function hear(element) {
    if (source === element && audio && !audio.paused) { pause(); return; }
    play(...span(element), element);
  }

  function faster(step) {
    speed.selectedIndex = Math.max(0, Math.min(speed.options.length - 1, speed.selectedIndex + step));
    setSpeed();
    say("Speed " + speed.value);
  }

  function setSpeed() { if (audio) audio.playbackRate = Number(speed.value); }

  function tick() {
    position = wanted === null ? audio.currentTime : wanted;
    listen();
    if (stopAt !== null && position >= stopAt) audio.pause();
    draw();
  }

  function frames() {
    if (audio.paused) return;
    tick();
    requestAnimationFrame(frames);
  }

  // What was really played: stretches without a jump, told to the server every few seconds.
  let run = null, unsent = [], landed = null, sentAt = performance.now(), sending = false;
  let heard = bar.dataset.heard.trim().split(/\s+/).filter(Boolean).map(Number).reduce((spans, n, i, list) => (i % 2 ? spans : [...spans, [n, list[i + 1]]]), []);

  function listen() {
    if (audio.seeking || wanted !== null) return;
    const at = audio.currentTime;
    if (run && at >= run.end && at - run.end < 3 * audio.playbackRate) run.end = at;
    else if (!audio.paused) {
      endRun();
      // The first look comes a little after the first sound.
      const from = landed !== null && at >= landed && at - landed < 0.5 ? landed : at;
      run = { start: from, end: at };
    }
    landed = null;
    if (performance.now() - sentAt >= REPORT_MS) report();
  }

  function endRun() {
    if (run && run.end > run.start) unsent.push(run);
    run = null;
  }

  function report() {
    if (!("reports" in bar.dataset)) { unsent = []; return; }
    if (run && run.end > run.start) { unsent.push(run); run = { start: run.end, end: run.end }; }
    if (!unsent.length || sending) return;
    const stretches = unsent.slice(0, MOST_UNSENT);
    unsent = unsent.slice(MOST_UNSENT);
    sentAt = performance.now();
    sending = true;
    const token = one("meta[name='csrf']");
    fetch(base + "/played", {
      method: "POST", keepalive: true, credentials: "same-origin", body: JSON.stringify({ stretches }),
      headers: { "Content-Type": "application/json", "X-CSRF-Token": token ? token.content : "" },
    }).then(
      (answer) => {
        sending = false;
        if (answer.ok) return answer.json().then((taken) => accepted(taken, stretches));
        if (answer.status >= 500) unsent = [...stretches, ...unsent].slice(-MOST_UNSENT);
        return undefined;
      },
      () => { sending = false; unsent = [...stretches, ...unsent].slice(-MOST_UNSENT); },
    );
  }

  function accepted(taken, stretches) {
    heard = taken.spans.map((s) => [s.start, s.end]);
    drawHeard();
    for (const stretch of stretches) document.dispatchEvent(new CustomEvent("filmroom:played", { detail: stretch }));
  }

  function drawHeard() {
    one("#player-heard path")?.setAttribute("d", heard.map(([a, b]) => `M${a} 0H${b}V1H${a}Z`).join(""));
    for (const element of all("[data-play][data-end]")) {
      const [from, to] = span(element);
      const covered = heard.reduce((sum, [a, b]) => sum + Math.max(0, Math.min(b, to) - Math.max(a, from)), 0);
      const is = to > from && covered >= HEARD * (to - from);
      if (element.classList.toggle("heard", is) && !element.title) element.title = "You have played this";
    }
  }

  // Loudness: the rep's side up, the customer's down.
  function drawPeaks() {
    if (!peaks || !peaks.rep.length) return;
    const width = axis.clientWidth, height = 47, scale = window.devicePixelRatio || 1;
    const context = canvas.getContext("2d"), colours = getComputedStyle(bar);
    canvas.hidden = false;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    context.scale(scale, scale);
    for (const [side, sign] of [["rep", -1], ["customer", 1]]) {
      context.fillStyle = colours.getPropertyValue("--" + side);
      for (let x = 0; x < width; x += 1) {
        const first = Math.floor(x / width * duration / peaks.bin_s), last = Math.max(first + 1, Math.ceil((x + 1) / width * duration / peaks.bin_s));
        const loud = Math.max(0, ...peaks[side].slice(first, last));
        if (loud) { const size = Math.max(1, loud / 100 * 23); context.fillRect(x, sign < 0 ? 23 - size : 24, 1, size); }
      }
    }
    bar.classList.add("peaked");
  }

  const soon = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

  async function loadPeaks() {
    try {
      let answer = await fetch(base + "/peaks");
      if (answer.status === 202) { await soon(2000); answer = await fetch(base + "/peaks"); }
      if (answer.status !== 200) return;
      peaks = await answer.json();
      drawPeaks();
    } catch { /* The timeline stays as the page came: sides without loudness. */ }
  }

  async function prepare() {
    for (;;) {
      try {
        const answer = await fetch(base + "/sound", { headers: { Range: "bytes=0-0" } });
        if (answer.status === 206 || answer.status === 200) break;
        if (answer.status !== 202) { one("#player-told").textContent = "The sound cannot be played by now. Open the page again to see why."; return; }
      } catch { /* The server may be starting again. */ }
      await soon(1500);
    }
    ready = true;
    bar.dataset.state = "ready";
    one("#player-told").remove();
    audio.preload = "metadata";
    audio.src = base + "/sound";
    if (position) move(position);
    if (waiting) start();
    loadPeaks();
  }

  // What is said at a time, from the transcript on the page.
  function saidAt(seconds) {
    words ||= all(".turn[data-start][data-end]").map((turn) => ({ turn, span: span(turn) }));
    const found = words.filter(({ span: [from, to] }) => from <= seconds && seconds < to).pop();
    const text = found && (one(".words", found.turn) || found.turn).textContent.trim().split(/\s+/);
    if (!text) return "";
    const [from, to] = found.span, at = Math.floor(text.length * (seconds - from) / (to - from));
    return (at ? "… " : "") + text.slice(at, at + 12).join(" ") + (at + 12 < text.length ? " …" : "");
  }

  function point(event) {
    const area = axis.getBoundingClientRect(), x = event.clientX - area.left;
    const mark = event.target.closest(".mark"), seconds = duration * Math.max(0, Math.min(1, x / area.width));
    const text = mark ? mark.dataset.told : [clock(seconds), saidAt(seconds)].filter(Boolean).join("  ");
    hint.textContent = text;
    hint.hidden = false;
    hint.style.left = Math.max(0, Math.min(area.width - hint.offsetWidth, x - hint.offsetWidth / 2)) + "px";
  }

  const keysAreOff = () => { try { return localStorage.getItem("filmroom:keys-off") === "1"; } catch { return false; } };

  function onKey(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || one("dialog[open]")) return;
    const target = event.target, slider = target === range;
    if (!slider && target.closest?.("input, textarea, select, [contenteditable], [role='tablist']")) return;
    const presses = target.closest?.("button, a, summary");
    if (event.key === " " && !presses) toggle();
    else if (event.key === "ArrowLeft" && !event.shiftKey) { forget(); seek(position - 5); }
    else if (event.key === "ArrowRight" && !event.shiftKey) { forget(); seek(position + 5); }
    else if (event.key === "[" && !keysAreOff()) faster(-1);
    else if (event.key === "]" && !keysAreOff()) faster(1);
    else return;
    event.preventDefault();
  }

  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    const element = event.target.closest?.("[data-play], [data-seek]");
    if (!element) return;
    event.preventDefault();
    if ("play" in element.dataset) { hear(element); return; }
    forget();
    play(Number(element.dataset.start));
  });
  document.addEventListener("htmx:after:swap", () => { words = null; drawHeard(); });

  if (controls && audio) {
    controls.hidden = false;
    bar.classList.add("scripted");
    go.addEventListener("click", toggle);
    speed.addEventListener("change", setSpeed);
    for (const button of all(".player-step")) button.addEventListener("click", () => { forget(); seek(position + Number(button.dataset.step)); });
  }
  if (axis) {
    range.hidden = false;
    range.addEventListener("input", () => { forget(); seek(Number(range.value)); });
    axis.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse") point(event); });
    axis.addEventListener("pointerleave", () => { hint.hidden = true; });
    new ResizeObserver(drawPeaks).observe(axis);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawPeaks);
  }
  if (audio) {
    audio.addEventListener("play", () => { landed ??= audio.currentTime; setSpeed(); label(); requestAnimationFrame(frames); });
    audio.addEventListener("seeked", arrived);
    audio.addEventListener("pause", () => { position = wanted === null ? audio.currentTime : wanted; listen(); endRun(); report(); label(); draw(true); });
    // Frames stop in a tab that is not seen; this keeps a quote's end, and what was played, there too.
    audio.addEventListener("timeupdate", tick);
    audio.addEventListener("error", () => { if (ready) show("The sound cannot be played any more. Open the page again to see why.", true); });
    window.addEventListener("pagehide", () => { endRun(); report(); });
    document.addEventListener("visibilitychange", () => { if (document.hidden) report(); });
    if (ready) loadPeaks(); else prepare();
  }
  drawHeard();
  const player = { time: () => position, playing: () => Boolean(audio) && !audio.paused, play, pause, seek: (t) => { forget(); seek(t); } };
  window.filmroom = Object.assign(window.filmroom || {}, { player });
})();
