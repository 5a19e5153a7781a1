/* Before first paint: the theme this browser chose. Classic and tiny on purpose: a module would paint dark first. */
(function () {
  var chosen = null;
  try { chosen = localStorage.getItem("theme"); } catch (e) { /* storage switched off: the default stays */ }
  document.documentElement.dataset.theme = chosen === "light" ? "light" : "dark";
})();
