/* htmx without what our content policy does not allow it, the theme that was chosen for the rest of the site in this browser, and the landmark
   that unfold's page lacks. */
(() => {
  htmx.config.includeIndicatorStyles = false;
  htmx.config.allowEval = false;
  try {
    const theme = localStorage.getItem("theme");
    if (theme && !localStorage.getItem("adminTheme")) localStorage.setItem("adminTheme", JSON.stringify(theme));
  } catch { /* storage switched off: as the system has it */ }
  addEventListener("DOMContentLoaded", () => document.getElementById("main")?.setAttribute("role", "main"));
})();
