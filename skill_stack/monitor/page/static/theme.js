// Chooses light or dark before anything is drawn, so that a dark room stays dark. A classic script for that reason.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const asked = localStorage.getItem("theme");
    const theme = asked === "light" || asked === "dark" ? asked : dark.matches ? "dark" : "light";
    if (document.documentElement.dataset.theme === theme) return;
    document.documentElement.dataset.theme = theme;
    dispatchEvent(new Event("theme"));
  };
  dark.addEventListener("change", apply);
  addEventListener("theme-asked", apply);
  apply();
})();
