// What the pages add when scripts run. Without it they read the same, in light colours.
(() => {
  const root = document.documentElement;

  // Colours: the choice is kept; until there is one, the system's holds.
  const theme = document.querySelector("button.theme");
  const paint = (name) => {
    root.dataset.theme = name;
    theme.setAttribute("aria-pressed", name === "dark");
  };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const kept = () => { try { return localStorage.getItem("theme") } catch { return null } };
  paint(root.dataset.theme);
  theme.addEventListener("click", () => {
    paint(root.dataset.theme === "dark" ? "light" : "dark");
    try { localStorage.setItem("theme", root.dataset.theme) } catch { /* storage is blocked */ }
  });
  dark.addEventListener("change", () => kept() || paint(dark.matches ? "dark" : "light"));

  // Panels: a wide screen shows them as columns.
  for (const [panel, width] of [["chapters", "62rem"], ["on-this-page", "80rem"]]) {
    const element = document.getElementById(panel);
    matchMedia(`(width >= ${width})`).addEventListener("change", () => element?.hidePopover?.());
    element?.addEventListener("click", (event) => event.target.closest("a") && element.hidePopover?.());
  }
  document.querySelector("button.print")?.addEventListener("click", () => {
    document.getElementById("page-menu").hidePopover();
    print();
  });

  // Search: Ctrl+K or ⌘K, wherever the field is.
  addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    const field = document.getElementById("find");
    event.preventDefault();
    if (!field.checkVisibility()) document.getElementById("chapters").showPopover();
    field.focus();
  });

  // What scrolls sideways can be reached and scrolled by keyboard.
  const mark = () => {
    for (const box of document.querySelectorAll("pre, .pst-scrollable-table-container, .math, .cell_output > .output")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };

  // On a telephone a table that does not fit becomes a list of its rows; its roles are then said aloud.
  const phone = matchMedia("(width < 40rem)");
  const roles = [["thead, tbody", "rowgroup"], ["tr", "row"], ["thead th", "columnheader"], ["tbody th", "rowheader"], ["td", "cell"]];
  const tables = document.querySelectorAll(".table-wrap table:has(> thead)");
  for (const table of tables) {
    const names = [...table.tHead.rows[0].cells].map((head) => head.textContent);
    table.role = "table";
    for (const [parts, role] of roles) for (const part of table.querySelectorAll(parts)) part.role = role;
    for (const cell of table.querySelectorAll("td")) cell.dataset.label = names[cell.cellIndex];
  }
  const stack = () => {
    for (const table of tables) {
      table.classList.remove("stack");
      table.classList.toggle("stack", phone.matches && table.scrollWidth > table.closest(".table-wrap").clientWidth);
    }
  };
  const fit = () => { stack(); mark(); };
  addEventListener("load", fit);
  addEventListener("resize", fit);
  document.addEventListener("toggle", fit, true);

  // Code that is meant to be run can be copied.
  for (const block of document.querySelectorAll(".highlight")) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "copy", textContent: "Copy" });
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.querySelector("pre").innerText);
      button.textContent = "Copied";
    });
    if (navigator.clipboard) block.append(button);
  }
})();
