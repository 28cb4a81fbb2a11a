// Long tables get a filter and headings that sort. DataTables does both; it comes when a reader first
// asks for either. Without scripts the tables are read as they stand.
(() => {
  const FEW = 12; // rows of a long table on a telephone, until all are asked for; book.css hides the others
  const library = new URL("datatables.js", document.currentScript.src);
  let loading;
  const load = () => loading ??= new Promise((resolve, reject) => {
    document.head.append(Object.assign(document.createElement("script"), { src: library, onload: resolve, onerror: reject }));
  }).then(() => {
    // A page opened from a folder may not load a module from a file, but from text in memory.
    const module = new Blob([bookData.datatables], { type: "text/javascript" });
    return import(URL.createObjectURL(module));
  }).then(({ jQuery }) => {
    const DataTable = jQuery.fn.dataTable;
    // Numbers by size, words by alphabet; what is missing comes last either way.
    const number = (text) => parseFloat(text.replaceAll(",", "").replace("−", "-"));
    const missing = (text) => text === "–";
    const compare = (sign) => (a, b) => missing(a) - missing(b)
      || sign * (number(a) - number(b) || a.localeCompare(b, "en", { numeric: true }));
    const text = (cell) => DataTable.util.stripHtml(cell).trim();
    DataTable.type("figures", { search: text, order: { pre: text, asc: compare(1), desc: compare(-1) } });
    return DataTable;
  });

  for (const table of document.querySelectorAll("table.searchable")) {
    const filter = document.createElement("p");
    filter.className = "filter";
    filter.innerHTML = '<label>Filter the rows <input type="search" autocomplete="off"></label><output></output>';
    const [field, told] = [filter.querySelector("input"), filter.querySelector("output")];
    told.textContent = `${table.tBodies[0].rows.length} rows`;
    table.closest(".table-wrap").before(filter);

    const more = Object.assign(document.createElement("button"), { type: "button", className: "more" });
    const showAll = () => { table.classList.remove("few"); more.remove() };
    if (table.tBodies[0].rows.length > FEW) {
      more.textContent = `Show all ${table.tBodies[0].rows.length} rows`;
      table.classList.add("few");
      table.closest(".table-wrap").after(more);
      more.addEventListener("click", () => {
        const next = table.tBodies[0].rows[FEW];
        showAll();
        next.tabIndex = -1;
        next.focus({ preventScroll: true }); // reading goes on where it stopped
      });
    }

    let made;
    const make = () => made ??= load().then((DataTable) => new DataTable(table, {
      paging: false, info: false, autoWidth: false, order: [], ordering: { handler: false, indicators: false },
      layout: { topStart: null, topEnd: null, bottomStart: null, bottomEnd: null },
      columnDefs: [{ targets: "_all", type: "figures" }], language: { zeroRecords: "No row has these words." },
    }));
    field.addEventListener("focus", make, { once: true });
    field.addEventListener("input", async () => {
      showAll();
      const { recordsDisplay: shown, recordsTotal: all } = (await make()).search(field.value).draw().page.info();
      told.textContent = shown < all ? `${shown} of ${all} rows` : `${all} rows`;
    });
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "sort" });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", async () => {
        (await make()).order([column, head.ariaSort === "ascending" ? "desc" : "asc"]).draw();
        button.focus(); // it was moved when the table was made
      });
    });
  }
})();
