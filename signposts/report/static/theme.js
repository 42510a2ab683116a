// Sets the chosen theme before the page is drawn, so that nothing flashes.
(() => {
  "use strict";
  try {
    const chosen = localStorage.getItem("signposts-theme");
    if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
  } catch { /* storage may be closed to us: the system's choice stands */ }
})();
