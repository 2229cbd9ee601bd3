"use strict";
// Turns are picked in the transcript for one behaviour at a time; without this script their numbers are typed.
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  let picking = null;

  const fieldOf = (behaviour) => document.querySelector(`input[name="turns.${CSS.escape(behaviour)}"]`);
  const numbersIn = (field) => field.value.match(/\d+/g) || [];

  function draw() {
    const chosen = picking ? numbersIn(fieldOf(picking)) : [];
    for (const button of all("[data-pick]")) button.setAttribute("aria-pressed", String(button.dataset.pick === picking));
    for (const turn of all("[data-turn]")) {
      const here = chosen.includes(turn.dataset.turn);
      turn.classList.toggle("picked", here);
      const add = turn.querySelector("[data-add]");
      add.hidden = !picking;
      add.textContent = here ? "Take out" : "Add";
      add.setAttribute("aria-label", (here ? "Take out turn " : "Add turn ") + turn.dataset.turn);
    }
  }

  function toggle(number) {
    const field = fieldOf(picking), chosen = numbersIn(field);
    const left = chosen.includes(number) ? chosen.filter((n) => n !== number) : [...chosen, number];
    field.value = left.sort((a, b) => a - b).join(", ");
    if (left.length) document.querySelector(`input[name="state.${CSS.escape(picking)}"][value="shown"]`).checked = true;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    draw();
  }

  document.addEventListener("click", (event) => {
    const pick = event.target.closest("[data-pick]"), add = event.target.closest("[data-add]");
    if (pick) { picking = pick.dataset.pick === picking ? null : pick.dataset.pick; draw(); }
    if (add && picking) toggle(add.dataset.add);
  });
  document.addEventListener("input", (event) => { if (picking && event.target === fieldOf(picking)) draw(); });
  document.addEventListener("filmroom:time", (event) => {
    const box = document.querySelector(".label-turns");
    for (const turn of all("[data-turn][data-start]")) {
      const now = event.detail.time >= Number(turn.dataset.start) && event.detail.time < Number(turn.dataset.end);
      if (now && !turn.classList.contains("now") && event.detail.playing) box.scrollTop = turn.offsetTop - box.clientHeight / 3;
      turn.classList.toggle("now", now);
    }
  });
  for (const button of all("[data-pick]")) button.hidden = false;
  draw();
})();
