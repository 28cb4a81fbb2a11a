// The page of the explorer. What can be chosen, and both charts, come from explorer/catalogue.js, which a build
// makes from the descriptor; the script of a table is loaded when it is first asked for. The choice is in the
// address after "#". What to show is worked out in explorer_logic.js.
(() => {
  const { ALL_GROUPS, SUM, COUNTED, ChoiceError, unique, capitalise } = explorerLogic;
  const { chapters, tables, events, charts } = bookData.catalogue;
  const folder = document.currentScript.src.replace(/\.js$/, "/");
  const listed = tables.flatMap((table) => table.measures.map((measure) => ({ ...measure, table })));
  const measures = new Map(listed.map((measure) => [measure.id, measure]));
  let result; // what is shown
  let turn = 0; // of a choice; a table that arrives late is dropped

  const $ = (id) => document.getElementById(`explore-${id}`);
  const make = (tag, textContent = "", more = {}) =>
    Object.assign(document.createElement(tag), { textContent, ...more });
  const makeOption = ([value, text]) => make("option", text, { value });

  // A table's rows become objects, once.
  const loading = {};
  const load = (name) =>
    (loading[name] ??= new Promise((resolve, reject) => {
      const script = make("script", "", { src: `${folder}${name}.js` });
      script.onload = () => {
        const table = bookData[name];
        const toObject = (row) => Object.fromEntries(row.map((value, i) => [table.columns[i], value]));
        table.rows = table.rows.map(toObject);
        resolve(table);
      };
      script.onerror = () => reject(new ChoiceError("the data of this measure could not be read"));
      document.head.append(script);
    }));

  const open = async (id) => {
    const measure = measures.get(id);
    if (!measure) throw new ChoiceError("it asks for a measure that is not in the list");
    return explorerLogic.makeSide(measure, await load(measure.table.name));
  };

  // Show a state; a link ("strict") is refused if it does not fit.
  const show = async (wanted, strict = false) => {
    const mine = ++turn;
    try {
      const [a, b] = [await open(wanted.m), wanted.with ? await open(wanted.with) : null];
      if (mine !== turn) return;
      result = explorerLogic.evaluate(wanted, a, b, strict);
      fillControls();
      if (!strict || location.hash.includes("=")) writeAddress();
      $("fault").hidden = true;
      document.getElementById("explore").hidden = false;
      fillText();
      await draw();
    } catch (error) {
      if (!(error instanceof ChoiceError)) throw error;
      if (mine !== turn) return;
      if (strict) refuse(error);
      else $("done").textContent = capitalise(`${error.message}.`);
    }
  };
  const showMeasure = (id) => show({ m: id, choice: {}, choiceWith: {}, events: true });
  const change = (changes) => show({ ...result.state, ...changes });
  const writeAddress = () => history.replaceState(null, "", explorerLogic.writeAddress(result.state));
  const refuse = ({ message }) => {
    document.getElementById("explore").hidden = true;
    const again = make("a", "Start with a measure of your own", { href: "#m=" });
    again.addEventListener("click", (event) => {
      event.preventDefault();
      history.replaceState(null, "", "#");
      start();
    });
    $("fault").replaceChildren(`This link cannot be shown: ${message}. `, again, ".");
    $("fault").hidden = false;
  };

  // Controls.

  const fillSelect = (select, list, chosen) => {
    select.replaceChildren(...list.map(makeOption));
    select.value = chosen;
    select.closest(".choice").hidden = list.length < 2;
  };
  const fillMeasures = (select, list, chosen, first = []) => {
    const groups = chapters.map(([chapter, label]) => {
      const group = make("optgroup", "", { label });
      const own = list.filter(({ table }) => table.chapter === chapter);
      group.append(...own.map(({ id, name }) => makeOption([id, name])));
      return group;
    });
    select.replaceChildren(...first, ...groups.filter((group) => group.children.length));
    select.value = chosen;
  };
  const find = () => {
    const query = $("find").value;
    const found = explorerLogic.findMeasures([...measures.values()], query, new Map(chapters));
    fillMeasures($("measure"), found, result.state.m);
    const all = `${measures.size} measures`;
    $("found").textContent = query.trim() ? `${found.length} of ${all}` : all;
  };
  const fillDimensions = (place, side, key, letter) => {
    const choice = result.state[key];
    const boxes = (side?.dimensions ?? []).map(({ name, title, codes, labels }) => {
      const select = make("select", "", { id: `explore-${letter}-${name}` });
      const options = codes.map((code) => [code, capitalise(labels[code])]);
      const byText = (x, y) => x[1].localeCompare(y[1], "en", { numeric: true });
      options.sort((x, y) => (y[0] === "all") - (x[0] === "all") || byText(x, y));
      const canAdd = name === "sex" && explorerLogic.hasBothSexes(side) && COUNTED.has(side.measure.unit);
      if (canAdd && !codes.includes("all")) options.unshift([SUM, "Women and men, added up"]);
      const groups = codes.filter((code) => code !== "all");
      if (groups.length > 1) options.unshift([ALL_GROUPS, "Each, side by side"]);
      select.append(...options.map(makeOption));
      select.value = choice[name];
      select.addEventListener("change", () =>
        change({ [key]: explorerLogic.changeChoice(side, choice, name, select.value) }),
      );
      const box = make("div", "", { className: "choice" });
      box.append(make("label", title, { htmlFor: select.id }), select);
      return box;
    });
    place.replaceChildren(...boxes);
  };
  const fillControls = () => {
    const { state, a, b, years, views, forms, bases, form } = result;
    const focus = document.activeElement?.id;
    const asOptions = (list) => list.map((one) => [one, one]);
    const labels = { time: "Over time", group: "By group, latest figure" };
    $("measure").value = state.m;
    fillDimensions($("choices"), a, "choice", "d");
    fillDimensions($("choices-with"), b, "choiceWith", "w");
    $("choices").closest("fieldset").hidden = !a.dimensions.length && years.length < 2;
    fillSelect($("from"), asOptions(years), state.from ?? years[0]);
    fillSelect($("to"), asOptions(years), state.to ?? years.at(-1));
    fillSelect($("as"), [...views].map(([name, words]) => [name, capitalise(words)]), state.as);
    fillSelect($("base"), state.as === "index" ? asOptions(bases) : [], state.base);
    fillSelect($("form-of"), forms.map((name) => [name, labels[name]]), form);
    const others = listed.filter(({ unit, id }) => unit === a.measure.unit && id !== state.m);
    fillMeasures($("with"), others, state.with ?? "", [makeOption(["", "Nothing"])]);
    $("with").closest("fieldset").hidden = !others.length;
    $("events").checked = state.events;
    $("events").closest(".choice").hidden = !a.measure.table.events.length || form === "group";
    if (focus) document.getElementById(focus)?.focus();
  };

  // Words, table and sources.

  const fillText = () => {
    const { a, figures, form, breaks } = result;
    const { note } = a.measure.table;
    result.description = explorerLogic.describe(result);
    result.events = explorerLogic.selectEvents(result, events);
    $("words").textContent = result.description.words;
    $("note").textContent = note;
    $("note").hidden = !note;
    const marks = result.events.map(({ letter, date, event }) => `${letter}, ${date}: ${event}.`);
    if (form === "time" && breaks.length) {
      marks.push(
        "Long dashes: the survey changed its sample, its age floor or its question. Nothing is joined across them.",
      );
    }
    const hasInterval = figures.some(({ low }) => low !== null);
    if (a.measure.interval && hasInterval) marks.push(`Pale bars: ${a.measure.interval}.`);
    $("marks").replaceChildren(...marks.map((text) => make("li", text)));
    fillTable();
    fillSources();
    $("done").textContent = "";
  };
  const fillTable = () => {
    const { head, body } = explorerLogic.tabulate(result);
    const isNumber = (text) => /^[−\d–][\d.,]*( \(|$)/.test(text);
    const classes = head.map((_, i) => (i > 0 && body.every((row) => isNumber(row[i])) ? "num" : ""));
    const makeRow = (texts, firstTag, tag, scopes) => {
      const row = make("tr");
      row.append(
        ...texts.map((text, i) => {
          const cell = make(i ? tag : firstTag, text, { className: classes[i] });
          return scopes[i] ? Object.assign(cell, { scope: scopes[i] }) : cell;
        }),
      );
      return row;
    };
    const [top, rows] = [make("thead"), make("tbody")];
    top.append(makeRow(head, "th", "th", head.map(() => "col")));
    rows.append(...body.map((texts) => makeRow(texts, "th", "td", ["row"])));
    const caption = make("caption", `The numbers shown: ${result.description.title}, ${result.unit}`);
    $("table").replaceChildren(caption, top, rows);
    // What scrolls can be reached by keyboard.
    const box = $("scroll");
    const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
    if (scrolls) Object.assign(box, { tabIndex: 0, role: "region", ariaLabel: "The numbers shown" });
    else for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
  };
  const fillSources = () => {
    const items = explorerLogic.listDocuments(result).map(({ title, publisher, url, certainty }) => {
      const item = make("li");
      const name = /^https?:\/\//.test(url) ? make("a", title, { href: url, rel: "noreferrer" }) : title;
      item.append(name, `, ${publisher}${certainty ? ` (${certainty})` : ""}`);
      return item;
    });
    const list = make("ul");
    list.append(...items);
    const shown = unique([result.a, result.b].filter(Boolean).map(({ measure }) => measure.table));
    const editions = shown.map(({ name, title, edition, licence }) => {
      const terms = licence && `${licence}; changes made: selection, and what is worked out. `;
      const line = make("p", `Edition: ${edition}. ${terms}Columns and the whole table: `);
      const href = `data_dictionary.html#dict-clean-${name.replaceAll("_", "-")}`;
      line.append(make("a", title, { href }), ".");
      return line;
    });
    const fold = make("details", "", { open: items.length <= 4 });
    const isOne = items.length === 1;
    const summary = isOne
      ? "1 document, with the certainty of its figures"
      : `${items.length} documents, with the certainty of their figures`;
    fold.append(make("summary", summary), list);
    $("origin").replaceChildren(fold, ...editions);
  };

  const draw = async () => {
    const box = $("chart");
    const { form, figures, unit, description } = result;
    const style = getComputedStyle(document.documentElement);
    const spec = explorerLogic.makeSpec(charts[form], result, description, result.events, {
      width: box.clientWidth || 640,
      font: getComputedStyle($("form")).fontFamily,
      colour: (name) => style.getPropertyValue(`--${name}`).trim(),
    });
    const kind = form === "time" ? "Chart over time" : "Chart by group";
    const series = unique(spec.datasets.shown.map((one) => one.series)).length;
    const size = `${series} series, ${figures.length} figures`;
    const pointer = "The sentence and the table below say what it shows.";
    box.setAttribute("aria-label", `${kind}: ${description.title}, ${unit}. ${size}. ${pointer}`);
    box.view?.finalize();
    // Vega describes each mark to a screen reader; here the label, the sentence and the table do.
    const container = make("div", "", { ariaHidden: "true" });
    box.replaceChildren(container);
    box.view = new vega.View(vega.parse(vegaLite.compile(spec).spec), { renderer: "svg", container, hover: true });
    await box.view.runAsync();
  };

  // Downloads.

  const save = (content, type, ending) => {
    const href = URL.createObjectURL(new Blob([content], { type }));
    make("a", "", { href, download: `${result.state.m}.${ending}` }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10000);
  };
  $("csv").addEventListener("click", () => save(explorerLogic.toCsv(result), "text/csv", "csv"));
  $("svg").addEventListener("click", async () => save(await $("chart").view.toSVG(), "image/svg+xml", "svg"));
  $("png").addEventListener("click", async () => {
    const canvas = await $("chart").view.toCanvas(2);
    canvas.toBlob((blob) => save(blob, "image/png", "png"));
  });
  $("copy").addEventListener("click", async () => {
    writeAddress();
    try {
      await navigator.clipboard.writeText(location.href);
      $("done").textContent = "The link is copied.";
    } catch {
      $("done").textContent = location.href;
    }
  });

  // What a reader does.

  $("form").addEventListener("submit", (event) => event.preventDefault());
  $("find").addEventListener("input", find);
  $("find").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const first = $("measure").querySelector("option");
    if (first) showMeasure(first.value);
  });
  $("measure").addEventListener("change", () => showMeasure($("measure").value));
  const onChange = (id, getChanges) => $(id).addEventListener("change", () => change(getChanges($(id))));
  onChange("with", ({ value }) => ({ with: value || undefined, choiceWith: {}, form: undefined }));
  // When first and last year cross, the other one follows.
  onChange("from", ({ value }) => ({ from: +value, to: followed("to", +value), form: undefined }));
  onChange("to", ({ value }) => ({ to: +value, from: followed("from", +value), form: undefined }));
  const followed = (end, year) => {
    const kept = result.state[end];
    return (end === "to" && year > kept) || (end === "from" && year < kept) ? year : kept;
  };
  onChange("as", ({ value }) => ({ as: value }));
  onChange("base", ({ value }) => ({ base: +value }));
  onChange("form-of", ({ value }) => ({ form: value }));
  onChange("events", ({ checked }) => ({ events: checked }));
  new MutationObserver(() => result && draw()).observe(document.documentElement, { attributeFilter: ["data-theme"] });

  // On a narrow screen the chart comes before what refines it.
  $("refine").open = matchMedia("(width >= 62rem)").matches;

  const start = async () => {
    try {
      const [first] = listed.filter(({ table }) => table.chapter === chapters[0][0]);
      const usual = { m: first.id, choice: {}, choiceWith: {}, events: true };
      await show(location.hash.includes("=") ? explorerLogic.readAddress(location.hash) : usual, true);
      if (result) find();
    } catch (error) {
      if (error instanceof ChoiceError) refuse(error);
      else throw error;
    }
  };
  // An address without "=" is a place on the page, not a choice.
  addEventListener("hashchange", () => location.hash.includes("=") && start());
  start();
})();
