"use strict";
// One-to-ones: clips of several calls played one after the other, each only as far as it goes, and told as played; the
// sum of the agenda while it is typed; the start in the reader's own time zone; how long the talk has gone on.
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const lasting = (seconds) => {
    const whole = Math.ceil(seconds - 1e-6), minutes = Math.floor(whole / 60), rest = whole % 60;
    return [minutes ? minutes + " min" : "", rest || !minutes ? rest + " s" : ""].filter(Boolean).join(" ");
  };

  // Clips.
  let current = null, queue = [];
  const audioOf = (clip) => one("audio", clip);
  const tell = (clip, text) => { one("[data-told]", clip).textContent = text; };

  function report(clip, from, to) {
    if (to - from < 0.05) return;
    const token = one("meta[name='csrf']");
    fetch("/calls/" + clip.dataset.call + "/played", {
      method: "POST", keepalive: true, credentials: "same-origin", body: JSON.stringify({ stretches: [{ start: from, end: to }] }),
      headers: { "Content-Type": "application/json", "X-CSRF-Token": token ? token.content : "" },
    }).catch(() => { /* what was heard is not counted; the talk goes on */ });
  }

  function stop(clip, text = "") {
    const audio = audioOf(clip);
    if (current && current.clip === clip) {
      clearInterval(current.watch);
      report(clip, current.from, Math.min(audio.currentTime, Number(clip.dataset.to)));
      current = null;
    }
    audio.pause();
    clip.classList.remove("on");
    clip.closest("li")?.classList.remove("now");
    one("[data-play-clip]", clip).textContent = "Play";
    tell(clip, text);
  }

  function play(clip) {
    if (current) stop(current.clip);
    const audio = audioOf(clip), from = Number(clip.dataset.from), to = Number(clip.dataset.to);
    const begun = { clip, from, watch: 0 };
    current = begun;
    clip.classList.add("on");
    clip.closest("li")?.classList.add("now");
    one("[data-play-clip]", clip).textContent = "Stop";
    tell(clip, "Getting the sound …");
    const begin = () => {
      if (current !== begun) return;
      audio.currentTime = from;
      audio.play().then(() => {
        if (current !== begun) return;
        begun.from = audio.currentTime;
        tell(clip, "");
        begun.watch = setInterval(() => {
          if (audio.currentTime < to && !audio.ended) return;
          stop(clip, "Played.");
          const next = queue.shift();
          if (next) play(next);
        }, 50);
      }, () => { if (current === begun) { queue = []; stop(clip, "The sound cannot be played by now. Try again in a moment."); } });
    };
    if (audio.readyState >= 1) begin();
    else {
      audio.addEventListener("loadedmetadata", begin, { once: true });
      audio.addEventListener("error", () => { if (current === begun) { queue = []; stop(clip, "The sound is being prepared, or there is none. Try again in a moment."); } }, { once: true });
      audio.preload = "auto";
      audio.load();
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-play-clip]");
    if (button) {
      const clip = button.closest("[data-clip]");
      queue = [];
      if (current && current.clip === clip) stop(clip); else play(clip);
    }
    if (event.target.closest?.("[data-play-all]")) {
      const clips = all("[data-clip]");
      queue = clips.slice(1);
      if (clips.length) { clips[0].scrollIntoView({ block: "nearest" }); play(clips[0]); }
    }
    if (event.target.closest?.("[data-print]")) window.print();
  });
  window.addEventListener("pagehide", () => { if (current) stop(current.clip); });
  for (const button of all("[data-play-clip], [data-play-all], [data-print]")) button.hidden = false;

  // The start: UTC without script, the reader's own zone with it.
  const start = one("[data-local-time]");
  if (start) {
    const form = start.form, two = (n) => String(n).padStart(2, "0");
    const ahead = (date) => -date.getTimezoneOffset();
    const utc = start.value ? new Date(start.value + "Z") : null;
    if (utc && !Number.isNaN(utc.getTime())) {
      start.value = `${utc.getFullYear()}-${two(utc.getMonth() + 1)}-${two(utc.getDate())}T${two(utc.getHours())}:${two(utc.getMinutes())}`;
      start.defaultValue = start.value;
    }
    const zone = () => { const date = new Date(start.value); form.elements.zone.value = Number.isNaN(date.getTime()) ? 0 : ahead(date); };
    zone();
    start.addEventListener("input", zone);
    one("[data-zone-told]", form).textContent = "In your own time zone.";
  }

  // The sum while it is typed.
  const seconds = (text) => {
    const parts = text.trim().replace(",", ".").split(":").map(Number);
    return parts.some(Number.isNaN) || !text.trim() ? NaN : parts.reduce((sum, part) => sum * 60 + part, 0);
  };
  const sum = one("[data-sum]");
  if (sum) {
    const form = sum.closest("form");
    const count = () => {
      const minutes = Number(one("[data-minutes]", form).value), rows = all("[data-clip-row]", form);
      let total = Number(form.dataset.steps);
      for (const row of rows) {
        const value = (name) => one(`[name='${name}']`, row).value, used = Boolean(value("clip_part"));
        row.classList.toggle("used", used);
        if (!used) continue;
        total += seconds(value("clip_end")) - seconds(value("clip_start")) + 60 * Number(value("clip_talk").replace(",", ".") || 0);
      }
      if (Number.isNaN(total) || !minutes) { sum.textContent = "A time or the minutes cannot be read yet."; return; }
      const left = Math.round((minutes * 60 - total) * 1000) / 1000;
      sum.textContent = `${lasting(total)} of ${minutes} min: ` + (left < 0 ? `does not fit: ${lasting(-left)} over` : left ? `fits: ${lasting(left)} left` : "fits: nothing left");
      sum.classList.toggle("over", left < 0);
    };
    form.addEventListener("input", count);
    form.addEventListener("change", count);
  }

  // How long the talk has gone on.
  const elapsed = one("[data-elapsed]");
  if (elapsed) {
    const began = Date.parse(elapsed.dataset.elapsed), minutes = Number(elapsed.dataset.minutes);
    const tick = () => {
      const gone = (Date.now() - began) / 60000;
      if (gone < 0 || gone > 24 * 60) return;
      elapsed.textContent = `Minute ${Math.floor(gone) + 1} of ${minutes}${gone > minutes ? ": time to agree on the next step" : ""}.`;
    };
    tick();
    setInterval(tick, 5000);
  }
})();
