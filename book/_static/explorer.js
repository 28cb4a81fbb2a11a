// The explorer. What can be chosen, and both charts, come from explorer/catalogue.js, which a build makes
// from the descriptor of the tables; the script of a table is fetched when it is first asked for. The choice
// lives in the address after "#". Nothing from data or address is ever read as markup.
(() => {
  const $ = (id) => document.getElementById(`explore-${id}`);
  const folder = document.currentScript.src.replace(/\.js$/, "/");
  const { chapters, tables, events, charts } = bookData.catalogue;
  const measures = new Map(tables.flatMap((table) => table.measures.map((measure) => [measure.id, { ...measure, table }])));
  const KINDS = {
    stock: "a stock: people at a date", flow: "a flow: events in a span of time", share: "a share", amount: "an amount, in money of its day",
    index: "an index or a ratio", estimate: "an estimate by somebody outside", level: "a mean, a length or another level",
  };
  const MOST_SERIES = 6;
  const EVERY = "*", TOGETHER = "+";
  const COUNTED = new Set(["persons", "cases", "events", "visits", "principal applicants"]);
  let state, drawn;

  // Small helpers.
  const make = (tag, text = "", more = {}) => Object.assign(document.createElement(tag), { textContent: text, ...more });
  const unique = (list) => [...new Set(list)];
  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  const join = (list) => list.length < 2 ? list.join("") : `${list.slice(0, -1).join(", ")} and ${list.at(-1)}`;
  const number = (value, unit) => value.toLocaleString("en", {
    maximumFractionDigits: /percent|index/.test(unit) ? 1 : Math.abs(value) >= 1000 ? 0 : 2,
  }).replace("-", "−");
  const wrap = (text, width) => text.split(" ").reduce((lines, word) => {
    const last = lines.at(-1);
    if (last && (last + word).length < width) lines[lines.length - 1] = `${last} ${word}`; else lines.push(word);
    return lines;
  }, []);
  class Fault extends Error {}

  // Data: a table's rows as objects, once.
  const loading = {};
  const load = (name) => loading[name] ??= new Promise((resolve, reject) => {
    const script = make("script", "", { src: `${folder}${name}.js` });
    script.onload = () => {
      const table = bookData[name];
      table.rows = table.rows.map((row) => Object.fromEntries(row.map((value, i) => [table.columns[i], value])));
      resolve(table);
    };
    script.onerror = () => reject(new Fault("the data of this measure could not be read"));
    document.head.append(script);
  });

  // One side of a comparison: the rows of a measure, and what can be chosen among them.
  const open = async (id) => {
    const measure = measures.get(id);
    if (!measure) throw new Fault("it asks for a measure that is not in the list");
    const data = await load(measure.table.name);
    const { columns } = measure.table;
    const rows = data.rows.filter((row) =>
      (!columns.measure || row[columns.measure] === measure.code) &&
      (!measure.unitCode || row[columns.unit] === measure.unitCode) &&
      [measure.column, measure.low, measure.high].some((column) => column && row[column] !== null));
    const dimensions = data.dimensions
      .map(([name, title, group]) => ({ name, title, group, codes: unique(rows.map((row) => row[name])), labels: data.labels[name] }))
      .filter(({ codes }) => codes.length > 1);
    return { measure, data, rows, dimensions };
  };
  const hasBothSexes = ({ dimensions }) => {
    const codes = dimensions.find(({ name }) => name === "sex")?.codes ?? [];
    return codes.includes("female") && codes.includes("male");
  };
  const fits = (row, choice, but = "") => Object.entries(choice).every(([name, code]) =>
    name === but || (code === EVERY || code === TOGETHER ? row[name] !== "all" : row[name] === code));
  const commonest = (rows, name) => {
    const counts = new Map();
    for (const row of rows) counts.set(row[name], (counts.get(row[name]) ?? 0) + 1);
    return [...counts].reduce((best, next) => next[1] > best[1] ? next : best)[0];
  };
  // What is chosen where nobody has chosen yet: everybody, what the book uses, else what has most figures;
  // side by side the groups a table is about, or those of one dimension that has few.
  const complete = ({ rows, dimensions }, given = {}) => {
    const choice = { ...given };
    let spread = Object.values(given).includes(EVERY);
    const open = () => dimensions.filter(({ name }) => !(name in choice));
    const among = (name) => unique(rows.filter((row) => fits(row, { ...choice, [name]: EVERY })).map((row) => row[name]));
    const group = open().find((dimension) => dimension.group && among(dimension.name).length > 1);
    if (group && !spread) {
      choice[group.name] = EVERY;
      spread = true;
    }
    for (const { name, codes } of open()) {
      const usual = ["all", "current", "true"].find((code) => codes.includes(code) && rows.some((row) => fits(row, { ...choice, [name]: code })));
      if (usual) choice[name] = usual;
    }
    for (const { name } of open()) {
      const few = among(name);
      if (!spread && name !== "population" && few.length > 1 && few.length <= MOST_SERIES) {
        choice[name] = EVERY;
        spread = true;
      } else choice[name] = commonest(rows.filter((row) => fits(row, choice)), name);
    }
    return choice;
  };

  // Figures: the chosen rows of one side, as counted or worked out.
  const keyOf = (row, names) => JSON.stringify([row.start, row.end, ...names.map((name) => row[name])]);
  const sourcesOf = (row, measure) => row[`source_id_${measure.column}`] || row.source_id;
  const figuresOf = (side, choice, as, prefix) => {
    const { measure, rows, dimensions } = side;
    const [view, over] = as.split(".");
    const names = dimensions.map(({ name }) => name).filter((name) => name !== over);
    let chosen = rows.filter((row) => fits(row, choice, view === "ratio" || over === "sex" ? "sex" : ""));
    const base = (row) => ({
      row, value: row[measure.column], low: row[measure.low] ?? null, high: row[measure.high] ?? null, sources: [sourcesOf(row, measure)],
    });
    const pair = (list, column, make) => {
      const groups = new Map();
      for (const row of list) {
        const key = keyOf(row, names.filter((name) => name !== column));
        groups.set(key, [...(groups.get(key) ?? []), row]);
      }
      return [...groups.values()].flatMap((group) => make(
        (code) => group.filter((row) => row[column] === code && row[measure.column] !== null).at(-1), group));
    };
    const two = (value) => (pick) => {
      const [f, m] = [pick("female"), pick("male")];
      const result = f && m ? value(f[measure.column], m[measure.column]) : null;
      return result === null || !Number.isFinite(result) ? [] : [{ ...base(f), value: result, low: null, high: null, sources: [f, m].map((row) => sourcesOf(row, measure)) }];
    };
    let figures;
    if (view === "ratio") figures = pair(chosen, "sex", two((f, m) => f / m));
    else if (over === "sex") figures = pair(chosen, "sex", two((f, m) => 100 * f / (f + m)));
    else if (view === "share") {
      const wide = rows.filter((row) => fits(row, choice, over));
      figures = pair(wide, over, (pick, group) => {
        const whole = pick("all");
        return group.filter((row) => whole?.[measure.column] && row[over] !== "all" && row[measure.column] !== null && fits(row, choice))
          .map((row) => ({ ...base(row), value: 100 * row[measure.column] / whole[measure.column], low: null, high: null }));
      });
    } else if (choice.sex === TOGETHER) figures = pair(chosen, "sex", two((f, m) => f + m));
    else figures = chosen.map(base);
    const apart = dimensions.filter(({ name }) => choice[name] === EVERY && !(over === "sex" && name === "sex"));
    return figures.map((figure) => {
      const words = apart.map(({ name, labels }) => labels[figure.row[name]]);
      const own = view === "ratio" ? "women for each man" : over === "sex" ? "share of women" : "";
      // An end that no source printed: a lower bound alone reaches up to the figure, an upper one down to nothing.
      const high = figure.high ?? (figure.low === null ? null : figure.value ?? figure.low);
      const low = figure.low ?? (figure.high === null ? null : figure.value ?? 0);
      const bound = figure.value !== null ? "" : figure.low === null ? "at most" : figure.high === null ? "at least" : "";
      return { ...figure, low, high, bound, when: figure.row.when, start: figure.row.start, end: figure.row.end, remark: figure.row.remark, certainty: figure.row.certainty,
        n: figure.row.n ?? null, era: figure.row[measure.table.columns.era] ?? "", group: capital(words.join(", ") || own || measure.name),
        series: capital([prefix, words.join(", ") || own].filter(Boolean).join(": ") || measure.name) };
    });
  };
  const yearOf = ({ end }) => end === null ? null : Math.floor(end);

  // Points of one series that may be joined: one year after the other, or within one era of a survey; never
  // two figures of one date, never a span of several years.
  const segment = (figures) => {
    const breaks = [];
    for (const series of unique(figures.map((figure) => figure.series))) {
      const points = figures.filter((figure) => figure.series === series && figure.end !== null).sort((a, b) => a.end - b.end);
      let count = 0;
      points.forEach((point, i) => {
        const before = points[i - 1];
        const isSpan = (one) => one.start !== null && one.end - one.start > 1.1;
        const doubled = before && (points.some((other) => other !== point && other.end === point.end) || points.some((other) => other !== before && other.end === before.end));
        const joined = before && !doubled && !isSpan(point) && !isSpan(before) && before.era === point.era && before.value !== null &&
          point.value !== null && Number.isInteger(point.end) === Number.isInteger(before.end) && (point.era || point.end - before.end < 1.1);
        if (before && before.era !== point.era && before.end !== point.end) breaks.push({ x: (before.end + point.end) / 2 });
        count += !joined;
        point.segment = `${series} ${count}`;
      });
    }
    return breaks;
  };
  const toIndex = (figures, base) => {
    const at = figures.filter((figure) => yearOf(figure) === base && figure.value);
    const known = new Map(at.map((figure) => [figure.series, figure]));
    return figures.filter((figure) => known.has(figure.series) && known.get(figure.series).era === figure.era && figure.value !== null).map((figure) => {
      const scale = 100 / known.get(figure.series).value;
      const scaled = (value) => value === null ? null : value * scale;
      return { ...figure, value: scaled(figure.value), low: scaled(figure.low), high: scaled(figure.high) };
    });
  };

  // The choice in the address.
  const write = () => {
    const words = new URLSearchParams({ m: state.m });
    for (const [name, code] of Object.entries(state.choice)) words.set(`d.${name}`, code);
    if (state.with) words.set("with", state.with);
    for (const [name, code] of Object.entries(state.with ? state.choiceWith : {})) words.set(`w.${name}`, code);
    for (const name of ["from", "to", "as", "base", "form"]) if (state[name] !== undefined && state[name] !== "") words.set(name, state[name]);
    if (!state.events) words.set("events", "no");
    history.replaceState(null, "", `#${words}`);
  };
  const read = (hash) => {
    const words = [...new URLSearchParams(hash.slice(1))];
    const found = { choice: {}, choiceWith: {}, events: true };
    if (unique(words.map(([name]) => name)).length < words.length) throw new Fault("it says something twice");
    for (const [name, value] of words) {
      if (/^d\.\w+$/.test(name)) found.choice[name.slice(2)] = value;
      else if (/^w\.\w+$/.test(name)) found.choiceWith[name.slice(2)] = value;
      else if (["m", "with", "as", "form"].includes(name)) found[name] = value;
      else if (["from", "to", "base"].includes(name) && /^\d{4}$/.test(value)) found[name] = Number(value);
      else if (name === "events" && value === "no") found.events = false;
      else throw new Fault("it asks for something this page does not know");
    }
    if (!found.m) throw new Fault("it names no measure");
    return found;
  };
  const judge = ({ dimensions }, choice) => {
    for (const [name, code] of Object.entries(choice)) {
      const dimension = dimensions.find((one) => one.name === name);
      const known = dimension && (dimension.codes.includes(code) || code === EVERY || (code === TOGETHER && name === "sex"));
      if (!known) throw new Fault("it asks for a group that this measure does not have");
    }
  };

  // Everything follows the choice. "strict" is a link: what does not fit is a fault, and is not mended.
  let turn = 0;
  const show = async (wanted, strict = false) => {
    const mine = ++turn;
    try {
      const a = await open(wanted.m);
      const b = wanted.with ? await open(wanted.with) : null;
      if (mine !== turn) return;
      if (strict) {
        judge(a, wanted.choice);
        if (b) judge(b, wanted.choiceWith);
        if (b && b.measure.unit !== a.measure.unit) throw new Fault("it compares two measures in different units");
      }
      const next = { ...wanted, choice: complete(a, wanted.choice), choiceWith: b ? complete(b, wanted.choiceWith) : {} };
      const views = listViews(a, next.choice);
      if (strict && next.as && !views.has(next.as)) throw new Fault("it asks for a kind of figure that this measure does not have");
      if (!views.has(next.as)) next.as = "value";
      const view = next.as === "index" ? "value" : next.as;
      let all = figuresOf(a, next.choice, view, b ? a.measure.name : "");
      if (b) all = all.concat(figuresOf(b, next.choiceWith, listViews(b, next.choiceWith).has(view) ? view : "value", b.measure.name));
      const years = unique(all.map(yearOf).filter((year) => year !== null)).sort((x, y) => x - y);
      if (!all.length) throw new Fault("there are no figures for this choice");
      for (const end of ["from", "to"]) {
        if (next[end] === undefined || years.includes(next[end])) continue;
        if (strict) throw new Fault("it asks for years that this measure does not have");
        next[end] = undefined;
      }
      if (next.from > next.to) {
        if (strict) throw new Fault("its first year is after its last");
        next.from = next.to = undefined;
      }
      const full = next.from === undefined && next.to === undefined;
      let figures = all.filter((figure) => figure.end === null ? full : (next.from === undefined || yearOf(figure) >= next.from) && (next.to === undefined || yearOf(figure) <= next.to));
      if (!figures.length) throw new Fault("there are no figures in these years");
      const dates = unique(figures.map(({ end }) => end));
      const names = unique(figures.map(({ series }) => series));
      const absent = unique(all.map(({ series }) => series)).filter((name) => !names.includes(name));
      const listed = { time: names.length <= MOST_SERIES && years.length > 0, group: names.length > 1 };
      const usual = listed.time && (dates.length > 2 || !listed.group) ? "time" : listed.group ? "group" : "time";
      if (strict && next.form && !listed[next.form]) throw new Fault("it asks for a chart that this choice does not have");
      const form = listed[next.form] ? next.form : usual;
      const bases = unique(figures.filter((figure) => figure.value).map(yearOf)).filter(Boolean).sort((x, y) => x - y);
      let unit = a.measure.unit, kind = a.measure.kind, lost = [];
      if (next.as === "index") {
        if (strict && next.base !== undefined && !bases.includes(next.base)) throw new Fault("it asks for a base year that this measure does not have");
        if (!bases.includes(next.base)) next.base = bases[0];
        figures = toIndex(figures, next.base);
        lost = names.filter((name) => !figures.some(({ series }) => series === name));
        [unit, kind] = [`index, ${next.base} = 100`, "index"];
      } else next.base = undefined;
      if (next.as.startsWith("share")) [unit, kind] = ["percent", "share"];
      if (next.as.startsWith("ratio")) [unit, kind] = ["women for each man", "index"];
      state = next;
      drawn = { a, b, figures, unit, kind, form, listed, usual, years, bases, lost, absent, views };
      if (form === "group") {
        // Each group once: its latest figure in these years.
        const latest = new Map();
        for (const figure of [...figures].sort((x, y) => (x.end ?? 0) - (y.end ?? 0))) latest.set(figure.series, figure);
        drawn.figures = [...latest.values()].sort((x, y) => (y.value ?? y.high) - (x.value ?? x.high));
      }
      drawn.breaks = segment(drawn.figures);
      for (const figure of drawn.figures) figure.told = tell(figure);
      drawn.figures.sort((x, y) => form === "group" ? 0 : (x.end ?? 0) - (y.end ?? 0));
      fill();
      if (!strict || location.hash.includes("=")) write();
      $("fault").hidden = true;
      document.getElementById("explore").hidden = false;
      say();
      await draw();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (mine !== turn) return;
      if (strict) refuse(error);
      else $("done").textContent = capital(`${error.message}.`);
    }
  };
  const refuse = ({ message }) => {
    document.getElementById("explore").hidden = true;
    const again = make("a", "Start with a measure of your own", { href: "#m=" });
    again.addEventListener("click", (event) => { event.preventDefault(); history.replaceState(null, "", "#"); start(); });
    $("fault").replaceChildren(`This link cannot be shown: ${message}. `, again, ".");
    $("fault").hidden = false;
  };
  const listViews = (side, choice) => {
    const views = new Map([["value", "as published"]]);
    const counted = COUNTED.has(side.measure.unit);
    if (counted && hasBothSexes(side)) {
      views.set("share.sex", "share of women");
      views.set("ratio.sex", "women for each man");
    }
    for (const { name, title, codes } of counted ? side.dimensions : []) {
      if (codes.includes("all") && choice[name] !== "all" && choice[name] !== TOGETHER && name !== "sex") views.set(`share.${name}`, `share of all, by ${title.toLowerCase()}`);
    }
    views.set("index", "index, one year = 100");
    return views;
  };

  // Controls.
  const options = (select, list, chosen) => {
    select.replaceChildren(...list.map(([value, text]) => make("option", text, { value })));
    select.value = chosen;
    select.closest(".choice").hidden = list.length < 2;
  };
  const grouped = (select, list, chosen, first = []) => {
    const groups = chapters.map(([name, title]) => {
      const group = make("optgroup", "", { label: title });
      for (const { id, name: words } of list.filter((measure) => measure.table.chapter === name)) {
        group.append(make("option", words, { value: id }));
      }
      return group;
    });
    select.replaceChildren(...first, ...groups.filter((group) => group.children.length));
    select.value = chosen;
  };
  const find = () => {
    // By the beginnings of words, so that "employment" does not find "unemployment".
    const simple = (text) => ` ${text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ")}`;
    const words = simple($("find").value).split(" ").filter(Boolean);
    const titles = new Map(chapters);
    const found = [...measures.values()].filter(({ name, table }) => {
      const text = simple(`${name} ${table.title} ${titles.get(table.chapter)}`);
      return words.every((word) => text.includes(` ${word}`));
    });
    grouped($("measure"), found, state.m);
    $("found").textContent = words.length ? `${found.length} of ${measures.size} measures` : `${measures.size} measures`;
    return found;
  };
  const choose = (place, key, { dimensions, rows, measure }, choice, letter) => {
    place.replaceChildren(...dimensions.map(({ name, title, codes, labels }) => {
      const id = `explore-${letter}-${name}`;
      const select = make("select", "", { id });
      const list = codes.map((code) => [code, capital(labels[code])]).sort((x, y) => (y[0] === "all") - (x[0] === "all") || x[1].localeCompare(y[1], "en", { numeric: true }));
      if (name === "sex" && hasBothSexes({ dimensions }) && !codes.includes("all") && COUNTED.has(measure.unit)) list.unshift([TOGETHER, "Women and men, added up"]);
      if (codes.filter((code) => code !== "all").length > 1) list.unshift([EVERY, "Each, side by side"]);
      select.append(...list.map(([value, text]) => make("option", text, { value })));
      select.value = choice[name];
      select.addEventListener("change", () => {
        // The others keep their choice as far as there are figures for it.
        const kept = { [name]: select.value };
        const several = select.value === EVERY;
        for (const [other, code] of Object.entries(choice)) {
          if (other === name || (several && code === EVERY)) continue;
          if (rows.some((row) => fits(row, { ...kept, [other]: code }))) kept[other] = code;
        }
        show({ ...state, [key]: kept });
      });
      const box = make("div", "", { className: "choice" });
      box.append(make("label", title, { htmlFor: id }), select);
      return box;
    }));
  };
  const fill = () => {
    const { a, b, years, views, listed, bases, form } = drawn;
    const focus = document.activeElement?.id;
    $("measure").value = state.m;
    choose($("choices"), "choice", a, state.choice, "d");
    choose($("choices-with"), "choiceWith", b ?? { dimensions: [], rows: [], measure: {} }, state.choiceWith, "w");
    $("choices").closest("fieldset").hidden = !a.dimensions.length && years.length < 2;
    options($("from"), years.map((year) => [year, year]), state.from ?? years[0]);
    options($("to"), years.map((year) => [year, year]), state.to ?? years.at(-1));
    options($("as"), [...views].map(([name, words]) => [name, capital(words)]), state.as);
    options($("base"), state.as === "index" ? bases.map((year) => [year, year]) : [], state.base);
    options($("form-of"), [["time", "Over time"], ["group", "By group, latest figure"]].filter(([name]) => listed[name]), form);
    const others = [...measures.values()].filter(({ unit, id }) => unit === a.measure.unit && id !== state.m);
    grouped($("with"), others, state.with ?? "", [make("option", "Nothing", { value: "" })]);
    $("with").closest("fieldset").hidden = !others.length;
    $("events").checked = state.events;
    $("events").closest(".choice").hidden = !a.measure.table.events.length || form === "group";
    if (focus) document.getElementById(focus)?.focus();
  };

  // Words and numbers.
  const tell = ({ value, low, high, bound }) => {
    const { unit } = drawn;
    if (bound) return `${bound} ${number(bound === "at most" ? high : low, unit)}`;
    const range = low === null ? "" : `${number(low, unit)} to ${number(high, unit)}`;
    return value === null ? range : number(value, unit) + (range && (low !== value || high !== value) ? ` (${range})` : "");
  };
  const describe = (figures) => {
    const known = figures.filter((figure) => figure.value !== null);
    if (!known.length) return figures.map(({ told, when }) => `${told}, ${when}`).join("; ");
    const at = ({ value, when }) => `${number(value, drawn.unit)} (${when})`;
    if (known.length === 1) return at(known[0]);
    const peak = known.reduce((x, y) => y.value > x.value ? y : x), trough = known.reduce((x, y) => y.value < x.value ? y : x);
    return `from ${at(known[0])} to ${at(known.at(-1))}, peak ${at(peak)}, low ${at(trough)}`;
  };
  const contrast = (names) => {
    const [one, two] = names.map((name) => drawn.figures.filter(({ series, value }) => series === name && value !== null));
    const pairs = one.flatMap((x) => two.filter((y) => y.when === x.when).map((y) => [x, y]));
    if (!pairs.length) return "There is no date for which both have a figure.";
    const [x, y] = pairs.at(-1);
    const unit = drawn.unit === "percent" ? "percentage points" : drawn.unit;
    const difference = number(Math.abs(x.value - y.value), drawn.unit);
    const gap = `In ${x.when}, the latest date of both, they are ${difference} ${difference === "1" ? unit.replace(/s$/, "") : unit} apart.`;
    const double = pairs.find(([p, q]) => q.value > 0 && p.value > 0 && Math.max(p.value / q.value, q.value / p.value) >= 2);
    if (!double || drawn.b || !COUNTED.has(drawn.unit)) return gap;
    const [more, less] = double[0].value > double[1].value ? names : [...names].reverse();
    return `${gap} ${more} were at least twice as many as ${less.charAt(0).toLowerCase() + less.slice(1)} for the first time in ${double[0].when}.`;
  };
  const say = () => {
    const { a, b, figures, unit, kind, form, lost, absent, breaks } = drawn;
    const { table } = a.measure;
    const names = unique(figures.map(({ series }) => series));
    const picked = a.dimensions.filter(({ name }) => ![EVERY, TOGETHER].includes(state.choice[name]) && !(state.as.endsWith(".sex") && name === "sex"))
      .map(({ name, title, labels }) => `${title.toLowerCase()}: ${labels[state.choice[name]]}`);
    const subject = [b ? `${a.measure.name} and ${b.measure.name}` : a.measure.name, ...picked].join("; ");
    drawn.title = b ? `${a.measure.name}, and ${b.measure.name}` : a.measure.name;
    drawn.subtitle = [unit === "index" ? unit : capital(unit), ...picked].join("; ");
    const words = [`${subject}. In ${unit}, ${KINDS[kind]}.`.replace("In percent, a share.", "A share, in percent.").replace("In index", "An index").replace("In women", "Women")];
    if (form === "group") {
      const known = figures.filter(({ value }) => value !== null);
      words.push(`${figures.length} groups, each with its latest figure.`);
      if (known.length > 1) words.push(`Highest: ${known[0].series}, ${known[0].told} (${known[0].when}). Lowest: ${known.at(-1).series}, ${known.at(-1).told} (${known.at(-1).when}).`);
    } else {
      for (const name of names) words.push(capital(`${names.length + absent.length > 1 ? `${name}: ` : ""}${describe(figures.filter(({ series }) => series === name))}.`));
      if (names.length === 2) words.push(contrast(names));
    }
    if (state.as === "ratio.sex") {
      const first = figures.find(({ value }) => value >= 2);
      if (first) words.push(`Women first were twice as many as men, or more, in ${first.when}.`);
    }
    if (absent.length) words.push(`No figure in these years: ${join(absent)}.`);
    if (lost.length) words.push(`No figure in the base year: ${join(lost)}.`);
    $("words").textContent = words.join(" ");
    $("note").textContent = table.note;
    $("note").hidden = !table.note;

    const marks = marked().map(({ letter, date, event }) => `${letter}, ${date}: ${event}.`);
    if (form === "time" && breaks.length) marks.push("Long dashes: the survey changed its sample, its age floor or its question. Nothing is joined across them.");
    if (a.measure.interval && figures.some(({ low }) => low !== null)) marks.push(`Pale bars: ${a.measure.interval}.`);
    $("marks").replaceChildren(...marks.map((text) => make("li", text)));
    list(names);
    cite();
    $("done").textContent = "";
  };
  const list = (names) => {
    const { figures, form, unit } = drawn;
    const dates = unique(figures.map(({ when }) => when));
    const single = names.every((name) => dates.every((when) => figures.filter((figure) => figure.series === name && figure.when === when).length < 2));
    const remarks = figures.some(({ remark }) => remark), asked = figures.some(({ n }) => n !== null);
    let head, body;
    if (form === "time" && names.length > 1 && single) {
      head = ["When", ...names, ...(names.length === 2 ? ["Apart"] : [])];
      body = dates.map((when) => {
        const cells = names.map((name) => figures.find((figure) => figure.series === name && figure.when === when));
        const apart = names.length === 2 ? [cells.every((cell) => cell && cell.value !== null) ? number(Math.abs(cells[0].value - cells[1].value), unit) : "–"] : [];
        return [when, ...cells.map((cell) => cell?.told ?? "–"), ...apart];
      });
    } else {
      head = [...(names.length > 1 ? ["Series"] : []), "When", capital(unit), ...(asked ? ["People asked"] : []), "Certainty", ...(remarks ? ["Remark"] : [])];
      body = figures.map((figure) => [...(names.length > 1 ? [figure.series] : []), figure.when, figure.told,
        ...(asked ? [figure.n === null ? "–" : number(figure.n, "persons")] : []), figure.certainty, ...(remarks ? [figure.remark || "–"] : [])]);
    }
    const isNumber = (text) => /^[−\d–][\d.,]*( \(|$)/.test(text);
    const right = head.map((_, i) => i > 0 && body.every((row) => isNumber(row[i])));
    const cell = (tag, text, i, scope) => make(tag, text, { className: right[i] ? "num" : "", ...(scope ? { scope } : {}) });
    const table = $("table");
    const [top, rows, row] = [make("thead"), make("tbody"), make("tr")];
    row.append(...head.map((text, i) => cell("th", text, i, "col")));
    top.append(row);
    for (const texts of body) {
      const line = make("tr");
      line.append(...texts.map((text, i) => cell(i ? "td" : "th", text, i, i ? "" : "row")));
      rows.append(line);
    }
    table.replaceChildren(make("caption", `The numbers shown: ${drawn.title}, ${unit}`), top, rows);
    const scroll = $("scroll");
    if (scroll.scrollWidth > scroll.clientWidth || scroll.scrollHeight > scroll.clientHeight) Object.assign(scroll, { tabIndex: 0, role: "region", ariaLabel: "The numbers shown" });
    else { scroll.removeAttribute("tabindex"); scroll.removeAttribute("role"); scroll.removeAttribute("aria-label"); }
  };
  const documents = () => {
    const found = new Map();
    for (const { sources, certainty } of drawn.figures) for (const id of sources) found.set(id, (found.get(id) ?? new Set()).add(certainty));
    return [...found].map(([id, certainties]) => {
      const [title, publisher, url] = drawn.a.data.sources[id] ?? drawn.b?.data.sources[id] ?? [id, "", ""];
      return { id, title, publisher, url, certainty: join([...certainties].filter(Boolean)) };
    });
  };
  const cite = () => {
    const items = documents().map(({ title, publisher, url, certainty }) => {
      const item = make("li");
      item.append(/^https?:\/\//.test(url) ? make("a", title, { href: url, rel: "noreferrer" }) : title, `, ${publisher}${certainty ? ` (${certainty})` : ""}`);
      return item;
    });
    const box = make("ul");
    box.append(...items);
    const about = unique([drawn.a, drawn.b].filter(Boolean).map(({ measure }) => measure.table)).map((table) => {
      const line = make("p", `Edition: ${table.edition}. ${table.licence && `${table.licence}; changes made: selection, and what is worked out. `}Columns and the whole table: `);
      line.append(make("a", table.title, { href: `data_dictionary.html#dict-clean-${table.name.replaceAll("_", "-")}` }), ".");
      return line;
    });
    const fold = make("details");
    fold.open = items.length <= 4;
    fold.append(make("summary", items.length === 1 ? "1 document, with the certainty of its figures" : `${items.length} documents, with the certainty of their figures`), box);
    $("origin").replaceChildren(fold, ...about);
  };

  // The chart.
  const marked = () => {
    const ends = drawn.figures.map(({ end }) => end).filter((end) => end !== null);
    const { events: wanted } = drawn.a.measure.table;
    if (!state.events || drawn.form === "group" || !ends.length) return [];
    const yearly = ends.every(Number.isInteger);
    return events.filter(({ kind, place }) => wanted.includes(kind) || wanted.includes(place))
      .map((event) => ({ ...event, x: yearly ? event.at : event.day }))
      .filter(({ x }) => x >= Math.min(...ends) && x <= Math.max(...ends))
      .map((event, i) => ({ ...event, letter: String.fromCharCode(97 + i) }));
  };
  const colours = () => {
    const css = getComputedStyle(document.documentElement);
    return (name) => css.getPropertyValue(`--${name}`).trim();
  };
  const draw = async () => {
    const box = $("chart"), colour = colours();
    const { figures, form, breaks } = drawn;
    const spec = structuredClone(charts[form]);
    const letters = Math.max(24, Math.floor((box.clientWidth || 640) / 9.8));
    const publishers = unique(documents().map(({ publisher }) => publisher));
    const source = `Source: ${join(publishers.slice(0, 3))}${publishers.length > 3 ? " and others" : ""}. Leaving North Korea in Numbers.`;
    spec.title.text = wrap(drawn.title, letters);
    spec.title.subtitle = wrap(drawn.subtitle, letters * 1.2);
    const axis = { ...spec.encoding.x?.axis, title: wrap(source, form === "time" ? letters * 1.05 : letters * 0.65) };
    for (const { encoding } of form === "time" ? [spec] : spec.layer) encoding.x.axis = axis;
    if (form === "time") {
      const ends = figures.flatMap(({ start, end }) => [start, end]).filter((one) => one !== null);
      const [first, last] = [Math.ceil(Math.min(...ends)), Math.floor(Math.max(...ends))];
      const step = Math.max(1, Math.ceil((last - first) / Math.floor((box.clientWidth || 640) / 70)));
      axis.values = Array.from({ length: Math.max(0, Math.floor((last - first) / step) + 1) }, (_, i) => first + i * step);
    }
    const shown = figures.map(({ series, group, start, end, value, low, high, segment, when, told }) =>
      ({ series, group, start, end, value, low, high, segment, when, told }));
    if (form === "group") {
      spec.height = 34 * Math.max(2, shown.length);
      for (const one of shown) one.group = wrap(`${one.group}${unique(shown.map(({ when }) => when)).length > 1 ? ` (${one.when})` : ""}`, letters / 2).join("\n");
      spec.encoding.y.scale = { domain: unique(shown.map(({ group }) => group)) };
      for (const one of shown) one.series = drawn.b ? one.series.split(": ")[0] : drawn.a.measure.name;
    }
    spec.datasets = { shown, events: marked(), breaks: unique(breaks.map(({ x }) => x)).map((x) => ({ x })) };
    // One domain for colours and shapes, so that one legend says both.
    const domain = unique(shown.map(({ series }) => series));
    for (const { encoding } of spec.layer) for (const channel of ["color", "shape"]) if (encoding[channel]) Object.assign(encoding[channel], { scale: { domain } }, domain.length < 2 ? { legend: null } : {});
    const font = getComputedStyle($("form")).fontFamily;
    const text = { labelFont: font, titleFont: font };
    spec.config = {
      background: colour("page"), font, view: { stroke: null },
      axis: { ...text, labelColor: colour("ink"), titleColor: colour("muted"), labelFontSize: 13, titleFontSize: 12, titleFontWeight: "normal", titleAlign: "left",
        titleAnchor: "start", titlePadding: 12, gridColor: colour("fig-faint"), domainColor: colour("muted"), tickColor: colour("muted") },
      axisY: { domain: false, ticks: false },
      title: { color: colour("ink"), fontSize: 16, fontWeight: 600, subtitleColor: colour("muted"), subtitleFontSize: 13, subtitlePadding: 6, offset: 12, font, subtitleFont: font },
      legend: { ...text, labelColor: colour("ink"), labelFontSize: 13, labelLimit: (box.clientWidth || 640) - 40 },
      range: { category: ["teal", "ochre", "blue", "plum", "brick", "grey"].map((name) => colour(`fig-${name}`)),
        symbol: ["circle", "square", "diamond", "triangle-up", "triangle-down", "cross"] },
      rule: { color: colour("fig-grey") }, text: { color: colour("muted"), fontSize: 13, font },
    };
    box.setAttribute("aria-label", `${form === "time" ? "Chart over time" : "Chart by group"}: ${drawn.title}, ${drawn.unit}. ${names(shown)} The sentence and the table below say what it shows.`);
    box.view?.finalize();
    // Vega speaks to a screen reader mark by mark; here the label, the sentence and the table do.
    const container = make("div", "", { ariaHidden: "true" });
    box.replaceChildren(container);
    const view = new vega.View(vega.parse(vegaLite.compile(spec).spec), { renderer: "svg", container, hover: true });
    box.view = view;
    await view.runAsync();
  };
  const names = (shown) => `${unique(shown.map(({ series }) => series)).length} series, ${shown.length} figures.`;

  // What can be taken along. A text that a spreadsheet would run as a formula is quoted.
  const save = (text, type, ending) => {
    const address = text instanceof Blob ? URL.createObjectURL(text) : URL.createObjectURL(new Blob([text], { type }));
    make("a", "", { href: address, download: `${state.m}.${ending}` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  };
  const csv = () => {
    const cell = (value) => {
      if (value === null || typeof value === "number") return String(value ?? "");
      const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
      return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    };
    const of = new Map(documents().map((one) => [one.id, one]));
    const rows = drawn.figures.map(({ series, when, value, low, high, n, certainty, remark, sources }) => [series, when, value, low, high, drawn.unit, n, certainty, remark,
      sources.map((id) => of.get(id)?.title ?? id).join("; "), unique(sources.map((id) => of.get(id)?.url ?? "")).join(" ")]);
    const head = ["series", "when", "value", "low", "high", "unit", "n", "certainty", "remark", "source", "address"];
    return [head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
  };
  $("csv").addEventListener("click", () => save(csv(), "text/csv", "csv"));
  $("svg").addEventListener("click", async () => save(await $("chart").view.toSVG(), "image/svg+xml", "svg"));
  $("png").addEventListener("click", async () => {
    const canvas = await $("chart").view.toCanvas(2);
    canvas.toBlob((blob) => save(blob, "image/png", "png"));
  });
  $("copy").addEventListener("click", async () => {
    write();
    try {
      await navigator.clipboard.writeText(location.href);
      $("done").textContent = "The link is copied.";
    } catch { $("done").textContent = location.href; }
  });

  // What a reader does.
  const another = (id) => show({ m: id, choice: {}, choiceWith: {}, events: true });
  $("form").addEventListener("submit", (event) => event.preventDefault());
  $("find").addEventListener("input", find);
  $("find").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const first = $("measure").querySelector("option");
    if (first) another(first.value);
  });
  $("measure").addEventListener("change", () => another($("measure").value));
  $("with").addEventListener("change", () => show({ ...state, with: $("with").value || undefined, choiceWith: {}, form: undefined }));
  for (const end of ["from", "to"]) $(end).addEventListener("change", () => {
    const next = { ...state, [end]: Number($(end).value), form: undefined };
    // The other end gives way.
    if (next.from > next.to) next[end === "from" ? "to" : "from"] = next[end];
    show(next);
  });
  $("as").addEventListener("change", () => show({ ...state, as: $("as").value }));
  $("base").addEventListener("change", () => show({ ...state, base: Number($("base").value) }));
  $("form-of").addEventListener("change", () => show({ ...state, form: $("form-of").value }));
  $("events").addEventListener("change", () => show({ ...state, events: $("events").checked }));
  new MutationObserver(() => drawn && draw()).observe(document.documentElement, { attributeFilter: ["data-theme"] });

  // On a narrow screen the chart comes before what refines it.
  $("refine").open = matchMedia("(width >= 62rem)").matches;

  const start = async () => {
    const linked = location.hash.includes("=");
    try {
      const first = { m: [...measures.values()].find(({ table }) => table.chapter === chapters[0][0]).id, choice: {}, choiceWith: {}, events: true };
      const wanted = linked ? read(location.hash) : first;
      await show(wanted, true);
      if (state) find();
    } catch (error) {
      if (error instanceof Fault) refuse(error); else throw error;
    }
  };
  // An address without "=" is a place on the page, not a choice.
  addEventListener("hashchange", () => location.hash.includes("=") && start());
  start();
})();
