// Long tables get a filter and headings that sort; without scripts they are read as they stand.
(() => {
  const number = (text) => {
    const value = parseFloat(text.replaceAll(",", "").replace("−", "-"));
    return Number.isNaN(value) ? null : value;
  };
  // Numbers by size, words by alphabet; what is missing comes last either way.
  const compare = (a, b) => {
    const [x, y] = [number(a), number(b)];
    return x !== null && y !== null ? x - y : a.localeCompare(b, "en", { numeric: true });
  };
  for (const table of document.querySelectorAll("table.searchable")) {
    const rows = [...table.tBodies[0].rows];
    const filter = document.createElement("p");
    filter.className = "filter";
    filter.innerHTML = '<label>Filter the rows <input type="search" autocomplete="off"></label><output></output>';
    const [field, told] = [filter.querySelector("input"), filter.querySelector("output")];
    const show = () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        shown += !row.hidden;
      }
      told.textContent = words.length ? `${shown} of ${rows.length} rows` : `${rows.length} rows`;
    };
    field.addEventListener("input", show);
    table.closest(".table-wrap").before(filter);
    show();

    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "sort" });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const order = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", order);
        const cell = (row) => row.cells[column].textContent.trim();
        const missing = (text) => text === "" || text === "–";
        rows.sort((a, b) => {
          const [x, y] = [cell(a), cell(b)];
          if (missing(x) || missing(y)) return missing(x) - missing(y);
          return order === "ascending" ? compare(x, y) : compare(y, x);
        });
        table.tBodies[0].append(...rows);
      });
    });
  }
})();
