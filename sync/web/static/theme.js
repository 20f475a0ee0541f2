// Runs before the first paint (classic script in the head): puts the chosen theme on, so that nothing flashes.
try {
  const chosen = localStorage.getItem("omo-theme");
  if (chosen === "dark" || chosen === "light" || chosen === "contrast") document.documentElement.dataset.theme = chosen;
} catch {
  /* no storage: the page's own theme stays */
}
