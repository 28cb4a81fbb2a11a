// The logic of the explorer without its page: the figures a choice selects, their words, table and chart.
// A "side" is a measure with its rows and dimensions; a "result" is everything that is shown. Runs in the page
// and under Node (tests/pages/explorer.test.js). Nothing from data or address is ever read as markup.
const explorerLogic = (() => {
  const ALL_GROUPS = "*"; // the groups of a dimension side by side
  const SUM = "+"; // women and men added up
  const MOST_SERIES = 6;
  const COUNTED = new Set(["persons", "cases", "events", "visits", "principal applicants"]);
  const KINDS = {
    stock: "a stock: people at a date",
    flow: "a flow: events in a span of time",
    share: "a share",
    amount: "an amount, in money of its day",
    index: "an index or a ratio",
    estimate: "an estimate by somebody outside",
    level: "a mean, a length or another level",
  };

  // A choice that cannot be shown; the message completes "This link cannot be shown: …".
  class ChoiceError extends Error {}

  const unique = (list) => [...new Set(list)];
  const byNumber = (x, y) => x - y;
  const capitalise = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  const listInWords = (list) => [list.slice(0, -1).join(", "), ...list.slice(-1)].filter(Boolean).join(" and ");
  const groupBy = (list, key) => {
    const groups = new Map();
    for (const one of list) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
    return groups;
  };
  const formatNumber = (value, unit) => {
    const places = /percent|index/.test(unit) ? 1 : Math.abs(value) >= 1000 ? 0 : 2;
    return value.toLocaleString("en", { maximumFractionDigits: places }).replace("-", "−");
  };
  const wrap = (text, width) => {
    const lines = [];
    for (const word of text.split(" ")) {
      const last = lines.at(-1);
      if (last && (last + word).length < width) lines[lines.length - 1] = `${last} ${word}`;
      else lines.push(word);
    }
    return lines;
  };

  // Rows and choices. A choice gives each dimension a code, ALL_GROUPS or SUM.

  const makeSide = (measure, data) => {
    const { columns } = measure.table;
    const numbers = [measure.column, measure.low, measure.high].filter(Boolean);
    const rows = data.rows.filter(
      (row) =>
        (!columns.measure || row[columns.measure] === measure.code) &&
        (!measure.unitCode || row[columns.unit] === measure.unitCode) &&
        numbers.some((column) => row[column] !== null),
    );
    const dimensions = data.dimensions.map(([name, title, group]) => {
      const codes = unique(rows.map((row) => row[name]));
      return { name, title, group, codes, labels: data.labels[name] };
    });
    return { measure, data, rows, dimensions: dimensions.filter(({ codes }) => codes.length > 1) };
  };

  const hasBothSexes = ({ dimensions }) => {
    const codes = dimensions.find(({ name }) => name === "sex")?.codes ?? [];
    return codes.includes("female") && codes.includes("male");
  };

  const matches = (row, choice, ignored = "") =>
    Object.entries(choice).every(([name, code]) => {
      if (name === ignored) return true;
      return code === ALL_GROUPS || code === SUM ? row[name] !== "all" : row[name] === code;
    });

  const findMostFrequent = (rows, name) => {
    const groups = [...groupBy(rows, (row) => row[name])];
    return groups.reduce((best, next) => (next[1].length > best[1].length ? next : best))[0];
  };

  // Choose for the dimensions that have no choice yet: everyone, what the book uses, else the group with the
  // most figures. Side by side are the groups a table is about, or those of one dimension that has few.
  const completeChoice = ({ rows, dimensions }, given = {}) => {
    const choice = { ...given };
    const listOpen = () => dimensions.filter(({ name }) => !(name in choice));
    const listCodes = (name) =>
      unique(rows.filter((row) => matches(row, { ...choice, [name]: ALL_GROUPS })).map((row) => row[name]));
    const hasSpread = () => Object.values(choice).includes(ALL_GROUPS);
    const group = listOpen().find((dimension) => dimension.group && listCodes(dimension.name).length > 1);
    if (group && !hasSpread()) choice[group.name] = ALL_GROUPS;
    for (const { name, codes } of listOpen()) {
      const hasRows = (code) => rows.some((row) => matches(row, { ...choice, [name]: code }));
      const usual = ["all", "current", "true"].find((code) => codes.includes(code) && hasRows(code));
      if (usual) choice[name] = usual;
    }
    for (const { name } of listOpen()) {
      const { length } = listCodes(name);
      if (!hasSpread() && name !== "population" && length > 1 && length <= MOST_SERIES) choice[name] = ALL_GROUPS;
      else choice[name] = findMostFrequent(rows.filter((row) => matches(row, choice)), name);
    }
    return choice;
  };

  // The choice after one control has changed: the others keep theirs as far as there are figures.
  const changeChoice = ({ rows }, choice, name, code) => {
    const changed = { [name]: code };
    for (const [other, kept] of Object.entries(choice)) {
      if (other === name || (code === ALL_GROUPS && kept === ALL_GROUPS)) continue;
      if (rows.some((row) => matches(row, { ...changed, [other]: kept }))) changed[other] = kept;
    }
    return changed;
  };

  const checkChoice = ({ dimensions }, choice) => {
    for (const [name, code] of Object.entries(choice)) {
      const dimension = dimensions.find((one) => one.name === name);
      const isKnown = dimension?.codes.includes(code) || code === ALL_GROUPS || (code === SUM && name === "sex");
      if (!dimension || !isKnown) throw new ChoiceError("it asks for a group that this measure does not have");
    }
  };

  // The kinds of figure a side can show, with their labels.
  const listViews = (side, choice) => {
    const views = new Map([["value", "as published"]]);
    const isCounted = COUNTED.has(side.measure.unit);
    if (isCounted && hasBothSexes(side)) {
      views.set("share.sex", "share of women");
      views.set("ratio.sex", "women for each man");
    }
    for (const { name, title, codes } of isCounted ? side.dimensions : []) {
      const isPart = name !== "sex" && codes.includes("all") && choice[name] !== "all";
      if (isPart) views.set(`share.${name}`, `share of all, by ${title.toLowerCase()}`);
    }
    return views.set("index", "index, one year = 100");
  };

  // Figures: the chosen rows as published or as a share, ratio or sum.

  const getSource = (row, measure) => row[`source_id_${measure.column}`] || row.source_id;

  const calculateFigures = ({ measure, rows, dimensions }, choice, view) => {
    const [kind, over] = view.split(".");
    const valueOf = (row) => row[measure.column];
    const toFigure = (row, value = valueOf(row), rowsUsed = [row]) => ({
      row,
      value,
      low: kind === "value" && rowsUsed.length === 1 ? (row[measure.low] ?? null) : null,
      high: kind === "value" && rowsUsed.length === 1 ? (row[measure.high] ?? null) : null,
      sources: rowsUsed.map((used) => getSource(used, measure)),
    });
    // Rows that differ in one dimension only; "find" gives the last of them with a code and a value.
    const splitBy = (list, column) => {
      const names = dimensions.map(({ name }) => name).filter((name) => name !== column);
      const key = (row) => JSON.stringify([row.start, row.end, ...names.map((name) => row[name])]);
      return [...groupBy(list, key).values()].map((group) => ({
        group,
        find: (code) => group.filter((row) => row[column] === code && valueOf(row) !== null).at(-1),
      }));
    };
    const combineSexes = (calculate) =>
      splitBy(rows.filter((row) => matches(row, choice, over === "sex" ? "sex" : "")), "sex").flatMap(({ find }) => {
        const [women, men] = [find("female"), find("male")];
        const result = women && men ? calculate(valueOf(women), valueOf(men)) : NaN;
        return Number.isFinite(result) ? [toFigure(women, result, [women, men])] : [];
      });
    if (view === "ratio.sex") return combineSexes((women, men) => women / men);
    if (view === "share.sex") return combineSexes((women, men) => (100 * women) / (women + men));
    if (kind === "share") {
      return splitBy(rows.filter((row) => matches(row, choice, over)), over).flatMap(({ group, find }) => {
        const whole = find("all");
        if (!whole || !valueOf(whole)) return [];
        const parts = group.filter((row) => valueOf(row) !== null && matches(row, choice));
        return parts.map((row) => toFigure(row, (100 * valueOf(row)) / valueOf(whole)));
      });
    }
    if (choice.sex === SUM) return combineSexes((women, men) => women + men);
    return rows.filter((row) => matches(row, choice)).map((row) => toFigure(row));
  };

  const makeFigures = (side, choice, view, prefix) => {
    const { measure, dimensions } = side;
    const bySex = view.endsWith(".sex");
    const spread = dimensions.filter(({ name }) => choice[name] === ALL_GROUPS && !(bySex && name === "sex"));
    const derived = { "ratio.sex": "women for each man", "share.sex": "share of women" }[view];
    return calculateFigures(side, choice, view).map((figure) => {
      const { row, value, low, high } = figure;
      const words = spread.map(({ name, labels }) => labels[row[name]]).join(", ") || derived;
      return {
        ...figure,
        // An end that no source printed: a lower bound alone reaches up to the figure, an upper one down to 0.
        high: high ?? (low === null ? null : (value ?? low)),
        low: low ?? (high === null ? null : (value ?? 0)),
        bound: value !== null ? "" : low === null ? "at most" : high === null ? "at least" : "",
        ...{ when: row.when, start: row.start, end: row.end, remark: row.remark, certainty: row.certainty },
        n: row.n ?? null,
        era: row[measure.table.columns.era] ?? "",
        group: capitalise(words || measure.name),
        series: capitalise([prefix, words].filter(Boolean).join(": ") || measure.name),
      };
    });
  };

  const getYear = ({ end }) => (end === null ? null : Math.floor(end));
  const listSeries = (figures) => unique(figures.map(({ series }) => series));

  // Name the segment of each figure: points of one series are joined from one year to the next, or within one
  // era of a survey; never two figures of one date, never a span of several years. Return the breaks.
  const assignSegments = (figures) => {
    const breaks = [];
    const isSpan = ({ start, end }) => start !== null && end - start > 1.1;
    for (const series of listSeries(figures)) {
      const points = figures.filter((figure) => figure.series === series && figure.end !== null);
      points.sort((a, b) => a.end - b.end);
      const dates = groupBy(points, ({ end }) => end);
      const canJoin = (point) => dates.get(point.end).length === 1 && !isSpan(point) && point.value !== null;
      let count = 0;
      points.forEach((point, i) => {
        const before = points[i - 1];
        const isJoined =
          before &&
          canJoin(before) &&
          canJoin(point) &&
          before.era === point.era &&
          Number.isInteger(point.end) === Number.isInteger(before.end) &&
          (point.era || point.end - before.end < 1.1);
        if (before && before.era !== point.era && before.end !== point.end) breaks.push((before.end + point.end) / 2);
        if (!isJoined) count += 1;
        point.segment = `${series} ${count}`;
      });
    }
    return unique(breaks);
  };

  // Figures as an index, within the era of the base year.
  const toIndex = (figures, base) => {
    const atBase = figures.filter((figure) => getYear(figure) === base && figure.value);
    const bases = new Map(atBase.map((figure) => [figure.series, figure]));
    const isKnown = ({ series, era, value }) => value !== null && bases.has(series) && bases.get(series).era === era;
    return figures.filter(isKnown).map((figure) => {
      const scale = (value) => (value === null ? null : value * (100 / bases.get(figure.series).value));
      return { ...figure, value: scale(figure.value), low: scale(figure.low), high: scale(figure.high) };
    });
  };

  const formatFigure = ({ value, low, high, bound }, unit) => {
    if (bound) return `${bound} ${formatNumber(bound === "at most" ? high : low, unit)}`;
    const range = low === null ? "" : `${formatNumber(low, unit)} to ${formatNumber(high, unit)}`;
    if (value === null) return range;
    return formatNumber(value, unit) + (range && (low !== value || high !== value) ? ` (${range})` : "");
  };

  // Everything that is shown for a state, which holds the choice. A link ("strict") must fit; after a change of
  // a control, what no longer fits is dropped.
  const evaluate = (wanted, a, b, strict) => {
    const demand = (condition, message) => {
      if (!condition) throw new ChoiceError(message);
    };
    const accept = (condition, message) => {
      if (strict) demand(condition, message);
      return condition;
    };
    if (strict) {
      checkChoice(a, wanted.choice);
      if (b) checkChoice(b, wanted.choiceWith);
      demand(!b || b.measure.unit === a.measure.unit, "it compares two measures in different units");
    }
    const state = { ...wanted, choice: completeChoice(a, wanted.choice) };
    state.choiceWith = b ? completeChoice(b, wanted.choiceWith) : {};
    const views = listViews(a, state.choice);
    state.as ??= "value";
    const hasView = accept(views.has(state.as), "it asks for a kind of figure that this measure does not have");
    if (!hasView) state.as = "value";
    const view = state.as === "index" ? "value" : state.as;
    const all = makeFigures(a, state.choice, view, b ? a.measure.name : "");
    if (b) {
      const viewWith = listViews(b, state.choiceWith).has(view) ? view : "value";
      all.push(...makeFigures(b, state.choiceWith, viewWith, b.measure.name));
    }
    demand(all.length, "there are no figures for this choice");

    const years = unique(all.map(getYear)).filter((year) => year !== null).sort(byNumber);
    for (const end of ["from", "to"]) {
      const isKnown = state[end] === undefined || years.includes(state[end]);
      if (!accept(isKnown, "it asks for years that this measure does not have")) state[end] = undefined;
    }
    if (!accept(!(state.from > state.to), "its first year is after its last")) state.from = state.to = undefined;
    const isWhole = state.from === undefined && state.to === undefined;
    const isInYears = (year) => year >= (state.from ?? -Infinity) && year <= (state.to ?? Infinity);
    let figures = all.filter((figure) => (figure.end === null ? isWhole : isInYears(getYear(figure))));
    demand(figures.length, "there are no figures in these years");

    const series = listSeries(figures);
    const dates = unique(figures.map(({ end }) => end));
    const canBeOverTime = series.length <= MOST_SERIES && years.length > 0;
    const canBeByGroup = series.length > 1;
    const forms = [canBeOverTime && "time", canBeByGroup && "group"].filter(Boolean);
    accept(!state.form || forms.includes(state.form), "it asks for a chart that this choice does not have");
    const isUsuallyByGroup = canBeByGroup && !(canBeOverTime && dates.length > 2);
    const form = forms.includes(state.form) ? state.form : isUsuallyByGroup ? "group" : "time";

    let { unit, kind } = a.measure;
    const bases = unique(figures.filter(({ value }) => value).map(getYear)).filter(Boolean).sort(byNumber);
    if (state.as === "index") {
      const isBase = state.base === undefined || bases.includes(state.base);
      const hasBase = accept(isBase, "it asks for a base year that this measure does not have");
      if (!hasBase || state.base === undefined) state.base = bases[0];
      figures = toIndex(figures, state.base);
      [unit, kind] = [`index, ${state.base} = 100`, "index"];
    } else state.base = undefined;
    if (state.as.startsWith("share")) [unit, kind] = ["percent", "share"];
    if (state.as.startsWith("ratio")) [unit, kind] = ["women for each man", "index"];
    const lost = series.filter((name) => !listSeries(figures).includes(name));
    const absent = listSeries(all).filter((name) => !series.includes(name));

    figures.sort((x, y) => (x.end ?? 0) - (y.end ?? 0));
    if (form === "group") {
      // Each group once, with its latest figure, the largest first.
      const latest = new Map(figures.map((figure) => [figure.series, figure]));
      figures = [...latest.values()].sort((x, y) => (y.value ?? y.high) - (x.value ?? x.high));
    }
    const breaks = assignSegments(figures);
    for (const figure of figures) figure.told = formatFigure(figure, unit);
    return { state, a, b, figures, unit, kind, form, forms, views, years, bases, lost, absent, breaks };
  };

  // The state in the address.

  const writeAddress = (state) => {
    const words = new URLSearchParams({ m: state.m });
    for (const [name, code] of Object.entries(state.choice)) words.set(`d.${name}`, code);
    if (state.with) {
      words.set("with", state.with);
      for (const [name, code] of Object.entries(state.choiceWith)) words.set(`w.${name}`, code);
    }
    for (const name of ["from", "to", "as", "base", "form"]) if (state[name]) words.set(name, state[name]);
    if (!state.events) words.set("events", "no");
    return `#${words}`;
  };

  const readAddress = (hash) => {
    const words = [...new URLSearchParams(hash.slice(1))];
    const state = { choice: {}, choiceWith: {}, events: true };
    if (unique(words.map(([name]) => name)).length < words.length) throw new ChoiceError("it says something twice");
    for (const [name, value] of words) {
      if (/^d\.\w+$/.test(name)) state.choice[name.slice(2)] = value;
      else if (/^w\.\w+$/.test(name)) state.choiceWith[name.slice(2)] = value;
      else if (["m", "with", "as", "form"].includes(name)) state[name] = value;
      else if (["from", "to", "base"].includes(name) && /^\d{4}$/.test(value)) state[name] = Number(value);
      else if (name === "events" && value === "no") state.events = false;
      else throw new ChoiceError("it asks for something this page does not know");
    }
    if (!state.m) throw new ChoiceError("it names no measure");
    return state;
  };

  // Measures that have words beginning with each word of a query: "employment" does not find "unemployment".
  const findMeasures = (measures, query, titles) => {
    const simplify = (text) => ` ${text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ")}`;
    const words = simplify(query).split(" ").filter(Boolean);
    return measures.filter(({ name, table }) => {
      const text = simplify(`${name} ${table.title} ${titles.get(table.chapter)}`);
      return words.every((word) => text.includes(` ${word}`));
    });
  };

  // Words, table and sources of a result.

  const describeSeries = (figures, unit) => {
    const known = figures.filter(({ value }) => value !== null);
    if (!known.length) return figures.map(({ told, when }) => `${told}, ${when}`).join("; ");
    const at = ({ value, when }) => `${formatNumber(value, unit)} (${when})`;
    if (known.length === 1) return at(known[0]);
    const peak = known.reduce((x, y) => (y.value > x.value ? y : x));
    const trough = known.reduce((x, y) => (y.value < x.value ? y : x));
    return `from ${at(known[0])} to ${at(known.at(-1))}, peak ${at(peak)}, low ${at(trough)}`;
  };

  const compareSeries = ({ figures, unit, b }, names) => {
    const [one, two] = names.map((name) => figures.filter(({ series, value }) => series === name && value !== null));
    const pairs = one.flatMap((x) => two.filter((y) => y.when === x.when).map((y) => [x, y]));
    if (!pairs.length) return "There is no date for which both have a figure.";
    const [x, y] = pairs.at(-1);
    const units = unit === "percent" ? "percentage points" : unit;
    const difference = formatNumber(Math.abs(x.value - y.value), unit);
    const words = `${difference} ${difference === "1" ? units.replace(/s$/, "") : units}`;
    const gap = `In ${x.when}, the latest date of both, they are ${words} apart.`;
    const isDouble = ([p, q]) => p.value > 0 && q.value > 0 && Math.max(p.value / q.value, q.value / p.value) >= 2;
    const double = pairs.find(isDouble);
    if (!double || b || !COUNTED.has(unit)) return gap;
    const [more, less] = double[0].value > double[1].value ? names : [...names].reverse();
    const lower = less.charAt(0).toLowerCase() + less.slice(1);
    return `${gap} ${more} were at least twice as many as ${lower} for the first time in ${double[0].when}.`;
  };

  const describe = (result) => {
    const { state, a, b, figures, unit, kind, form, lost, absent } = result;
    const names = listSeries(figures);
    const bySex = state.as.endsWith(".sex");
    const picked = a.dimensions
      .filter(({ name }) => ![ALL_GROUPS, SUM].includes(state.choice[name]) && !(bySex && name === "sex"))
      .map(({ name, title, labels }) => `${title.toLowerCase()}: ${labels[state.choice[name]]}`);
    const [first, second] = [a.measure.name, b?.measure.name];
    const subject = [second ? `${first} and ${second}` : first, ...picked].join("; ");
    const opening = `In ${unit}, ${KINDS[kind]}.`
      .replace("In percent, a share.", "A share, in percent.")
      .replace("In index", "An index")
      .replace("In women", "Women");
    const words = [`${subject}. ${opening}`];
    if (form === "group") {
      const known = figures.filter(({ value }) => value !== null);
      const at = ({ series, told, when }) => `${series}, ${told} (${when})`;
      words.push(`${figures.length} groups, each with its latest figure.`);
      if (known.length > 1) words.push(`Highest: ${at(known[0])}. Lowest: ${at(known.at(-1))}.`);
    } else {
      for (const name of names) {
        const text = describeSeries(figures.filter(({ series }) => series === name), unit);
        words.push(capitalise(`${names.length + absent.length > 1 ? `${name}: ` : ""}${text}.`));
      }
      if (names.length === 2) words.push(compareSeries(result, names));
    }
    const double = state.as === "ratio.sex" && figures.find(({ value }) => value >= 2);
    if (double) words.push(`Women first were twice as many as men, or more, in ${double.when}.`);
    if (absent.length) words.push(`No figure in these years: ${listInWords(absent)}.`);
    if (lost.length) words.push(`No figure in the base year: ${listInWords(lost)}.`);
    return {
      title: second ? `${first}, and ${second}` : first,
      subtitle: [capitalise(unit), ...picked].join("; "),
      words: words.join(" "),
    };
  };

  // One column per series if each has at most one figure per date, else one row per figure.
  const tabulate = ({ figures, form, unit }) => {
    const names = listSeries(figures);
    const dates = unique(figures.map(({ when }) => when));
    const cells = groupBy(figures, ({ series, when }) => `${when} ${series}`);
    const hasSingles = [...cells.values()].every((list) => list.length === 1);
    if (form === "time" && names.length > 1 && hasSingles) {
      const isPair = names.length === 2;
      const body = dates.map((when) => {
        const found = names.map((name) => cells.get(`${when} ${name}`)?.[0]);
        const hasBoth = found.every((figure) => figure && figure.value !== null);
        const apart = hasBoth ? formatNumber(Math.abs(found[0].value - found[1]?.value), unit) : "–";
        return [when, ...found.map((figure) => figure?.told ?? "–"), ...(isPair ? [apart] : [])];
      });
      return { head: ["When", ...names, ...(isPair ? ["Apart"] : [])], body };
    }
    const showCount = ({ n }) => (n === null ? "–" : formatNumber(n, "persons"));
    const columns = [
      names.length > 1 && ["Series", ({ series }) => series],
      ["When", ({ when }) => when],
      [capitalise(unit), ({ told }) => told],
      figures.some(({ n }) => n !== null) && ["People asked", showCount],
      ["Certainty", ({ certainty }) => certainty],
      figures.some(({ remark }) => remark) && ["Remark", ({ remark }) => remark || "–"],
    ].filter(Boolean);
    const body = figures.map((figure) => columns.map(([, show]) => show(figure)));
    return { head: columns.map(([title]) => title), body };
  };

  const listDocuments = ({ figures, a, b }) => {
    const certainties = new Map();
    for (const { sources, certainty } of figures) {
      for (const id of sources) certainties.set(id, [...(certainties.get(id) ?? []), certainty]);
    }
    return [...certainties].map(([id, list]) => {
      const [title, publisher, url] = a.data.sources[id] ?? b?.data.sources[id] ?? [id, "", ""];
      return { id, title, publisher, url, certainty: listInWords(unique(list).filter(Boolean)) };
    });
  };

  // A text that a spreadsheet would run as a formula is quoted.
  const toCsv = (result) => {
    const toCell = (value) => {
      if (value === null || typeof value === "number") return String(value ?? "");
      const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
      return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    };
    const documents = new Map(listDocuments(result).map((one) => [one.id, one]));
    const head = ["series", "when", "value", "low", "high", "unit", "n", "certainty", "remark", "source", "address"];
    const rows = result.figures.map(({ series, when, value, low, high, n, certainty, remark, sources }) => {
      const titles = sources.map((id) => documents.get(id).title).join("; ");
      const addresses = unique(sources.map((id) => documents.get(id).url)).join(" ");
      return [series, when, value, low, high, result.unit, n, certainty, remark, titles, addresses];
    });
    return [head, ...rows].map((row) => `${row.map(toCell).join(",")}\r\n`).join("");
  };

  // The events to mark, with their letters.
  const selectEvents = ({ state, a, figures, form }, events) => {
    const ends = figures.map(({ end }) => end).filter((end) => end !== null);
    if (!state.events || form === "group" || !ends.length) return [];
    const { events: wanted } = a.measure.table;
    const isYearly = ends.every(Number.isInteger);
    return events
      .filter(({ kind, place }) => wanted.includes(kind) || wanted.includes(place))
      .map((event) => ({ ...event, x: isYearly ? event.at : event.day }))
      .filter(({ x }) => x >= Math.min(...ends) && x <= Math.max(...ends))
      .map((event, i) => ({ ...event, letter: String.fromCharCode(97 + i) }));
  };

  // Fill in a Vega-Lite specification of charts.py. "colour" gives the colours of the page by name.
  const makeSpec = (chart, result, { title, subtitle }, events, { width, font, colour }) => {
    const spec = structuredClone(chart);
    const { figures, form, a, b, breaks } = result;
    const isOverTime = form === "time";
    const letters = Math.max(24, Math.floor(width / 9.8));
    const publishers = unique(listDocuments(result).map(({ publisher }) => publisher));
    const others = publishers.length > 3 ? " and others" : "";
    const source = `Source: ${listInWords(publishers.slice(0, 3))}${others}. Leaving North Korea in Numbers.`;
    spec.title.text = wrap(title, letters);
    spec.title.subtitle = wrap(subtitle, letters * 1.2);
    const axis = { ...spec.encoding.x?.axis, title: wrap(source, letters * (isOverTime ? 1.05 : 0.65)) };
    for (const { encoding } of isOverTime ? [spec] : spec.layer) encoding.x.axis = axis;

    const columns = ["series", "group", "start", "end", "value", "low", "high", "segment", "when", "told"];
    const shown = figures.map((figure) => Object.fromEntries(columns.map((name) => [name, figure[name]])));
    if (isOverTime) {
      const ends = figures.flatMap(({ start, end }) => [start, end]).filter((end) => end !== null);
      const [first, last] = [Math.ceil(Math.min(...ends)), Math.floor(Math.max(...ends))];
      const step = Math.max(1, Math.ceil((last - first) / Math.floor(width / 70)));
      axis.values = [];
      for (let year = first; year <= last; year += step) axis.values.push(year);
    } else {
      const hasSeveralDates = unique(shown.map(({ when }) => when)).length > 1;
      for (const one of shown) {
        const label = hasSeveralDates ? `${one.group} (${one.when})` : one.group;
        one.group = wrap(label, letters / 2).join("\n");
        one.series = b ? one.series.split(": ")[0] : a.measure.name;
      }
      spec.height = 34 * Math.max(2, shown.length);
      spec.encoding.y.scale = { domain: unique(shown.map(({ group }) => group)) };
    }
    spec.datasets = { shown, events, breaks: breaks.map((x) => ({ x })) };

    // Colours and shapes have one domain and so one legend.
    const domain = listSeries(shown);
    const channels = spec.layer.flatMap(({ encoding }) => [encoding.color, encoding.shape]).filter(Boolean);
    for (const channel of channels) {
      channel.scale = { domain };
      if (domain.length < 2) channel.legend = null;
    }
    const [ink, muted] = [colour("ink"), colour("muted")];
    const text = { labelFont: font, titleFont: font, labelColor: ink, labelFontSize: 13 };
    const titles = { titleColor: muted, titleFontSize: 12, titleFontWeight: "normal" };
    const titlePlace = { titleAlign: "left", titleAnchor: "start", titlePadding: 12 };
    const subtitles = { subtitleColor: muted, subtitleFontSize: 13, subtitlePadding: 6, subtitleFont: font };
    const lines = { gridColor: colour("fig-faint"), domainColor: muted, tickColor: muted };
    spec.config = {
      background: colour("page"),
      font,
      view: { stroke: null },
      axis: { ...text, ...titles, ...titlePlace, ...lines },
      axisY: { domain: false, ticks: false },
      title: { color: ink, fontSize: 16, fontWeight: 600, font, offset: 12, ...subtitles },
      legend: { ...text, labelLimit: width - 40 },
      range: {
        category: ["teal", "ochre", "blue", "plum", "brick", "grey"].map((name) => colour(`fig-${name}`)),
        symbol: ["circle", "square", "diamond", "triangle-up", "triangle-down", "cross"],
      },
      rule: { color: colour("fig-grey") },
      text: { color: muted, fontSize: 13, font },
    };
    return spec;
  };

  return {
    ...{ ALL_GROUPS, SUM, COUNTED, ChoiceError, unique, capitalise, listInWords, formatNumber, listSeries },
    ...{ makeSide, hasBothSexes, completeChoice, changeChoice, evaluate, writeAddress, readAddress, findMeasures },
    ...{ describe, tabulate, listDocuments, toCsv, selectEvents, makeSpec },
  };
})();
if (typeof module === "object") module.exports = explorerLogic;
