"use strict";

// Finding themes on the map: by words, and by what most people in them tell of. Without this script
// the map is a picture whose circles lead to the themes, and the list below it says the same.

(() => {
  const circles = [...document.querySelectorAll(".map a")];
  const entries = new Map([...document.querySelectorAll("#list li")].map((li) => [li.dataset.theme, li]));
  const tools = document.getElementById("tools");
  if (!tools) return;
  const words = document.getElementById("words");
  const voice = document.getElementById("voice");
  const found = document.getElementById("found");

  const fits = (circle) => {
    const entry = entries.get(circle.dataset.theme);
    const wanted = words.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const said = entry.textContent.toLowerCase();
    const voiced = !voice.value || circle.dataset.voice === voice.value;
    return voiced && wanted.every((word) => said.includes(word));
  };

  const look = () => {
    let n = 0;
    for (const circle of circles) {
      const shown = fits(circle);
      n += shown ? 1 : 0;
      circle.classList.toggle("away", !shown);
      circle.tabIndex = shown ? 0 : -1;
      entries.get(circle.dataset.theme).hidden = !shown;
    }
    const all = n === circles.length;
    found.textContent = all ? "" : `${n} of ${circles.length} themes; the list below shows the same.`;
  };

  const mark = (theme, on) => {
    for (const circle of circles) {
      if (circle.dataset.theme === theme) circle.classList.toggle("chosen", on);
    }
  };

  for (const [theme, entry] of entries) {
    entry.addEventListener("pointerenter", () => mark(theme, true));
    entry.addEventListener("pointerleave", () => mark(theme, false));
    entry.addEventListener("focusin", () => mark(theme, true));
    entry.addEventListener("focusout", () => mark(theme, false));
  }
  words.addEventListener("input", look);
  voice.addEventListener("change", look);
  document.getElementById("all").addEventListener("click", () => {
    words.value = "";
    voice.value = "";
    look();
  });
  tools.hidden = false;
})();
