"use strict";
// The page of a call: its parts as tabs, a transcript that follows the sound and can be searched,
// quotes by key, comments at the moment that is heard. The sound itself is the player's.
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const shown = (element) => element.getClientRects().length > 0;
  const player = () => window.filmroom && window.filmroom.player;
  const box = one("#turns"), grid = one(".call-grid"), follow = one("#follow");
  if (!box || !grid) return;
  const clock = (seconds) => {
    const whole = Math.floor(seconds), two = (n) => String(n).padStart(2, "0"), hours = Math.floor(whole / 3600);
    return (hours ? hours + ":" : "") + two(Math.floor(whole / 60) % 60) + ":" + two(whole % 60);
  };

  // Parts: one at a time, beside the transcript where there is room for both; without script they follow each other.
  const wide = matchMedia("(min-width: 62.01rem)");
  const panes = () => all(".call-work > .pane"), transcript = one("#transcript"), nav = one(".call-parts");
  const links = all("a", nav);
  let current = null;

  function show(id) {
    const known = panes().map((pane) => pane.id);
    if (id === transcript.id && wide.matches) id = current && current !== transcript.id ? current : known[0];
    if (id !== transcript.id && !known.includes(id)) return;
    current = id;
    grid.classList.add("tabbed");
    for (const pane of panes()) pane.hidden = pane.id !== id;
    transcript.hidden = !wide.matches && id !== transcript.id;
    for (const link of links) {
      if (link.hash === "#" + id) { link.setAttribute("aria-current", "true"); link.scrollIntoView({ block: "nearest", inline: "nearest" }); }
      else link.removeAttribute("aria-current");
    }
  }

  function reveal(target) {
    const pane = target.closest(".pane, #transcript");
    if (pane) show(pane.id);
    for (let up = target; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
    if (target === pane) { if (nav.getBoundingClientRect().top < 0) nav.scrollIntoView(); return; }
    if (box.contains(target)) { leave(); scrollTo(target); } else target.scrollIntoView({ block: "center" });
  }

  function openTarget() {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target) reveal(target);
  }

  // The transcript. It follows the sound until its reader goes elsewhere, and only its own box moves.
  const turns = all(".turn[data-from]", box).map((element) => ({ element, from: Number(element.dataset.from), to: Number(element.dataset.to) }));
  const OURS_MS = 900;
  let following = true, moved = 0, here = null, at = 0, playing = false;

  function scrollTo(element) {
    moved = performance.now();
    box.scrollTop = element.offsetTop - box.clientHeight / 3;
  }

  function leave() {
    if (!playing || !following) return;
    following = false;
    follow.hidden = false;
  }

  function goBack() {
    following = true;
    follow.hidden = true;
    if (here) scrollTo(here.element);
  }

  // Turns are in order of their starts, so the last that began is found by halving.
  function turnAt(time) {
    let low = 0, high = turns.length;
    while (low < high) { const middle = (low + high) >> 1; if (turns[middle].from <= time) low = middle + 1; else high = middle; }
    for (let n = low - 1; n >= Math.max(0, low - 4); n -= 1) if (time < turns[n].to) return turns[n];
    return null;
  }

  // Words are found by the spaces between them, as the server counted them for data-cues.
  function cuesOf(turn) {
    if (!turn.cues) turn.cues = turn.element.dataset.cues ? turn.element.dataset.cues.split(" ").map((cue) => cue === "-" ? NaN : turn.from + Number(cue) / 100) : [];
    return turn.cues;
  }

  function wordRanges(turn) {
    const words = one(".words", turn.element), walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT), found = [];
    let open = null;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      for (const match of node.data.matchAll(/\S+|\s+/g)) {
        if (/^\s/.test(match[0])) { open = null; continue; }
        if (!open) { open = document.createRange(); open.setStart(node, match.index); found.push(open); }
        open.setEnd(node, match.index + match[0].length);
      }
    }
    return found;
  }

  const canMark = typeof Highlight === "function" && CSS.highlights;
  function markWord(turn, time) {
    if (!canMark) return;
    const cues = turn ? cuesOf(turn) : [];
    let word = -1;
    for (let n = 0; n < cues.length && !(cues[n] > time); n += 1) if (!Number.isNaN(cues[n])) word = n;
    if (turn && turn.marked === word && turn === here) return;
    CSS.highlights.delete("said");
    if (turn) turn.marked = word;
    if (word < 0) return;
    if (!turn.ranges) turn.ranges = wordRanges(turn);
    if (turn.ranges[word]) CSS.highlights.set("said", new Highlight(turn.ranges[word]));
  }

  function onTime(event) {
    at = event.detail.time;
    if (event.detail.playing && !playing) follow.hidden = following;
    playing = event.detail.playing;
    if (!playing) follow.hidden = true;
    const turn = turnAt(at), last = here;
    if (turn !== last) {
      if (last) { last.element.classList.remove("now"); last.marked = undefined; last.ranges = null; }
      if (turn) turn.element.classList.add("now");
    }
    markWord(turn, at);
    here = turn;
    if (turn && turn !== last && following) scrollTo(turn.element);
  }

  function caretAt(x, y) {
    if (document.caretPositionFromPoint) {
      const found = document.caretPositionFromPoint(x, y);
      return found && { node: found.offsetNode, offset: found.offset };
    }
    const found = document.caretRangeFromPoint && document.caretRangeFromPoint(x, y);
    return found && { node: found.startContainer, offset: found.startOffset };
  }

  function onWords(event) {
    const words = event.target.closest(".words"), element = words && words.closest(".turn[data-from]");
    if (!element || !player() || !getSelection().isCollapsed) return;
    const turn = turns.find((t) => t.element === element), cues = cuesOf(turn), caret = caretAt(event.clientX, event.clientY);
    let start = turn.from;
    if (caret && cues.length && words.contains(caret.node)) {
      const place = wordRanges(turn).findIndex((range) => range.comparePoint(caret.node, caret.offset) <= 0);
      if (cues[place] >= 0) start = cues[place];
    }
    goBack();
    player().seek(start);
  }

  // Search: finds are marked without touching the text, so that turns of any length stay quick.
  const field = one("#search"), told = one("#found"), MOST_MARKED = 500;
  let finds = [], find = -1, texts = null;

  function search() {
    const wanted = field.value.trim().toLowerCase();
    finds = [];
    find = -1;
    texts = texts || all(".turn .words", box).map((words) => ({ words, text: words.textContent.toLowerCase() }));
    if (wanted) for (const { words, text } of texts) for (let n = text.indexOf(wanted); n >= 0; n = text.indexOf(wanted, n + wanted.length)) finds.push({ words, from: n, to: n + wanted.length });
    if (canMark) {
      CSS.highlights.delete("found-here");
      CSS.highlights.set("found", new Highlight(...finds.slice(0, MOST_MARKED).map(rangeOf)));
    }
    told.textContent = wanted && !finds.length ? "none" : "";
    one(".finds").hidden = finds.length < 2;
    if (finds.length) goToFind(0);
  }

  function rangeOf({ words, from, to }) {
    const range = document.createRange(), walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
    let before = 0, open = false;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const after = before + node.data.length;
      if (!open && from < after) { range.setStart(node, from - before); open = true; }
      if (open && to <= after) { range.setEnd(node, to - before); return range; }
      before = after;
    }
    return range;
  }

  function goToFind(n) {
    if (!finds.length) return;
    find = (n + finds.length) % finds.length;
    told.textContent = `${find + 1} of ${finds.length}`;
    leave();
    scrollTo(finds[find].words.closest(".turn"));
    if (canMark) CSS.highlights.set("found-here", new Highlight(rangeOf(finds[find])));
  }

  // Quotes by key, in the order in which they stand on the page.
  function playQuote(step) {
    const quotes = all(".call-work [data-play]").filter(shown);
    if (!quotes.length) return;
    const next = quotes[(Math.max(quotes.indexOf(playQuote.last) + step, step > 0 ? 0 : -1) + quotes.length) % quotes.length];
    playQuote.last = next;
    next.scrollIntoView({ block: "nearest" });
    next.click();
  }

  // Comments: at the moment that is heard, or where a turn begins, unless somebody writes another.
  function commentAt(time) {
    const moment = one("#comment-at"), text = one("#say-new");
    show("comments");
    if (moment && (time > 0 || !moment.value)) moment.value = time > 0 ? clock(time) : "";
    if (text) { text.focus(); text.scrollIntoView({ block: "center" }); }
  }

  function afterSwap() {
    const part = one("#comments-part"), now = one("#now-at");
    if (now) now.hidden = false;
    if (!part) return;
    const count = one('.call-parts a[href="#comments"] .count');
    if (count) count.textContent = part.dataset.n;
    for (const mark of all(".noted", box)) mark.remove();
    const found = new Map();
    for (const thread of all(".thread[data-turn]", part)) found.set(thread.dataset.turn, [...(found.get(thread.dataset.turn) || []), thread.id]);
    for (const [turn, ids] of found) {
      const who = one(`#${CSS.escape(turn)} .who`), link = document.createElement("a");
      if (!who) continue;
      link.className = "noted";
      link.href = "#" + ids[0];
      link.textContent = ids.length === 1 ? "1 comment" : `${ids.length} comments`;
      who.append(link);
    }
  }

  document.addEventListener("filmroom:time", onTime);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.matches("[data-comment]")) {
      event.preventDefault();
      commentAt(Number(link.dataset.comment || at));
    } else if (link && link.closest(".call-parts")) {
      const target = document.getElementById(link.hash.slice(1));
      if (target) { event.preventDefault(); history.replaceState(null, "", link.hash); reveal(target); }
    } else if (link && link.hash === location.hash) openTarget();
    if (event.target.closest("[data-play], [data-seek]")) { following = true; follow.hidden = true; }
    if (event.target.closest("#now-at")) { commentAt(at); }
    if (event.target.closest("#next-quote")) playQuote(1);
    if (event.target.closest("#previous-quote")) playQuote(-1);
    if (event.target.closest("#find-next")) goToFind(find + 1);
    if (event.target.closest("#find-previous")) goToFind(find - 1);
    if (event.target.closest("#follow")) goBack();
  });
  box.addEventListener("click", onWords);
  for (const kind of ["wheel", "touchmove", "keydown"]) box.addEventListener(kind, leave, { passive: true });
  box.addEventListener("scroll", () => { if (performance.now() - moved > OURS_MS) leave(); }, { passive: true });
  document.addEventListener("keydown", (event) => {
    if (event.target !== field) return;
    if (event.key === "Enter") { event.preventDefault(); goToFind(find + (event.shiftKey ? -1 : 1)); }
    if (event.key === "Escape") { field.value = ""; search(); box.focus(); }
  });
  if (field) { field.closest("search").hidden = false; field.addEventListener("input", search); }
  document.addEventListener("htmx:after:swap", afterSwap);
  wide.addEventListener("change", () => show(current));
  window.addEventListener("hashchange", openTarget);
  window.addEventListener("beforeprint", () => { for (const element of all("details:not(.menu, .other-ways)")) element.open = true; for (const part of [...panes(), transcript]) part.hidden = false; });
  window.addEventListener("afterprint", () => show(current));

  // The player stands above all of this, as high as it happens to be.
  const bar = one(".player");
  const measure = () => document.documentElement.style.setProperty("--player", (bar ? bar.offsetHeight : 0) + "px");
  if (bar) { measure(); new ResizeObserver(measure).observe(bar); }
  grid.classList.toggle("seeks", Boolean(player()) || Boolean(bar));
  show(panes()[0].id);
  const now = one("#now-at");
  if (now) now.hidden = false;
  openTarget();
})();
