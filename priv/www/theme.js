// Light, dark, or as the system has it; before anything is painted.
(function () {
  "use strict";
  const themes = ["", "light", "dark"];
  const names = { "": "Theme: system", light: "Theme: light", dark: "Theme: dark" };
  let theme = "";
  try {
    theme = localStorage.getItem("theme") || "";
  } catch {
    /* nothing is kept */
  }
  const apply = () => {
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
  };
  apply();
  addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    button.textContent = names[theme];
    button.addEventListener("click", () => {
      theme = themes[(themes.indexOf(theme) + 1) % themes.length];
      try {
        localStorage.setItem("theme", theme);
      } catch {
        /* it lasts for this page */
      }
      button.textContent = names[theme];
      apply();
    });
  });
})();
